/*
 * If these fail, whoever comes back from a night, a holiday, a broker that was down or a controller that did not run is met
 * by everything they were not there for, or a light shines in an empty room at night.
 */
import { describe, expect, test } from 'vitest';
import { isWithin } from '../../../src/schedule/rule.ts';
import { DeskBench, HOUSE } from './bench.ts';

const SENSOR = '    presence: { driver: mqtt, state: desk/presence, map: { here: present, gone: absent } }\n';
const home = (sensor: boolean): string => `
timezone: Europe/Berlin
simulated: true
stations:
  desk:
    kind: desk
    light: { driver: mqtt, set: desk/light/set, payload: { on: "on", off: "off" } }
    button: { driver: mqtt, state: desk/button, map: { press: press, double: double, hold: hold } }
${sensor ? SENSOR : ''}    quiet_hours: 18:00-08:00
schedule:
  - { reminder: stand-walk, every: 30 min, between: 09:00-17:30 }
  - { reminder: [calf-raises, ankle-pumps], every: 60 min, between: 09:00-17:30 }
  - { reminder: ankle-circles, at: [10:00, "15:00", "21:00"] }
`;

/** The same, as the computer of whoever sits there tells it, or a Home Assistant. */
const HELPER = home(false).replace(
  '    quiet_hours',
  '    presence: { driver: presence, name: laptop }\n    quiet_hours',
);
const IN_HOUSE = home(false).replace(
  '    quiet_hours',
  `    presence: { ${HOUSE}, entity: binary_sensor.chair }\n    quiet_hours`,
);

const QUIET = { fromMin: 18 * 60, toMin: 8 * 60 };
const FRIDAY = '2026-03-06T17:20:00+01:00';
const MONDAY = '2026-03-09T08:50:00+01:00';
/** Two weeks later: the clocks were set meanwhile. */
const AFTER_HOLIDAY = '2026-04-07T10:04:00+02:00';

interface Absence {
  readonly what: string;
  readonly be: () => { readonly desk: DeskBench; readonly from: string };
}

/** Somebody leaves, and comes back at the time given. */
function away(back: string, from = FRIDAY): DeskBench {
  const desk = new DeskBench({ yaml: home(true), at: from });
  desk.person('here');
  desk.run(60_000);
  desk.press();
  desk.person('gone');
  desk.to(back);
  desk.person('here');
  return desk;
}

const ABSENCES: readonly Absence[] = [
  { what: 'a weekend', be: () => ({ desk: away(MONDAY), from: FRIDAY }) },
  { what: 'one night', be: () => ({ desk: away('2026-03-07T09:31:00+01:00'), from: FRIDAY }) },
  {
    what: 'a holiday over the change of the clocks, back in the middle of the day',
    be: () => ({ desk: away(AFTER_HOLIDAY, '2026-03-24T12:00:00+01:00'), from: '2026-03-24T12:02:00+01:00' }),
  },
  {
    what: 'a broker that is down for three hours',
    be: () => {
      const desk = new DeskBench({ yaml: home(true), at: '2026-03-09T09:10:00+01:00' });
      desk.person('here');
      desk.outage(3 * 3_600_000);
      desk.person('here');
      return { desk, from: '2026-03-09T09:10:00+01:00' };
    },
  },
  {
    what: 'a night with the lid of the computer shut',
    be: () => {
      const desk = new DeskBench({ yaml: HELPER, at: FRIDAY });
      desk.helper(true, 5 * 60_000);
      desk.press();
      desk.helper(false, 60_000);
      desk.to('2026-03-07T09:31:00+01:00');
      desk.helper(true, 60_000);
      return { desk, from: FRIDAY };
    },
  },
  {
    what: 'a night, with a Home Assistant, a broker and a controller that restart in it',
    be: () => {
      const chair = { id: 'binary_sensor.chair', state: 'on', attributes: {} };
      const first = new DeskBench({ yaml: IN_HOUSE, at: FRIDAY, entities: [{ ...chair }] });
      first.run(5 * 60_000);
      first.press();
      first.house.change(chair.id, 'off');
      first.run(60_000);
      first.house.reboot();
      first.outage(5_000);
      const records = first.journal.history.records({ limit: 10_000 });
      const gone = [{ ...chair, state: 'off' }];
      const at = '2026-03-06T23:00:00+01:00';
      const desk = new DeskBench({ yaml: IN_HOUSE, at, records, entities: gone });
      desk.to('2026-03-07T09:31:00+01:00');
      desk.house.change(chair.id, 'on');
      desk.run(1_000);
      return { desk, from: FRIDAY };
    },
  },
  {
    what: 'a controller that did not run from one day to the next',
    be: () => {
      const first = new DeskBench({ yaml: home(true), at: '2026-03-09T14:40:00+01:00' });
      first.person('here');
      first.to('2026-03-09T15:00:10+01:00');
      const records = first.journal.history.records({ limit: 10_000 });
      const desk = new DeskBench({ yaml: home(true), at: '2026-03-10T10:20:00+01:00', records });
      desk.person('here');
      return { desk, from: '2026-03-09T15:01:00+01:00' };
    },
  },
  {
    what: 'a computer that slept from one day to the next',
    be: () => {
      const desk = new DeskBench({ yaml: home(true), at: '2026-03-09T15:00:30+01:00' });
      desk.person('here');
      desk.suspend(Date.parse('2026-03-10T10:20:00+01:00') - desk.clock.wallMs());
      return { desk, from: '2026-03-09T15:01:00+01:00' };
    },
  },
];

describe('a desk left alone', () => {
  test.each(ABSENCES)(
    '$what: nothing meanwhile, and at most one light within half an hour of it',
    ({ be }) => {
      const { desk, from } = be();
      const back = desk.now;
      const since = new Date(Date.parse(from)).toISOString().slice(0, 19);
      expect(desk.lights.filter((at) => at > since && at < back)).toEqual([]);
      desk.run(30 * 60_000);
      const met = desk.lights.filter((at) => at >= back);
      expect(met.length).toBeLessThanOrEqual(1);
      // Whoever sits there is reminded again all the same.
      desk.run(90 * 60_000);
      expect(desk.lights.filter((at) => at >= back).length).toBeGreaterThan(0);
      for (const at of desk.lights)
        expect(isWithin(QUIET, 'Europe/Berlin', Date.parse(`${at}Z`)), at).toBe(false);
    },
  );

  test('two weeks without a sensor, nobody there: three a day and no more, none at night, one after coming back', () => {
    const desk = new DeskBench({ yaml: home(false), at: '2026-03-09T08:00:00+01:00' });
    desk.to('2026-03-23T10:20:00+01:00');
    const days = Map.groupBy(desk.lights, (at) => at.slice(0, 10));
    expect(days.size).toBe(15);
    for (const [day, lights] of days) expect(lights.length, day).toBeLessThanOrEqual(3);
    for (const at of desk.lights)
      expect(isWithin(QUIET, 'Europe/Berlin', Date.parse(`${at}Z`)), at).toBe(false);
    const back = desk.now;
    desk.press();
    desk.run(30 * 60_000);
    expect(desk.lights.filter((at) => at > back).length).toBeLessThanOrEqual(1);
  });
});
