/**
 * If this fails, a condition of a detector is missing from the list that campaigns count by: it may never trip in any
 * simulation, and nothing says so.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TRIP_CODES } from '../../machines/watch/index.ts';
import { REASONS } from '../../src/model/state.ts';
import { packageRoot } from '../../src/protocols/index.ts';

const FOLDER = `${packageRoot()}/machines/watch`;
/** The line that lists what a detector trips for. */
const LISTED = /^ {2}trips: \[([^\]]*)\],$/m;

const found = readdirSync(FOLDER).map((file) => {
  const source = readFileSync(`${FOLDER}/${file}`, 'utf8');
  const listed = LISTED.exec(source)?.[1] ?? '';
  const code = source.replace(LISTED, '');
  return {
    file,
    listed: [...listed.matchAll(/'(\S+) (\w+)'/g)].map(([, detector = '', reason = '']) => ({
      detector,
      reason,
    })),
    reasons: REASONS.filter((reason) => code.includes(`'${reason}'`)),
    detectors: [...code.matchAll(/detector: '(\w+)'/g)].map(([, detector = '']) => detector),
  };
});

test.each(found)('$file lists each reason that it trips for, with the detector that it is told as', (one) => {
  expect(one.listed.map(({ reason }) => reason).toSorted()).toEqual(one.reasons.toSorted());
  expect(new Set(one.listed.map(({ detector }) => detector))).toEqual(new Set(one.detectors));
});

test('the list of all is that of each', () => {
  const each = found.flatMap(({ listed }) => listed.map(({ detector, reason }) => `${detector} ${reason}`));
  expect(TRIP_CODES.toSorted()).toEqual(each.toSorted());
  expect(TRIP_CODES.length).toBeGreaterThan(30);
});
