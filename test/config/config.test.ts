// If this fails, what an owner wrote in ebb.yaml is not what Ebb does: defaults, units, shared devices, secrets.
import { join, resolve } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { DRIVERS } from '../../devices/index.ts';
import { loadConfig } from '../../src/config/index.ts';
import type { DeviceDeclaration, Driver } from '../../src/model/device.ts';
import { Folder, FOOT_BATH, configOf, errorsOf } from './support.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});

/** A driver of which only what it declares matters. */
function benchDriver(declared: Partial<DeviceDeclaration>): Driver<unknown> {
  const declaration: DeviceDeclaration = {
    deadline: 'per-command',
    lease: { minMs: 1_000, maxMs: 30_000, stepMs: 1_000, defaultMs: 10_000 },
    travelMs: 500,
    reportMs: 500,
    acknowledgesRenewals: true,
    sampleMs: null,
    ...declared,
  };
  const idle = { state: null, out: [], readings: [], acks: [], faults: [], nextDeadlineMs: null };
  return {
    name: 'bench',
    options: z.strictObject({}),
    refuses: () => null,
    create: (id, role) => ({
      id,
      role,
      driver: 'bench',
      declaration,
      topics: [],
      init: () => idle,
      step: () => idle,
    }),
  };
}

const warnings = (text: string) => {
  const loaded = folder.load(text);
  configOf(loaded);
  return loaded.problems.map((problem) => problem.code);
};
const errors = (text: string, env: Readonly<Record<string, string>> = {}) =>
  errorsOf(folder.load(text, env).problems);

describe('what is not said has its default', () => {
  test('of the house', () => {
    const config = configOf(folder.load(FOOT_BATH));
    expect(config).toMatchObject({
      site: 'home',
      mqtt: {
        url: 'mqtt://broker.local',
        username: null,
        password: null,
        listen: { host: '127.0.0.1', port: 1883 },
      },
      temperatureUnit: 'celsius',
      simulated: false,
      http: { host: '127.0.0.1', port: 7373, hosts: [] },
      library: [],
      people: [],
      plant: { hotC: null, coldC: null, guardC: null, flowLpm: null, deadTimeMs: null, lagMs: null },
      simPerson: { presses: null, answers: null },
    });
    expect(config.journalPath).toBe(join(folder.path, '.ebb', 'journal.db'));
    expect(config.file).toBe(join(folder.path, 'ebb.yaml'));
    expect(config.timezone).not.toBe('');
  });

  test('of a station', () => {
    expect(configOf(folder.load(FOOT_BATH)).stations[0]).toMatchObject({
      id: 'foot-bath',
      name: 'foot-bath',
      plumbing: 'two-valves',
      scaldGuard: { by: 'valve', maxC: 41 },
      leaseMs: null,
      purgeMs: 180_000,
      prepareFrom: ['button', 'page', 'cli'],
      beginFrom: ['button', 'page', 'cli'],
      devices: [
        { id: 'foot-bath-hot', role: 'hot', driver: 'tasmota', travelMs: null },
        { id: 'foot-bath-cold', role: 'cold' },
        { id: 'foot-bath-thermometer', role: 'thermometer', driver: 'esphome' },
      ],
    });
  });
});

test('units are converted once, at the edge', () => {
  const text = FOOT_BATH.replace('max: 41 C', 'max: 105 F').replace('relay: 1', 'relay: 1, travel: 800 ms');
  const config = configOf(
    folder.load(
      `${text}    purge: 2 min\n    lease: 15 s\nsim:\n  plant: { hot: 140 F, flow: 1 gal/min, lag: 2.5 s }\n`,
    ),
  );
  expect(config.stations[0]?.scaldGuard?.maxC).toBeCloseTo(40.5556, 3);
  expect(config.stations[0]).toMatchObject({ purgeMs: 120_000, leaseMs: 15_000 });
  expect(config.stations[0]?.devices[0]?.travelMs).toBe(800);
  expect(config.plant).toMatchObject({ hotC: 60, flowLpm: 3.7854, lagMs: 2_500 });
});

