// If these fail, a sofa, a bed or a kitchen reminds of what is not done there, at the wrong time, or at night.
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/clock/virtual.ts';
import { silentLog } from '../../../src/model/log.ts';
import { HOUR_MS } from '../../../src/model/units.ts';
import { checkFile, loadLibrary, packageRoot } from '../../../src/protocols/index.ts';
import { composeDesk } from '../../../src/simulated-desk.ts';
import { Folder, configOf } from '../../config/support.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});
const { protocols } = loadLibrary([]);
const EXAMPLE = join(packageRoot(), 'examples', 'evening.yaml');

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What is shown on a Thursday at a spot of the example, `HH:MM reminder`, if it is always answered after a minute. */
async function dayAt(id: string): Promise<readonly string[]> {
  const checked = checkFile(EXAMPLE, { env: { TZ: 'UTC' } });
  expect(checked.problems).toEqual([]);
  if (checked.kind !== 'config' || checked.config === null) throw new Error('the example is no config');
  const { config } = checked;
  const spot = config.desks.find((one) => one.id === id);
  if (spot === undefined) throw new Error(`the example has no ${id}`);
  const utc = {
    ...spot,
    zone: 'UTC',
    reminders: spot.reminders.map((one) => ({ ...one, rule: { ...one.rule, zone: 'UTC' } })),
  };
  const world = composeDesk({ config, protocols, log: silentLog }, utc, { seed: 1, speed: 'max' });
  const { clock, controller, rig, journal } = world;
  if (!(clock instanceof VirtualClock)) throw new Error('not in virtual time');
  controller.listen(id, (news) => {
    if (news.type === 'event' && news.event === 'reminder_shown')
      clock.at(clock.nowMs() + 30_000, 'press', () => {
        rig.press();
      });
  });
  clock.runUntil(24 * HOUR_MS);
  const records = journal.history.records({ station: id, types: ['reminder'], limit: 1_000 });
  await world.close();
  return records
    .filter(({ body }) => body['event'] !== 'due')
    .map(({ at, body }) => `${at.slice(11, 16)} ${text(body['reminder'])} ${text(body['event'])}`);
}

describe('a day at the spots of the example', () => {
  test('in the kitchen: sips at even times, never at night', async () => {
    const day = await dayAt('kitchen');
    const hours = ['08', '10', '12', '14', '16', '18'];
    expect(day.filter((one) => one.endsWith('shown'))).toEqual(
      hours.map((hour) => `${hour}:00 water-glasses shown`),
    );
    expect(day.filter((one) => one.endsWith('done'))).toHaveLength(hours.length);
  });

  test('in bed: one cue and one press for the socks and the pillow', async () => {
    expect(await dayAt('bed')).toEqual([
      '07:00 morning-mobility shown',
      '07:00 morning-mobility done',
      '22:00 pillow-at-night shown',
      '22:00 compression-socks-off shown',
      '22:00 pillow-at-night done',
      '22:00 compression-socks-off done',
    ]);
  });

  test('on the sofa: legs up, and no massage on a Thursday', async () => {
    expect(await dayAt('sofa')).toEqual(['20:00 legs-up-evening shown', '20:00 legs-up-evening done']);
  });
});

test('a spot has what a desk has, and what is done at a spot', () => {
  const spot = (kind: string, reminder: string): string => `simulated: true
stations: { here: { kind: ${kind}, light: { driver: zigbee2mqtt, name: lamp } } }
schedule: [{ reminder: ${reminder}, at: 20:00 }]
`;
  expect(configOf(folder.load(spot('spot', 'massage'))).desks).toMatchObject([{ id: 'here', kind: 'spot' }]);
  const why = (kind: string, reminder: string): unknown =>
    checkFile(folder.write('ebb.yaml', spot(kind, reminder)), { env: {} }).problems[0]?.message;
  expect(why('spot', 'massage')).toBeUndefined();
  expect(why('desk', 'massage')).toMatch(
    /^massage is for a spot, which is nothing to be done at a desk; there/,
  );
  expect(why('spot', 'calf-raises')).toMatch(
    /^calf-raises is for a desk, which is nothing to be done at a spot/,
  );
  expect(why('spot', 'exercise-note')).toMatch(/^exercise-note is of kind info/);
  expect(
    folder.load(spot('spot, hot: { driver: esphome, node: n, valve: hot }', 'massage')).problems,
  ).toMatchObject([
    {
      code: 'plumbing',
      message:
        'a spot has no `hot`; it has light, buzzer, button, presence, busy, name, quiet_hours, calendar, not_for_me and cues',
    },
  ]);
});
