// If these fail, a desk reminds at other times than its owner wrote, or takes over what belongs to a bath.
import { afterAll, expect, test } from 'vitest';
import { Folder, configOf } from './support.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});

const desk = (schedule: string, more = ''): string => `
timezone: Europe/Berlin
simulated: true
stations:
  desk:
    kind: desk
    light: { driver: zigbee2mqtt, name: lamp }
    button: { driver: zigbee2mqtt, name: knob }
${more}schedule:
${schedule}`;

const remindersOf = (schedule: string) => configOf(folder.load(desk(schedule))).desks[0]?.reminders;

test('what is written is what is due; what is left out has its default', () => {
  expect(
    remindersOf('  - { reminder: calf-raises, every: 60 min, between: 09:00-17:30, days: mon-fri }\n'),
  ).toEqual([
    {
      id: 'calf-raises',
      protocols: ['calf-raises'],
      rule: {
        kind: 'every',
        zone: 'Europe/Berlin',
        days: ['mon', 'tue', 'wed', 'thu', 'fri'],
        everyMs: 3_600_000,
        between: { fromMin: 540, toMin: 1_050 },
      },
      snoozeMs: 600_000,
      expireMs: 1_800_000,
    },
  ]);
  expect(
    remindersOf(
      '  - { reminder: [ankle-pumps, ankle-circles], at: ["8:05", 20:30], days: [sat, sun-mon], dates: 2026-12-24, snooze: 5 min, expire: 2 h }\n',
    ),
  ).toMatchObject([
    {
      id: 'ankle-pumps',
      protocols: ['ankle-pumps', 'ankle-circles'],
      rule: { timesMin: [485, 1_230], days: ['sat', 'sun', 'mon'], dates: ['2026-12-24'] },
      snoozeMs: 300_000,
      expireMs: 7_200_000,
    },
  ]);
  expect(remindersOf('  - { reminder: stand-walk, every: 40 min, between: 22:00-06:00 }\n')).toMatchObject([
    { rule: { between: { fromMin: 1_320, toMin: 360 } }, expireMs: 1_200_000 },
  ]);
});

test('a desk beside a bath is none of the water stations, and its devices are its own', () => {
  const more = `    quiet_hours: 20:00-07:00
  bath:
    kind: bath
    vessel: stream
    light: { driver: zigbee2mqtt, name: other }
`;
  const config = configOf(folder.load(desk('  - { reminder: calf-raises, at: 10:00 }\n', more)));
  expect(config.stations.map(({ id }) => id)).toEqual(['bath']);
  expect(config.desks).toMatchObject([
    {
      id: 'desk',
      quietHours: { fromMin: 1_200, toMin: 420 },
      devices: [
        { id: 'desk-light', role: 'light' },
        { id: 'desk-button', role: 'button' },
      ],
    },
  ]);
});

test('a desk that can neither light nor beep is told so, and used', () => {
  const text = 'simulated: true\nstations: { desk: { kind: desk } }\n';
  const { config, problems } = folder.load(text);
  expect(config?.desks).toHaveLength(1);
  expect(problems.map(({ code, severity }) => [code, severity])).toEqual([['no_cue', 'warning']]);
});

test('busy is any device that says yes or no, and a bath has none', () => {
  const says = (station: string): unknown =>
    folder
      .load(`simulated: true\nstations: { a: { ${station} } }\n`)
      .problems.filter(({ severity }) => severity === 'error')
      .map(({ code, message }) => `${code} ${message}`);
  const lamp = 'light: { driver: zigbee2mqtt, name: lamp }';
  const busy = (map: string): string => `busy: { driver: mqtt, state: dnd, map: ${map} }`;
  expect(says(`kind: desk, ${lamp}, ${busy('{ "ON": busy, "OFF": free }')}`)).toEqual([]);
  expect(says(`kind: desk, ${lamp}, ${busy('{ "ON": busy }')}`)).toEqual([
    expect.stringContaining('wrong_role'),
  ]);
  expect(says(`kind: buckets, ${busy('{ "ON": busy, "OFF": free }')}`)).toEqual([
    'plumbing only a desk is told that somebody is busy: a bath begins with a press',
  ]);
});