test('a role takes a named device, a device, or a list of both', () => {
  const text = `
simulated: true
devices:
  probe: { driver: esphome, node: n, sensor: water }
  lamp: { driver: esphome, node: n, light: lamp }
stations:
  bath:
    kind: bath
    vessel: stream
    mixer: { driver: esphome, node: n, mixer: main }
    thermometer: [probe, { driver: esphome, node: n, sensor: second }]
    light: lamp
    begin_from: mqtt
    prepare_from: [mqtt, cli]
    scald_guard: { by: digital-mixer, max: 43 C }
`;
  const [station] = configOf(folder.load(text)).stations;
  expect(station?.devices.map(({ id, role }) => `${id} ${role}`)).toEqual([
    'bath-mixer mixer',
    'probe thermometer',
    'bath-thermometer-2 thermometer',
    'lamp light',
  ]);
  expect(station).toMatchObject({ plumbing: 'mixer', beginFrom: ['mqtt'], prepareFrom: ['mqtt', 'cli'] });
});

describe('without the hardware for it no valve is ever opened', () => {
  test('no scald guard: a warning and cue mode only', () => {
    const loaded = folder.load(FOOT_BATH.replace(/ {4}scald_guard.*\n/, ''));
    expect(loaded.problems).toMatchObject([{ code: 'no_scald_guard', severity: 'warning', line: 5 }]);
    expect(configOf(loaded).stations[0]).toMatchObject({ plumbing: 'cues', scaldGuard: null });
  });

  test('no valves: cues', () => {
    const text =
      'stations:\n  buckets: { kind: bath, vessel: stream, light: { driver: esphome, node: n, light: l } }\n';
    expect(configOf(folder.load(text)).stations[0]?.plumbing).toBe('cues');
  });

  test.each([
    ['a valve without a deadline as hot', 'hot', 'none', 500, 500, 'no_deadline'],
    ['one that takes over a second', 'hot', 'per-command', 1_001, 0, 'envelope'],
    ['one that takes over three seconds to say so', 'cold', 'per-command', 1_000, 2_001, 'envelope'],
  ] as const)('%s is refused', (_, role, deadline, travelMs, reportMs, code) => {
    const drivers = { ...DRIVERS, bench: benchDriver({ deadline, travelMs, reportMs }) };
    const file = folder.write(
      'bench.yaml',
      FOOT_BATH.replace(new RegExp(`${role}: .*`), `${role}: { driver: bench }`),
    );
    const { problems } = loadConfig(file, { env: {}, drivers });
    expect(errorsOf(problems)).toMatchObject([{ code, line: role === 'hot' ? 8 : 9 }]);
  });
});

test('a lease is within what the device takes', () => {
  const drivers = {
    ...DRIVERS,
    bench: benchDriver({ lease: { minMs: 5_000, maxMs: 20_000, stepMs: 2_500, defaultMs: 10_000 } }),
  };
  const check = (lease: string) => {
    const text = `${FOOT_BATH.replace(/hot: .*/, 'hot: { driver: bench }')}    lease: ${lease}\n`;
    return errorsOf(loadConfig(folder.write('lease.yaml', text), { env: {}, drivers }).problems);
  };
  expect(check('7500 ms')).toEqual([]);
  for (const lease of ['4 s', '21 s', '6 s']) {
    expect(check(lease)).toMatchObject([{ code: 'out_of_range', path: 'stations.foot-bath.lease' }]);
  }
});

