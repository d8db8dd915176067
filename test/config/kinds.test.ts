// If these fail, a station is taken for another kind than its owner wrote, or is given water that it cannot have.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/index.ts';
import { Folder, configOf, errorsOf } from './support.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});

const station = (...lines: readonly string[]): string =>
  ['mqtt: { url: mqtt://b.local }', 'stations:', '  it:', ...lines.map((line) => `    ${line}`), ''].join(
    '\n',
  );
const HOT = 'hot: { driver: tasmota, topic: v, relay: 1 }';
const COLD = 'cold: { driver: tasmota, topic: v, relay: 2 }';
const PROBE = 'thermometer: { driver: esphome, node: p, sensor: water }';
const GUARD = 'scald_guard: { by: valve, max: 41 C }';
const found = (text: string) =>
  errorsOf(folder.load(text).problems).map(({ line, path, code, message }) => ({
    line,
    path,
    code,
    message,
  }));

describe('a shower', () => {
  test('is a stream without saying so, on two valves, a mixer or neither', () => {
    const [two] = configOf(folder.load(station('kind: shower', HOT, COLD, PROBE, GUARD))).stations;
    expect(two).toMatchObject({ kind: 'shower', vessel: 'stream', plumbing: 'two-valves' });
    const mixer = 'mixer: { driver: esphome, node: m, mixer: main }';
    const [mixed] = configOf(folder.load(station('kind: shower', mixer, PROBE, GUARD))).stations;
    expect(mixed).toMatchObject({ kind: 'shower', plumbing: 'mixer' });
    const light = 'light: { driver: esphome, node: m, light: lamp }';
    const [cues] = configOf(folder.load(station('kind: shower', light))).stations;
    expect(cues).toMatchObject({ kind: 'shower', plumbing: 'cues' });
  });

  test('needs its guard, its thermometer and both its valves as a bath does', () => {
    const unguarded = folder.load(station('kind: shower', HOT, COLD, PROBE));
    expect(unguarded.problems.map(({ code }) => code)).toEqual(['no_scald_guard']);
    expect(configOf(unguarded).stations[0]?.plumbing).toBe('cues');
    expect(found(station('kind: shower', HOT, COLD, GUARD))).toMatchObject([{ code: 'plumbing' }]);
    expect(found(station('kind: shower', HOT, PROBE, GUARD))).toMatchObject([{ code: 'plumbing', line: 5 }]);
  });

  test('has no vessel', () => {
    expect(found(station('kind: shower', 'vessel: stream', HOT, COLD, PROBE, GUARD))).toEqual([
      {
        line: 5,
        path: 'stations.it.vessel',
        code: 'plumbing',
        message: 'a shower is a stream by itself: leave `vessel` out',
      },
    ]);
  });
});

describe('buckets', () => {
  const LIGHT = 'light: { driver: esphome, node: p, light: lamp }';

  test('have cues, a button, a stop and perhaps a probe, and nothing that opens', () => {
    const stop = 'stop: { driver: esphome, node: p, binary_sensor: stop }';
    const button = 'button: { driver: esphome, node: p, binary_sensor: button }';
    const buzzer = 'buzzer: { driver: esphome, node: p, switch: buzzer }';
    const loaded = folder.load(station('kind: buckets', LIGHT, buzzer, button, stop, PROBE));
    expect(errorsOf(loaded.problems)).toEqual([]);
    const [it] = configOf(loaded).stations;
    expect(it).toMatchObject({ kind: 'buckets', vessel: null, plumbing: 'cues', scaldGuard: null });
    expect(it?.devices.map(({ role }) => role)).toEqual(['thermometer', 'light', 'buzzer', 'button', 'stop']);
    // Nobody asks a person with a kettle for a scald guard.
    expect(loaded.problems.map(({ code }) => code)).toEqual(['not_asked']);
    expect(configOf(folder.load(station('kind: buckets'))).stations[0]?.devices).toEqual([]);
  });

  test.each([
    ['hot', HOT],
    ['cold', COLD],
    ['mixer', 'mixer: { driver: esphome, node: m, mixer: main }'],
    ['scald_guard', GUARD],
    ['purge', 'purge: 60 s'],
    ['lease', 'lease: 10 s'],
  ])('have no %s', (key, line) => {
    expect(found(station('kind: buckets', LIGHT, line))).toEqual([
      {
        line: 6,
        path: `stations.it.${key}`,
        code: 'plumbing',
        message: `buckets have no valves, so no \`${key}\`: leave it out, or make it \`kind: bath\` or \`kind: shower\``,
      },
    ]);
  });

  test('have no vessel, and one thermometer at most', () => {
    expect(found(station('kind: buckets', 'vessel: stream', LIGHT))).toMatchObject([
      { line: 5, code: 'plumbing', message: 'buckets are filled by hand: leave `vessel` out' },
    ]);
    const two =
      'thermometer: [{ driver: esphome, node: p, sensor: a }, { driver: esphome, node: p, sensor: b }]';
    expect(found(station('kind: buckets', two))).toMatchObject([
      { line: 5, path: 'stations.it.thermometer[1]', code: 'plumbing' },
    ]);
  });
});

