// If these fail, nobody can try an exercise without hardware, it is led too fast or too slow on the pins of a board, or
// it is counted though nobody did it.
import { afterAll, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual.ts';
import { main } from '../../src/cli/index.ts';
import { silentLog } from '../../src/model/log.ts';
import { loadLibrary } from '../../src/protocols/index.ts';
import { composeDesk } from '../../src/simulated-desk.ts';
import { Folder, configOf } from '../config/support.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});

async function ebb(...argv: readonly string[]) {
  const text = { out: '', err: '' };
  const host = {
    stdin: process.stdin,
    stdout: { write: (more: string) => (text.out += more) },
    stderr: { write: (more: string) => (text.err += more) },
    env: {},
    cwd: folder.path,
  };
  const code = await main(argv, host);
  return { code, ...text };
}

test('without a config it is the desk of the examples; the same seed prints the same', async () => {
  const run = () => ebb('run', 'calf-raises', '--sim', '--speed', 'max', '--seed', '1');
  const { code, out, err } = await run();
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('  10 of 10\n');
  expect(out).toContain('SIMULATED  Done, and counted: 10 repetitions, said by button.');
  expect((await run()).out).toBe(out);
});

test('programs get lines, the result last', async () => {
  const { code, out } = await ebb('run', 'stand-walk', '--sim', '--speed', 'max', '--seed', '1', '--json');
  expect(code).toBe(0);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; t_ms: number; cue?: string });
  expect(lines.at(-1)).toMatchObject({ type: 'result', protocol: 'stand-walk', outcome: 'complete' });
  // At the beginning of the two minutes and in the middle of them.
  const told = lines.filter(({ cue }) => cue === 'beat' || cue === 'halfway' || cue === 'end');
  expect(told.map(({ cue, t_ms }) => [cue, t_ms])).toEqual([
    ['beat', 5_000],
    ['halfway', 65_000],
    ['end', 125_000],
  ]);
});

test('what is done on a sofa alone is led at the sofa of the examples', async () => {
  const { code, out, err } = await ebb('run', 'massage', '--sim', '--speed', 'max', '--seed', '1');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('Leg massage at sofa');
  expect(out).toContain('SIMULATED  Done, and counted');
});

test('what only water has is refused, and so is an exercise that is none', async () => {
  expect(await ebb('run', 'calf-raises', '--sim', '--with', 'cycles=4')).toMatchObject({ code: 2, out: '' });
  expect(await ebb('run', 'calf-raises', '--sim', '--dry')).toMatchObject({ code: 2, out: '' });
});

test('on an Uno: ten beats 2 s apart on the pins of light and buzzer, the button on its pin, the row in the journal', async () => {
  const config = configOf(
    folder.load(`
simulated: true
stations:
  desk:
    kind: desk
    light: { driver: firmata, port: /dev/ttyUNO, pin: 13 }
    buzzer: { driver: firmata, port: /dev/ttyUNO, pin: 9 }
    button: { driver: firmata, port: /dev/ttyUNO, pin: 2 }
`),
  );
  const [desk] = config.desks;
  if (desk === undefined) throw new Error('the config has no desk');
  const home = { config, protocols: loadLibrary([]).protocols, log: silentLog };
  const { clock, controller, rig, journal, close } = composeDesk(home, desk, { seed: 1, speed: 'max' });
  if (!(clock instanceof VirtualClock)) throw new Error('not in virtual time');
  clock.runUntil(15_000);
  const startMs = clock.nowMs();
  await controller.command('desk', { command: 'start', protocol: 'calf-raises' }, 'cli');
  clock.runUntil(startMs + 60_000);
  for (const part of ['desk-light', 'desk-buzzer']) {
    const shown = rig.indicators.get(part)?.shown ?? [];
    const on = shown
      .filter(({ atMs, what }) => atMs >= startMs + 4_900 && what !== 'off')
      .map(({ atMs }) => atMs);
    const beats = on.slice(0, 10);
    expect(beats).toHaveLength(10);
    for (const [index, atMs] of beats.entries())
      expect(Math.abs(atMs - startMs - 5_000 - index * 2_000), `${part}, beat ${index + 1}`).toBeLessThan(
        100,
      );
  }
  const [last] = journal.history.records({ types: ['guide'], limit: 1 });
  expect(last?.body).toMatchObject({
    event: 'ended',
    result: { protocol: 'calf-raises', outcome: 'complete', source: 'button', repetitions: 10 },
  });
  await close();
});