test('warnings are warnings', () => {
  expect(warnings(FOOT_BATH)).toEqual([]);
  const button = '    button: { driver: esphome, node: bath-probe, binary_sensor: button }\n';
  expect(warnings(FOOT_BATH + button)).toEqual(['not_asked']);
  expect(warnings(`${FOOT_BATH}${button}    begin_from: cli\n`)).toEqual([]);
  expect(warnings(`${FOOT_BATH}http: { port: 8080 }\n`)).toEqual([]);
  expect(warnings(FOOT_BATH.replace('mqtt:\n  url: mqtt://broker.local\n', ''))).toEqual(['broker']);
  expect(warnings(`${FOOT_BATH}devices: { spare: { driver: tasmota, topic: t, relay: 7 } }\n`)).toEqual([
    'unused',
  ]);
  expect(warnings(FOOT_BATH.replace('url:', 'listen: localhost:1884\n  url:'))).toEqual(['unused']);
  for (const local of ['127.0.0.1:1884', 'localhost:1884', '"[::1]:1884"'])
    expect(warnings(FOOT_BATH.replace('url: mqtt://broker.local', `listen: ${local}`))).toEqual(['broker']);
  // Devices reach these.
  for (const open of ['0.0.0.0:1883', '192.168.1.2:1883', '"[::]:1883"'])
    expect(warnings(FOOT_BATH.replace('url: mqtt://broker.local', `listen: ${open}`))).toEqual([]);
});

test('the CA of the broker is read from beside the file, its certificates and nothing else', () => {
  const [first = '', second = ''] = rootCertificates;
  folder.write('ca.pem', `subject=one\n${first}\nsubject=two\n${second}\n`);
  const secure = FOOT_BATH.replace('url: mqtt://broker.local', 'url: mqtts://broker.local\n  ca: ./ca.pem');
  expect(configOf(folder.load(secure)).mqtt.ca).toBe(`${first}\n${second}`);
  expect(configOf(folder.load(FOOT_BATH)).mqtt.ca).toBeNull();
  const errorOf = (): unknown => errors(secure).map(({ code, path, line }) => [code, path, line]);
  for (const wrong of [
    first.replace(/M[A-Z]/, '!!'),
    first.slice(0, 300),
    '-----BEGIN PRIVATE KEY-----\n',
    '',
  ]) {
    folder.write('ca.pem', wrong);
    expect(errorOf()).toEqual([['invalid_value', 'mqtt.ca', expect.any(Number)]]);
  }
  folder.write('ca.pem', '-----BEGIN PRIVATE KEY-----\n');
  expect(errors(secure)[0]?.message).toContain('private key');
});

describe('variables', () => {
  const text = FOOT_BATH.replace(
    'url: mqtt://broker.local',
    'url: "${BROKER}"\n  username: ebb\n  password: "${PASSWORD}"',
  );

  test('from the environment, and from .env beside the file before it', () => {
    const env = { BROKER: 'mqtt://one.local', PASSWORD: 'from-the-environment' };
    expect(configOf(folder.load(text, env)).mqtt).toMatchObject({ url: env.BROKER, password: env.PASSWORD });
    folder.write('.env', 'PASSWORD="from .env"\n');
    expect(configOf(folder.load(text, env)).mqtt).toMatchObject({ url: env.BROKER, password: 'from .env' });
    folder.write('.env', '');
  });

  test('within a text, as a number without quotes, as a text in quotes', () => {
    const env = { HOST: 'b.local', PORT: '8080', PASSWORD: '0123' };
    const mixed = text.replace('${BROKER}', 'mqtts://${HOST}') + 'http:\n  port: ${PORT}\n';
    const config = configOf(folder.load(mixed, env));
    expect(config.mqtt).toMatchObject({ url: 'mqtts://b.local', password: '0123' });
    expect(config.http).toEqual({ host: '127.0.0.1', port: 8080, hosts: [] });
  });

  test('an unknown one is an error at its place, and so is one of a wrong form', () => {
    expect(errors(text, { BROKER: 'mqtt://b' })).toMatchObject([
      { code: 'unknown_variable', line: 5, path: 'mqtt.password' },
    ]);
    for (const wrong of ['${}', '${A-B}', '${A', '${toString}', '${__proto__}']) {
      expect(errors(FOOT_BATH.replace('mqtt://broker.local', `"${wrong}"`))).toMatchObject([
        { code: 'unknown_variable' },
      ]);
    }
  });

  test('what comes out of one is never shown', () => {
    const secret = 'correct horse battery staple';
    const places = [
      ['mqtt://broker.local', '"${S}"'],
      ['41 C', '"${S}"'],
      ['tasmota', '"${S}"'],
      ['bath-probe', '"${S}"'],
      ['kind: bath', 'kind: "${S}"'],
      ['mqtt:\n', 'mqtt:\n  listen: "${S}"\n'],
    ] as const;
    for (const [old, now] of places) {
      const found = errors(FOOT_BATH.replace(old, now), { S: secret });
      expect(found.length).toBeGreaterThan(0);
      expect(JSON.stringify(found)).not.toMatch(/horse|staple/);
      expect(JSON.stringify(found)).toContain('${S}');
    }
  });

  test('nor a password that stands in the file', () => {
    const wrong = FOOT_BATH.replace('url: ', `password: "${'hunter2'.repeat(200)}"\n  url: `);
    expect(errors(wrong)).toMatchObject([{ code: 'out_of_range', path: 'mqtt.password' }]);
    expect(JSON.stringify(errors(wrong))).not.toContain('hunter2');
    expect(JSON.stringify(errors(FOOT_BATH.replace('//broker', '//ebb:hunter2@broker')))).not.toContain(
      'hunter2',
    );
    expect(errors(FOOT_BATH.replace('url: ', 'password: 1234\n  url: '))[0]?.message).not.toContain('1234');
  });
});

