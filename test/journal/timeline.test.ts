// If these fail, a clock that was set while Ebb ran lets somebody back into the water early after a restart.
import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual.ts';
import { MemoryJournal, Timeline } from '../../src/journal/index.ts';
import type { StoredRecord } from '../../src/journal/index.ts';
import { Random } from '../../src/random/random.ts';

const HOUR = 3_600_000;
const WALL = Date.parse('2026-03-01T00:00:00Z');

/** Records by run, hours since it began, and the hour that the wall clock showed. */
function historyOf(rows: readonly (readonly [boot: string, hour: number, wallHour: number])[]) {
  const begun = new Set<string>();
  const records = rows.map(([boot, hour, wallHour], index): StoredRecord => {
    const type = begun.has(boot) ? 'clock' : 'boot';
    begun.add(boot);
    const at = new Date(WALL + wallHour * HOUR).toISOString();
    return {
      seq: index + 1,
      at,
      atMs: 5_000 + hour * HOUR,
      boot,
      station: null,
      session: null,
      type,
      body: {},
    };
  });
  const clock = new VirtualClock();
  return { records, history: new MemoryJournal({ clock, random: new Random(1, 'j'), records }).history };
}

/** How many hours ago the record was written, for a run that begins when the wall clock shows `wallHour`. */
function agesAt(wallHour: number, rows: Parameters<typeof historyOf>[0]): readonly number[] {
  const { records, history } = historyOf(rows);
  const timeline = new Timeline(history, { atMs: 7_000, wallMs: WALL + wallHour * HOUR });
  return records.map(({ boot, atMs, at }) =>
    Math.round((7_000 - timeline.atMs({ boot, atMs, wallMs: Date.parse(at) })) / HOUR),
  );
}

test('without a jump it is what wall time says', () => {
  const rows = [
    ['a', 0, 0],
    ['a', 5, 5],
    ['b', 0, 6],
    ['b', 2, 8],
  ] as const;
  expect(agesAt(10, rows)).toEqual([10, 5, 4, 2]);
});

test('set forward by a day while a run lasts: nothing is older for it', () => {
  const rows = [
    ['a', 0, 0],
    ['a', 1, 25],
    ['b', 0, 26],
    ['b', 3, 53],
  ] as const;
  expect(agesAt(54, rows)).toEqual([1 + 1 + 3 + 1, 1 + 3 + 1, 3 + 1, 1]);
});

test('set back: nothing is younger for it', () => {
  const rows = [
    ['a', 0, 0],
    ['a', 30, 1],
  ] as const;
  expect(agesAt(2, rows)).toEqual([31, 1]);
});

test('a run that nobody knows has its wall time, and nothing lies ahead', () => {
  const { history } = historyOf([['a', 0, 0]]);
  const timeline = new Timeline(history, { atMs: 0, wallMs: WALL });
  expect(timeline.atMs({ boot: 'lost', atMs: 9, wallMs: WALL - HOUR })).toBe(-HOUR);
  expect(timeline.atMs({ boot: 'lost', atMs: 9, wallMs: WALL + HOUR })).toBe(0);
});