test('a bath says how water reaches the feet', () => {
  const [problem, ...more] = found(station('kind: bath', HOT, COLD, PROBE, GUARD));
  expect(problem).toMatchObject({ code: 'missing_key', path: 'stations.it.vessel' });
  expect(problem?.message).toContain('`vessel: stream`');
  expect(more).toEqual([]);
});

test('the examples of each kind are valid, and warn of nothing but the button', () => {
  for (const name of ['shower', 'buckets']) {
    const file = resolve(import.meta.dirname, `../../examples/${name}.yaml`);
    const { config, problems } = loadConfig(file, { env: {} });
    expect(config?.stations[0]?.kind).toBe(name);
    expect(problems.map(({ code }) => code)).toEqual(['not_asked']);
  }
});

test('what the example of the buckets says of a probe is right', () => {
  const text = readFileSync(join(import.meta.dirname, '../../examples/buckets.yaml'), 'utf8');
  const { problems } = folder.load(text.replace('# thermometer:', 'thermometer:'));
  expect(problems.map(({ code }) => code)).toEqual(['not_asked']);
});

describe('what stands beside the valves', () => {
  const said = (...lines: readonly string[]) => folder.load(station(...lines)).problems;
  const VALVES = ['kind: shower', HOT, COLD, PROBE, GUARD];
  const BUTTON = 'button: { driver: esphome, node: p, binary_sensor: b }';

  test('a presence sensor answers "still OK?" also where a session was begun with the button', () => {
    expect(said(...VALVES, BUTTON).map(({ code }) => code)).toEqual(['not_asked']);
    const presence = 'presence: { driver: tasmota, topic: mat, switch: 1 }';
    expect(said(...VALVES, BUTTON, presence)).toEqual([]);
  });

  test.each([
    ['master: { driver: mqtt, set: a/set, payload: { on: a, off: b } }', 'wrong_role', /closes by itself/],
    [
      'master: [{ driver: tasmota, topic: a, relay: 3 }, { driver: tasmota, topic: a, relay: 4 }]',
      'unsupported',
      /several/,
    ],
    ['flow: { driver: mqtt, state: a, every: 5 s }', 'envelope', /every 2 s or more often/],
    ['flow: { driver: tasmota, topic: a, sensor: DS18B20 }', 'wrong_role', /choose another driver/],
    ['leak: { driver: mqtt, state: a, map: { wet: wet } }', 'wrong_role', /each of wet and dry/],
    ['presence: { driver: mqtt, state: a, map: { a: wet, b: dry } }', 'wrong_role', /means nothing of it/],
    ['heater: { driver: tasmota, topic: a, relay: 3 }', 'plumbing', /warmed ahead of its valves/],
    [
      'level: { driver: shelly, prefix: s, input: 0 }',
      'level_of_stream',
      /only tells a drain that is blocked/,
    ],
  ])('%s', (line, code, message) => {
    const [problem] = said(...VALVES, line);
    expect(problem?.code).toBe(code);
    expect(problem?.message).toMatch(message);
  });

  test('a master, a meter and a leak sensor at buckets have nothing to close', () => {
    for (const key of ['master', 'flow', 'leak'])
      expect(
        found(
          station(
            'kind: buckets',
            `${key}: { driver: tasmota, topic: a, ${key === 'master' ? 'relay' : 'switch'}: 1 }`,
          ),
        ).some(({ code }) => code === 'plumbing'),
      ).toBe(true);
  });
});
