// If this fails, nobody can try a desk without hardware: the simulated button is not pressed, or nobody ever comes back.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { watchFingers } from '../../src/cli/devices/fingers.ts';
import { loadConfig } from '../../src/config/index.ts';
import { silentLog } from '../../src/model/log.ts';
import { loadLibrary } from '../../src/protocols/index.ts';
import { composeDesk } from '../../src/simulated-desk.ts';
import { VirtualClock } from '../../src/clock/virtual.ts';
import { Folder, configOf } from '../config/support.ts';

const YAML = `
simulated: true
stations:
  desk:
    kind: desk
    light: { driver: zigbee2mqtt, name: lamp }
    button: { driver: zigbee2mqtt, name: button }
    presence: { driver: zigbee2mqtt, name: mat }
schedule:
  - { reminder: calf-raises, every: 60 min, between: 09:00-17:30 }
`;

test('presses, comes and goes as it is told, in words or JSON; what it cannot do is said', async () => {
  const folder = new Folder();
  const config = configOf(loadConfig(folder.write('ebb.yaml', YAML), { env: {} }));
  folder.dispose();
  const [desk] = config.desks;
  if (desk === undefined) throw new Error('there is no desk');
  const home = { config, protocols: loadLibrary([]).protocols, log: silentLog };
  const { controller, clock, rig, journal } = composeDesk(home, desk, { seed: 1, speed: 'max' });
  if (!(clock instanceof VirtualClock)) throw new Error('time is not virtual');
  const run = (ms: number): void => {
    clock.runUntil(clock.nowMs() + ms);
  };
  const stdin = new PassThrough();
  const said: string[] = [];
  const fingers = watchFingers({ stdin }, [{ id: desk.id, devices: desk.devices, rig }], (message) => {
    said.push(message);
  });
  const type = async (line: string): Promise<void> => {
    stdin.write(`${line}\n`);
    await new Promise((resolve) => setImmediate(resolve));
    run(2_000);
  };
  run(5_000);
  const led = () => journal.history.records({ types: ['guide'], limit: 10 }).map(({ body }) => body);
  controller.ask('desk', { command: 'start', protocol: 'calf-raises' }, 'cli', () => undefined);
  run(8_000);
  await type('{"station":"desk","do":"press"}');
  expect(led().at(-1)).toMatchObject({ event: 'ended', result: { source: 'button' } });
  const there = (): unknown => controller.desks.desk('desk')?.equipment.readings.get('desk-presence')?.value;
  await type('desk here');
  expect(there()).toBe('present');
  await type('gone');
  expect(there()).toBe('absent');
  for (const line of ['tea', 'sofa press', 'busy', '{"do":"press","more":1}', '{']) await type(line);
  expect(said).toHaveLength(5);
  expect(said[0]).toContain('press double long here gone busy free');
  fingers.stop();
});