test('paths are relative to the file', () => {
  const config = configOf(folder.load(`${FOOT_BATH}journal: { path: data/j.db }\nlibrary: .\n`));
  expect(config.journalPath).toBe(join(folder.path, 'data', 'j.db'));
  expect(config.library).toEqual([folder.path]);
});

test('people and defaults', () => {
  const people =
    'people:\n  sam: { name: Sam, defaults: { contrast-foot-bath: { cold: 45 s } } }\n  kim: {}\n';
  const config = configOf(folder.load(`${FOOT_BATH}${people}defaults: { warm-soak: { warm: 12 min } }\n`));
  expect(config.people).toEqual([
    { id: 'sam', name: 'Sam', defaults: { 'contrast-foot-bath': { cold: '45 s' } } },
    { id: 'kim', name: 'kim', defaults: {} },
  ]);
  expect(config.defaults).toEqual({ 'warm-soak': { warm: '12 min' } });
});

test('a station id that makes device ids too long is refused', () => {
  const found = errors(FOOT_BATH.replace('  foot-bath:', `  ${'a'.repeat(60)}:`));
  expect(found.map((problem) => problem.code)).toEqual(['bad_id', 'bad_id', 'bad_id']);
});

test('the examples are valid, and warn of nothing but the button', () => {
  for (const name of ['foot-bath', 'foot-bath-mixer', 'foot-bath-zigbee2mqtt']) {
    const { config, problems } = loadConfig(resolve(import.meta.dirname, `../../examples/${name}.yaml`), {
      env: {},
    });
    expect(config?.simulated).toBe(false);
    expect(problems.map((problem) => problem.code)).toEqual(['not_asked']);
  }
});

test('the example with everything has every role of a stream, and warns of nothing but what its float is for', () => {
  const { config, problems } = loadConfig(
    resolve(import.meta.dirname, '../../examples/foot-bath-full.yaml'),
    {
      env: {},
    },
  );
  expect(problems.map(({ code }) => code)).toEqual(['level_of_stream']);
  const roles = config?.stations.flatMap(({ devices }) => devices.map(({ role }) => role)) ?? [];
  expect(roles.filter((role) => role === 'thermometer')).toHaveLength(2);
  expect(new Set(roles)).toEqual(
    new Set([
      ...(['master', 'hot', 'cold', 'thermometer', 'flow', 'leak', 'level', 'presence'] as const),
      ...(['button', 'stop', 'light', 'buzzer'] as const),
    ]),
  );
});
