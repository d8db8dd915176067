// If these fail, a desk reminds at other times than its owner wrote, or takes over what belongs to a bath.
import { afterAll, expect, test } from 'vitest';
import { formatProblem, loadConfig } from '../../src/config/index.ts';
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

test('Home Assistant at a desk: one token, out of the file; at a bath nothing that lets somebody in', () => {
  const at = (token: string, entity: string): string =>
    `{ driver: homeassistant, url: "http://ha.local:8123", token: "${token}", entity: ${entity} }`;
  const says = (
    stations: string,
    env: Readonly<Record<string, string>> = { HA: 'long-lived-token' },
  ): readonly string[] =>
    loadConfig(folder.write('ha.yaml', `simulated: true\nstations: { ${stations} }\n`), { env }).problems.map(
      ({ code, severity, message }) => `${severity} ${code}: ${message}`,
    );
  expect(
    says(`d: { kind: desk, light: ${at('${HA}', 'light.a')}, button: ${at('${HA}', 'event.b')} }`),
  ).toEqual([]);
  const clear = says(`d: { kind: desk, light: ${at('long-lived-token', 'light.a')} }`);
  expect(clear).toEqual([expect.stringContaining('warning clear_secret: the token stands in the file')]);
  expect(clear.join()).not.toContain('long-lived-token');
  expect(
    says(`d: { kind: desk, light: ${at('${HA}', 'light.a')}, busy: ${at('${HB}', 'switch.b')} }`, {
      HA: 'aaaaaaaa',
      HB: 'bbbbbbbb',
    }),
  ).toEqual([expect.stringContaining('another device has another token for http://ha.local:8123')]);
  expect(
    says(
      `d: { kind: desk, light: ${at('${HA}', 'light.a')} }, e: { kind: desk, light: ${at('${HA}', 'light.a')} }`,
    ),
  ).toEqual([expect.stringContaining('same_device')]);
  const bath = (more: string): readonly string[] => says(`b: { kind: buckets, ${more} }`);
  expect(bath(`light: ${at('${HA}', 'light.a')}, stop: ${at('${HA}', 'event.stop')}`)).toEqual([]);
  expect(bath(`button: ${at('${HA}', 'event.a')}`)[0]).toMatch(
    /wrong_role: a press in Home Assistant may come from/,
  );
  expect(bath(`presence: ${at('${HA}', 'person.a')}`)[0]).toMatch(
    /wrong_role: whoever is believed to be at the water/,
  );
});

test.each([
  [
    'http://homeassistant.local:81233',
    /^ha\.yaml:2:\d+: error: .*stations\.d\.light\.url.*port, which is 1 to 65535/,
  ],
  ['http://homeassistant.local:0', /1 to 65535/],
  ['http://1.2.3.4.5:8123', /look at its host/],
  ['http://[:::]:8123', /look at its host/],
])('%s, which no socket opens, is refused where it stands', (url, words) => {
  const file = folder.write(
    'ha.yaml',
    `simulated: true\nstations: { d: { kind: desk, light: { driver: homeassistant, url: "${url}", token: "abc", entity: light.a } } }\n`,
  );
  const errors = loadConfig(file, { env: {} }).problems.filter(({ severity }) => severity === 'error');
  expect(errors.map(formatProblem).join('\n').replace(file, 'ha.yaml')).toMatch(words);
});

test('the desktop of this computer: shared by desks and roles, and never at a bath', () => {
  const says = (stations: string): readonly string[] =>
    folder
      .load(`simulated: true\nstations: { ${stations} }\n`)
      .problems.map(({ code, severity, message }) => `${severity} ${code}: ${message}`);
  const [light, bell] = [
    'light: { driver: desktop, as: notification }',
    'buzzer: { driver: desktop, as: bell }',
  ];
  expect(says(`a: { kind: desk, ${light}, ${bell} }, b: { kind: spot, ${light}, ${bell} }`)).toEqual([]);
  expect(says('a: { kind: desk, light: { driver: desktop, as: bell } }')).toEqual([
    expect.stringContaining('wrong_role: this device cannot be the light of a station: a bell is heard'),
  ]);
  for (const part of [light, bell])
    expect(says(`b: { kind: buckets, ${part} }`)).toEqual([
      expect.stringMatching(
        /^error wrong_role: whoever has their feet in the water .*use a device with a driver/,
      ),
    ]);
  // Nothing of it comes over a network, so no broker has to be reached from there.
  const alone = folder.load(`stations: { a: { kind: desk, ${light}, ${bell} } }\n`);
  expect(alone.problems).toEqual([]);
  const named = folder.load(
    `simulated: true\ndevices: { screen: { driver: desktop, as: notification } }\nstations: { a: { kind: desk, light: screen }, b: { kind: spot, light: screen } }\n`,
  );
  expect(named.problems.map(({ code }) => code)).toEqual(['same_device']);
});

test('a lamp of Home Assistant that is named after the relay of a valve is refused', () => {
  const problems = folder.load(`
simulated: true
stations:
  bath:
    kind: bath
    vessel: stream
    cold: { driver: zigbee2mqtt, name: bath/Valves, endpoint: l1 }
    light: { driver: homeassistant, url: "http://ha.local:8123", token: "abc", entity: switch.valves_l1 }
`).problems;
  expect(problems.find(({ code }) => code === 'same_device')?.message).toMatch(
    /may be the very relay that opens its water/,
  );
});

test('a lamp behind a switch of Home Assistant is warned of where there are valves, and nowhere else', () => {
  const lamp = (entity: string): string =>
    `light: { driver: homeassistant, url: "http://ha.local:8123", token: "abc", entity: ${entity} }`;
  const codes = (text: string): readonly string[] => folder.load(text).problems.map(({ code }) => code);
  const bath = (entity: string): readonly string[] =>
    codes(`
simulated: true
stations:
  bath:
    kind: bath
    vessel: stream
    cold: { driver: tasmota, topic: bath-valves, relay: 1 }
  desk: { kind: desk, ${lamp(entity)} }
`);
  expect(bath('switch.warmwasser')).toContain('any_switch');
  expect(bath('light.desk')).not.toContain('any_switch');
  expect(bath('light.bathvalves_1')).toContain('same_device');
  expect(codes(`stations: { desk: { kind: desk, ${lamp('switch.lamp')} } }\n`)).not.toContain('any_switch');
});
