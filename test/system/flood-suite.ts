/**
 * If it fails, whoever talks enough keeps a stop from the valves: at 10,000 messages a second a stop behind them acts
 * within 1 s, one from the button or the command line within 250 ms, and the disk does not fill with refusals.
 */
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { SystemClock } from '../../src/clock/system.ts';
import { startControl } from '../../src/transports/control.ts';
import { connectControl } from '../../src/transports/control-client.ts';
import { isOff } from '../support/house.ts';
import { openController, openRig, runWarm } from '../support/external.ts';
import { until } from '../support/until.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { describeWith } from '../support/programs.ts';
import { cleanUp, newFolder, runNode } from '../support/process.ts';

const real = new SystemClock();
/** Fast until the water is warm, and real while it is flooded: the bounds are those of real time. */
const SPEED = 6;
const PER_SECOND = 10_000;
const SECONDS = 3;
const FLOOD = join(import.meta.dirname, '..', 'support', 'flood-process.ts');
/** A line for each packet would be a flood of its own. */
const QUIET = ['log_type none', 'log_type information', 'log_type error'];
const SET = 'ebb/foot-bath/set';
const BUTTON = 'bath-probe/binary_sensor/button/state';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await cleanUp();
});

async function warm() {
  const broker = await startMosquitto({ more: QUIET });
  closing.push(() => broker.stop());
  const rig = await openRig(broker.url, SPEED);
  closing.push(() => rig.close());
  const running = await openController(broker.url, rig.clock);
  closing.push(() => running.close());
  await runWarm(running, rig.station);
  rig.clock.speed = 1;
  return { ...rig, running, broker };
}

type Bath = Awaited<ReturnType<typeof warm>>;

interface Flood {
  readonly what: readonly string[];
  readonly last?: string;
  readonly qos?: 0 | 1;
}

function flood(at: Bath, { what, last = '-', qos = 0 }: Flood) {
  const rate = [String(at.broker.port), String(qos), String(PER_SECOND), String(SECONDS)];
  return runNode([FLOOD, ...rate, last, ...what], tmpdir());
}

/** Real milliseconds from `fromMs` to the close on the wire; `from` counts what had been seen. */
async function closed(at: Bath, fromMs: number, from: number): Promise<number> {
  await until('a close on the wire', () => at.seen.slice(from).some(isOff));
  return (at.seen.slice(from).find(isOff)?.realMs ?? Infinity) - fromMs;
}

const phase = (at: Bath): string | undefined => at.running.controller.state(at.station)?.phase;

/** How many messages the controller says that it left out. */
function leftOut(at: Bath, topic: string): number {
  const errors = at.seen.filter(
    (message) => message.topic === topic && message.payload.includes('"flooded"'),
  );
  return errors.reduce((sum, { payload }) => sum + Number(/(\d+) commands? too many/.exec(payload)?.[1]), 0);
}

const REFUSED = [`${SET}={"command":"begin","transaction":"7"}`, `${SET}=start`];
const BIG = `${SET}=${JSON.stringify({ command: 'start', with: { cycles: '9'.repeat(1_000) } })}`;
const FLOODS = {
  'words that are no command': { what: [`${SET}=hello`] },
  'commands that are refused, acknowledged each': { what: REFUSED, qos: 1 },
  'big objects': { what: [BIG] },
  'commands to a station that does not exist': { what: ['ebb/sauna/set=start'] },
  'readings of the thermometer': { what: ['bath-probe/sensor/water/state=38.0'] },
} satisfies Record<string, Flood>;

export type FloodName = keyof typeof FLOODS;

/** `stops`: what a stop has to come through on MQTT; `buttons`: what a press has to; `costs`: what a flood may cost. */
export function floodSuite(
  title: string,
  which: { stops: FloodName[]; buttons: FloodName[]; costs: boolean },
): void {
  describeWith(['mosquitto'], title, () => {
    stopsBehind(which.stops);
    buttonsThrough(which.buttons);
    if (which.costs) costs();
    else commandLineThroughAll();
  });
}

