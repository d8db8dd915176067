/**
 * If these fail, a flow shows water that is long closed, stops nothing, or is told that a refused start was taken: the
 * palette in a real Node-RED, against a real controller on simulated hardware.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBroker } from '../../src/transports/broker.ts';
import { openTap } from '../support/house.ts';
import { cleanUp, runEbb, runRig, writeHome } from '../support/process.ts';
import { exampleFlow, runNodeRed } from './runtime.ts';
import type { FlowNode, Runtime } from './runtime.ts';

const SPEED = 5;

/** A stop whose answers are told, and what a Catch node sees of it. */
const STOP: readonly FlowNode[] = [
  {
    ...{ id: 'test-stop', type: 'ebb-command', z: 'ebb-session', broker: 'ebb-broker', station: 'foot-bath' },
    ...{ command: 'stop', wires: [['test-taken'], ['ebb-session-refused']] },
  },
  { id: 'test-catch', type: 'catch', z: 'ebb-session', scope: ['test-stop'], wires: [['test-caught']] },
  ...['test-taken', 'test-caught'].map((id) => ({ id, type: 'debug', z: 'ebb-session', active: false })),
];

async function house() {
  const broker = await startBroker({ host: '127.0.0.1', port: 0 });
  const home = writeHome(`url: "${broker.url}"`, '    prepare_from: [button, mqtt]\n');
  const { seen, sees, tap } = openTap(broker.url);
  const port = new URL(broker.url).port;
  const flow = exampleFlow('session', {
    'mqtt-broker': { broker: '127.0.0.1', port },
  });
  const starts = runNodeRed([...flow, ...STOP]);
  const rig = runRig(home.file, { speed: SPEED, seed: 3 });
  await rig.waitFor(/^up/m);
  const serve = runEbb(['serve', '--speed', String(SPEED)], home.folder);
  await serve.waitFor(/ebb serves/);
  const red = await starts;
  const close = async (): Promise<void> => {
    await red.end();
    await cleanUp();
    await tap.close();
    await broker.close();
  };
  return { red, folder: home.folder, serve, seen, sees, tap, close };
}

let at: Awaited<ReturnType<typeof house>>;
let red: Runtime;
beforeAll(async () => {
  at = await house();
  red = at.red;
}, 60_000);
afterAll(async () => {
  await at.close();
});

const states = () =>
  red.received('ebb-session-state').map(({ payload }) => payload as { state: string; phase: string });
const stateIs =
  (...words: readonly string[]) =>
  (): boolean =>
    words.includes(states().at(-1)?.state ?? '');
const answers = (which: 'taken' | 'refused') => red.received(`ebb-session-${which}`).length;
const events = () =>
  red.received('ebb-session-event').map(({ payload }) => payload as { event_type?: string });

describe('the palette in a real Node-RED', () => {
  it('loads in the version that is promised, without a complaint', () => {
    // `-git` is said of any copy below a checkout.
    expect(red.versions['node-red']).toMatch(/^5\.0\.7(-git)?$/);
    expect(red.versions['node-red-contrib-ebb']).toBe('0.1.0');
    expect(red.errors).toEqual([]);
  });

  it('starts a session, shows it, and stops it', async () => {
    await red.until('it is told of an Ebb at rest', stateIs('idle'));
    await red.until('every device is there', () => red.status('ebb-session-in').startsWith('grey ring idle'));
    // A valve that is not verified closed yet refuses; pressed again as a person would.
    for (let turn = 0; turn < 20 && answers('taken') === 0; turn += 1) {
      const before = answers('refused');
      red.press('ebb-session-press-start');
      await red.until('it is answered', () => answers('taken') > 0 || answers('refused') > before);
    }
    expect(answers('taken')).toBe(1);
    await red.until('it prepares', stateIs('starting', 'running'));
    expect(red.status('ebb-session-start')).toBe('green dot start');
    await red.until('phase and water stand below the node', () =>
      /(preparing|ready|warm).* \d+\.\d °C$/.test(red.status('ebb-session-in')),
    );
    expect(red.status('ebb-session-in')).toMatch(/ ring /);
    await red.until('it hears of the start', () =>
      events().some(({ event_type }) => event_type === 'session_started'),
    );
    red.press('ebb-session-press-stop', { payload: 'stop' });
    await red.until('the water is stopped', stateIs('stopped'));
    expect(red.status('ebb-session-out')).toMatch(/stop$/);
    const end = at.seen.findLast(({ topic }) => topic === 'stat/bath-valves/POWER1');
    expect(end?.payload).toBe('OFF');
  });

  it('tells that a stop was taken where Ebb is there to take it', async () => {
    red.press('test-stop');
    await red.until('it is taken', () => red.received('test-taken').length === 1);
    expect(red.status('test-stop')).toBe('green dot stop');
    expect(red.received('test-caught')).toEqual([]);
  });

  it('hands a refusal on, in words', async () => {
    const before = answers('refused');
    red.press('ebb-session-press-pause');
    await red.until('the pause is refused', () => answers('refused') > before);
    expect(red.received('ebb-session-refused').at(-1)?.['payload']).toMatchObject({
      command: 'pause',
      code: 'bad_state',
    });
    expect(red.status('ebb-session-pause')).toBe('yellow ring refused: bad_state');
  });

  it('sends no nonsense and retains nothing', async () => {
    const before = at.seen.length;
    red.press('ebb-session-out', { payload: 5 });
    red.press('ebb-session-out', { payload: '{"command": "quiet"}' });
    await at.sees(({ topic, payload }) => topic === 'ebb/foot-bath/set' && payload.includes('quiet'), before);
    const sent = at.seen.slice(before).filter(({ topic }) => topic === 'ebb/foot-bath/set');
    expect(sent.map(({ payload }) => payload)).toEqual(['{"command":"quiet"}']);
    expect(at.seen.some(({ topic, retained }) => topic === 'ebb/foot-bath/set' && retained)).toBe(false);
  });

  it('says so when Ebb goes away, sends no start into the void, and shows the water again when it is back', async () => {
    at.serve.kill('SIGKILL');
    await red.until('it is told', () => red.status('ebb-session-in') === 'red ring Ebb is not there', 30_000);
    const before = at.seen.length;
    red.press('ebb-session-press-start');
    red.press('ebb-session-press-stop', { payload: 'stop' });
    await at.sees(({ topic, payload }) => topic === 'ebb/foot-bath/set' && payload.includes('stop'), before);
    expect(
      at.seen
        .slice(before)
        .some(({ topic, payload }) => topic === 'ebb/foot-bath/set' && payload.includes('start')),
    ).toBe(false);
    await red.until(
      'nobody took it',
      () => red.status('ebb-session-out') === 'red ring stop: nobody is there',
    );
    const from = at.seen.length;
    red.press('test-stop');
    await at.sees(({ topic, payload }) => topic === 'ebb/foot-bath/set' && payload.includes('stop'), from);
    await red.until('a Catch node sees it', () => red.received('test-caught').length === 1);
    expect(red.received('test-caught')[0]?.['error']).toMatchObject({
      message: 'Error: stop was sent, and no controller is online that could take it',
    });
    expect(red.status('test-stop')).toBe('red ring stop: nobody is there');
    expect(red.received('test-taken')).toHaveLength(1);
    const serve = runEbb(['serve', '--speed', String(SPEED)], at.folder);
    await red.until(
      'it shows the station again',
      () => red.status('ebb-session-in').includes(' ring idle'),
      30_000,
    );
    serve.kill('SIGTERM');
    await serve.exit;
  });
});