test('on a light, a speaker and a button of Home Assistant: ten beats 2 s apart, the press, the row in the journal', async () => {
  const at = 'driver: homeassistant, url: "http://ha.local:8123", token: "abc"';
  const config = configOf(
    folder.load(`
simulated: true
stations:
  desk:
    kind: desk
    light: { ${at}, entity: light.desk }
    buzzer: { ${at}, entity: switch.chime }
    button: { ${at}, entity: event.knob }
    busy: { ${at}, entity: input_boolean.dnd }
`),
  );
  const [desk] = config.desks;
  if (desk === undefined) throw new Error('the config has no desk');
  const home = { config, protocols: loadLibrary([]).protocols, log: silentLog };
  const { clock, controller, rig, journal, close } = composeDesk(home, desk, { seed: 1, speed: 'max' });
  if (!(clock instanceof VirtualClock)) throw new Error('not in virtual time');
  clock.runUntil(15_000);
  const startMs = clock.nowMs();
  await controller.command('desk', { command: 'start', protocol: 'calf-raises' }, 'cli');
  clock.runUntil(startMs + 60_000);
  for (const part of ['desk-light', 'desk-buzzer']) {
    const on = (rig.indicators.get(part)?.shown ?? [])
      .filter(({ atMs, what }) => atMs >= startMs + 4_900 && what !== 'off')
      .map(({ atMs }) => atMs);
    const beats = on.slice(0, 10);
    for (const [index, atMs] of beats.entries())
      if (index > 0) expect(Math.abs(atMs - (beats[index - 1] ?? 0) - 2_000)).toBeLessThan(50);
    expect(beats).toHaveLength(10);
  }
  const [row] = journal.history.records({ types: ['guide'], limit: 1 });
  expect(row?.body).toMatchObject({ result: { outcome: 'complete', source: 'button', repetitions: 10 } });
  rig.contacts.get('desk-busy')?.set(true);
  clock.runUntil(clock.nowMs() + 1_000);
  expect(controller.desks.state('desk')?.busy).toBe(true);
  await close();
});

test('without hardware: what is due is noted word for word, rung a minute later, and taken back by the answer', async () => {
  const config = configOf(
    folder.load(`
timezone: UTC
simulated: true
stations:
  desk:
    kind: desk
    light: { driver: desktop, as: notification }
    buzzer: { driver: desktop, as: bell }
schedule:
  - { reminder: ankle-pumps, at: 10:00 }
`),
  );
  const [desk] = config.desks;
  if (desk === undefined) throw new Error('the config has no desk');
  const home = { config, protocols: loadLibrary([]).protocols, log: silentLog };
  const { clock, controller, rig, close } = composeDesk(home, desk, { seed: 1, speed: 'max' });
  if (!(clock instanceof VirtualClock)) throw new Error('not in virtual time');
  const of = (part: string): readonly string[] =>
    (rig.indicators.get(part)?.shown ?? []).map(({ what }) => what);
  clock.runUntil(clock.nowMs() + 10 * 3_600_000 + 30_000);
  const say = home.protocols.find(({ id }) => id === 'ankle-pumps')?.title ?? '';
  expect(of('desk-light')).toEqual([expect.stringMatching(new RegExp(`^${say}: .{10,}`))]);
  expect(of('desk-buzzer')).toEqual([]);
  clock.runUntil(clock.nowMs() + 60_000);
  expect(of('desk-buzzer')).toEqual(['1 x 100/0 ms', '1 x 100/0 ms']);
  await controller.command('desk', { command: 'ack' }, 'cli');
  clock.runUntil(clock.nowMs() + 5_000);
  expect(of('desk-light').slice(1)).toEqual(['off']);
  expect(of('desk-buzzer')).toHaveLength(2);
  // Somebody logs out: it is not there, and says why.
  rig.gadgetOf('desk-light').disconnect();
  clock.runUntil(clock.nowMs() + 1_000);
  expect(controller.desks.desk('desk')?.equipment.whyNot('desk-light')).toBe('nobody is logged in');
  await close();
});