function stopsBehind(names: FloodName[]): void {
  test.each(names.map((name) => [name, FLOODS[name]] as const))(
    'a stop behind %s closes within 1 s',
    async (_name, how: Flood) => {
      const at = await warm();
      const from = at.seen.length;
      const flooder = flood(at, { ...how, last: `${SET}=stop` });
      await flooder.waitFor(/half/);
      expect(phase(at)).toBe('warm');
      await flooder.waitFor(/last \d+/);
      expect(await closed(at, real.nowMs(), from)).toBeLessThanOrEqual(1_000);
      expect(Number(/last (\d+)/.exec(flooder.out())?.[1])).toBeGreaterThanOrEqual(PER_SECOND * 0.95);
      const topic = how.what[0]?.split('=')[0] ?? '';
      if (!topic.endsWith('/set')) return;
      // All of it arrived, and few answers went out.
      const errors = `${topic.slice(0, -'/set'.length)}/error`;
      await until('the count of them', () => leftOut(at, errors) > PER_SECOND * SECONDS * 0.9);
      expect(at.seen.filter(({ topic: seen }) => seen === errors).length).toBeLessThan(60);
    },
    60_000,
  );
}

function buttonsThrough(names: FloodName[]): void {
  test.each(names)(
    'the button, through %s, closes within 250 ms',
    async (name) => {
      const at = await warm();
      const flooder = flood(at, FLOODS[name]);
      await flooder.waitFor(/half/);
      expect(phase(at)).toBe('warm');
      const [from, fromMs] = [at.seen.length, real.nowMs()];
      at.tap.publish({ topic: BUTTON, payload: 'ON', qos: 1 });
      expect(await closed(at, fromMs, from)).toBeLessThanOrEqual(250);
    },
    60_000,
  );
}

function commandLineThroughAll(): void {
  test('the command line, through all of it at once, closes within 250 ms', { timeout: 60_000 }, async () => {
    const at = await warm();
    const { controller, clock } = at.running;
    const control = await startControl({
      path: join(newFolder(), 'control'),
      onCommand: (station, command) => controller.command(station, command, 'cli'),
      states: () => ({}),
      devices: () => [],
      subscribe: () => () => undefined,
      time: () => ({ nowMs: clock.nowMs(), wallMs: clock.wallMs(), speed: 1 }),
    });
    closing.push(() => control.close());
    const client = await connectControl(control.path);
    const flooder = flood(at, { what: Object.values(FLOODS).flatMap(({ what }) => what) });
    await flooder.waitFor(/half/);
    expect(phase(at)).toBe('warm');
    const [from, fromMs] = [at.seen.length, real.nowMs()];
    void client.command(at.station, { command: 'stop' });
    expect(await closed(at, fromMs, from)).toBeLessThanOrEqual(250);
    client.close();
  });
}

function costs(): void {
  test('a button gone mad is a stop, and starts no thousand sessions', { timeout: 60_000 }, async () => {
    const at = await warm();
    const [from, fromMs] = [at.seen.length, real.nowMs()];
    const flooder = flood(at, { what: [`${BUTTON}=ON`, `${BUTTON}=OFF`] });
    await flooder.waitFor(/up/);
    expect(await closed(at, fromMs, from)).toBeLessThanOrEqual(1_000);
    await flooder.waitFor(/last/);
    const started = at.seen.filter(({ payload }) => payload.includes('"session_started"'));
    // The first one is that of the test.
    expect(started.length).toBeLessThanOrEqual(1 + 5 + SECONDS + 1);
  });

  test('ten thousand stops a second cost the journal no thousand records', { timeout: 60_000 }, async () => {
    const at = await warm();
    const flooder = flood(at, { what: [`${SET}=stop`, `${SET}=please stop`] });
    await flooder.waitFor(/last/);
    await until('it is stopped', () => phase(at) === 'stopped');
    const { controller, history } = at.running;
    await controller.close();
    const records = history.records({ types: ['stop', 'close'], limit: 1_000 });
    expect(records.length).toBeLessThan(150);
  });
}
