// If these fail, a line that stood for weeks counts as used, and nobody flushes it; or each session of a house wastes
// two minutes of water.
import { expect, test } from 'vitest';
import { Outlets } from '../../src/controller/outlets.ts';
import type { HistoryReader, StoredRecord } from '../../src/journal/index.ts';
import { MemoryJournal } from '../../src/journal/index.ts';
import { VirtualClock } from '../../src/clock/virtual.ts';
import { Random } from '../../src/random/random.ts';

const DAY = 86_400_000;
const START = { atMs: 5_000, wallMs: Date.parse('2026-03-01T12:00:00Z') };
const after = (days: number) => ({ atMs: START.atMs + days * DAY, wallMs: START.wallMs + days * DAY });

function history(
  ...records: readonly (readonly [type: string, daysAgo: number, leg?: number])[]
): HistoryReader {
  const stored = records.map(([type, daysAgo, leg], place): StoredRecord => ({
    at: new Date(START.wallMs - daysAgo * DAY).toISOString(),
    atMs: 0,
    boot: 'before',
    station: 'a',
    session: null,
    type,
    body: leg === undefined ? {} : { leg },
    seq: place + 1,
  }));
  const clock = new VirtualClock();
  return new MemoryJournal({ clock, random: new Random(1, 'journal'), records: stored }).history;
}
const real = (reader: HistoryReader | null): Outlets => new Outlets(reader, START, false);

test('the whole proof test and the flush count as use, the first legs do not', () => {
  expect(real(history(['proved', 6.9, 2])).flushFor('a', START)).toBeNull();
  expect(real(history(['flushed', 6.9])).flushFor('a', START)).toBeNull();
  expect(real(history(['proved', 7.1, 2])).flushFor('a', START)).toEqual({ idleMs: 7.1 * DAY });
  expect(real(history(['proved', 9, 2], ['proved', 1, 0], ['proved', 1, 1])).flushFor('a', START)).toEqual({
    idleMs: 9 * DAY,
  });
});

test('of a line without a past nobody knows anything, except in a simulation', () => {
  expect(real(history()).flushFor('a', START)).toEqual({ idleMs: null });
  // Another station's use is not this one's.
  expect(real(history(['proved', 1, 2])).flushFor('b', START)).toEqual({ idleMs: null });
  expect(new Outlets(history(), START, true).flushFor('a', START)).toBeNull();
  expect(real(null).flushFor('a', START)).toBeNull();
  expect(real(null).flushFor('a', after(7.5))).toEqual({ idleMs: 7.5 * DAY });
});

test('what runs now counts from now', () => {
  const outlets = real(history(['proved', 20, 2]));
  outlets.saw('a', { type: 'proved', body: { leg: 1 } }, START);
  expect(outlets.flushFor('a', START)).toEqual({ idleMs: 20 * DAY });
  outlets.saw('a', { type: 'flushed', body: {} }, START);
  expect(outlets.flushFor('a', after(7))).toBeNull();
  expect(outlets.flushFor('a', after(7.01))).not.toBeNull();
});

test('a computer that slept for eight days has counted none of them, and the wall clock has', () => {
  const outlets = real(history(['flushed', 0]));
  expect(outlets.flushFor('a', { atMs: START.atMs, wallMs: START.wallMs + 8 * DAY })).toEqual({
    idleMs: 8 * DAY,
  });
  expect(outlets.flushFor('a', { atMs: START.atMs + 8 * DAY, wallMs: START.wallMs })).toEqual({
    idleMs: 8 * DAY,
  });
});
