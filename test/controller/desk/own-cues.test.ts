// If these fail, a config can make a light flicker where somebody has epilepsy, or a beep that was turned off is heard.
import { afterAll, expect, test } from 'vitest';
import { Folder } from '../../config/support.ts';
import { DeskBench, HOURLY } from './bench.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});
const withCues = (cues: string): string => HOURLY.replace('    light:', `    cues: ${cues}\n    light:`);

test.each([
  ['{ remind: { light: { count: 2, on: 2 s, off: 1 s } } }', null],
  ['{ remind_again: { silent: true } }', null],
  [
    '{ remind: { light: { count: 3, on: 150 ms, off: 150 ms } } }',
    'it flashes or beeps more than 3 times a second',
  ],
  ['{ remind: { light: { count: 2, on: 10 ms, off: 500 ms } } }', 'must be 100 ms to 5 s'],
  ['{ remind_again: { sound: { count: 10, on: 1 s, off: 1 s } } }', 'it lasts longer than 10 s'],
  ['{ remind: { light: { count: 0, on: 1 s, off: 1 s } } }', 'must be a whole number from 1 to 10'],
])('cues: %s: %s', (cues, why) => {
  const { config, problems } = folder.load(withCues(cues));
  if (why === null) expect([problems, config?.desks.length]).toEqual([[], 1]);
  else expect(problems.map(({ message }) => message).join()).toContain(why);
});

test('the light blinks as the config says, and nothing beeps', () => {
  const yaml = withCues(
    '{ remind: { light: { count: 2, on: 2 s, off: 1 s } }, remind_again: { silent: true } }',
  );
  const desk = new DeskBench({ at: '2026-01-09T08:59:00+01:00', yaml });
  desk.to('2026-01-09T10:05:00+01:00');
  const of = (topic: string): string[] =>
    desk.sent.filter((one) => one.topic === topic).map(({ at, payload }) => `${at.slice(14)} ${payload}`);
  expect(of('light').slice(0, 5)).toEqual(['00:00 on', '00:02 off', '00:03 on', '00:05 off', '00:06 on']);
  expect(of('buzzer').filter((one) => one.endsWith(' on'))).toEqual([]);
});
