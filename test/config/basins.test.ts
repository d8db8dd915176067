/**
 * If these fail, a basin is filled through something that cannot be judged for it, or a key of the config looks as if it
 * did something and does nothing.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Folder, errorsOf } from './support.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});

const textOf = (name: string): string =>
  readFileSync(resolve(import.meta.dirname, `../../examples/${name}.yaml`), 'utf8');

test.each([
  ['foot-bath-two-basins', 'master: { driver: tasmota, topic: bath-valves, relay: 5 }', /leave `master` out/],
  ['foot-bath-two-basins', 'flow: { driver: esphome, node: bath-basins, sensor: flow }', /leave `flow` out/],
  ['foot-bath-two-basins', 'heater: { driver: tasmota, topic: bath-valves, relay: 5 }', /leave `heater` out/],
])('%s with %s is refused at its line, and without it is not', (name, line, says) => {
  const text = textOf(name);
  expect(errorsOf(folder.load(text).problems)).toEqual([]);
  const [problem] = errorsOf(folder.load(text.replace(/^ {4}button:/m, `    ${line}\n    button:`)).problems);
  expect(problem?.message).toMatch(says);
  expect(problem?.code).toBe('plumbing');
});

test('a heated basin has two thermometers, and one without a heater may have one', () => {
  const text = textOf('foot-bath-basin');
  const one = text.replace(
    /^ {4}thermometer:\n.*\n.*\n/m,
    '    thermometer: { driver: esphome, node: bath-basin, sensor: water }\n',
  );
  const [problem] = errorsOf(folder.load(one).problems);
  expect(problem).toMatchObject({ code: 'envelope' });
  expect(problem?.message).toMatch(/a list of two/);
  expect(errorsOf(folder.load(one.replace(/^ {4}heater:.*\n/m, '')).problems)).toEqual([]);
});

test.each([
  [
    'a float',
    'level: { driver: esphome, node: bath-basins, binary_sensor: full }',
    /needs a level in litres/,
  ],
  [
    'two levels',
    'level: [{ driver: esphome, node: bath-basins, sensor: a }, { driver: esphome, node: bath-basins, sensor: b }]',
    /several devices as level/,
  ],
  ['a valve that is slow to close', null, /past its volume by then/],
])('%s does not fill a basin', (_, line, says) => {
  const text = textOf('foot-bath-basin');
  const changed =
    line === null
      ? text.replace(/^( {4}hot: \{.*) \}/m, '$1, travel: 20 s }')
      : text.replace(/^ {4}level: .*$/m, `    ${line}`);
  expect(changed).not.toBe(text);
  expect(errorsOf(folder.load(changed).problems).map(({ message }) => message)).toEqual(
    expect.arrayContaining([expect.stringMatching(says)]),
  );
});
