// If this fails, the second part of a continued session counts for nothing, or it counts twice.
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual.ts';
import {
  ledger,
  MemoryJournal,
  openSessions,
  readLedger,
  readOpenSessions,
  sessionResults,
  type HistoryReader,
  type StoredRecord,
} from '../../src/journal/index.ts';
import { Random } from '../../src/random/random.ts';
import { body, records, result, start } from './said.ts';

describe('a session that was continued', () => {
  const first = records(
    [0, 'x', 'start', start],
    [10, 'x', 'exposed', { on: true }],
    [40, 'x', 'exposed', { on: false }],
    [50, 'x', 'end', body(result('x', { outcome: 'stopped', contact_s: 30, symptoms: ['dizzy'] }))],
  );
  const second = records(
    [60, 'x', 'continue', { source: 'cli' }],
    [70, 'x', 'exposed', { on: true }],
    [170, 'x', 'reading', {}],
  );
  const end = records([200, 'x', 'end', body(result('x', { contact_s: 130 }))]);
  const stored = (...parts: readonly StoredRecord[][]): HistoryReader => {
    const journal = new MemoryJournal({ clock: new VirtualClock(), random: new Random(1, 'journal') });
    journal.append(parts.flat());
    return journal.history;
  };

  it('is over with its first end, and open again once it is continued', () => {
    expect(openSessions(readOpenSessions(stored(first)))).toEqual([]);
    expect(openSessions(readOpenSessions(stored(first, second)))).toMatchObject([
      { session: 'x', contactMs: 130_000, startedAt: '2026-03-01T20:00:00.000Z' },
    ]);
    expect(openSessions(readOpenSessions(stored(first, second, end)))).toEqual([]);
  });

  it('counts once, with the contact of both parts and what the first one told', () => {
    const of = (history: HistoryReader) => ledger(readLedger(history, 'sam'), 'sam');
    expect(of(stored(first))).toMatchObject([{ contactMs: 30_000, outcome: 'stopped' }]);
    expect(of(stored(first, second))).toMatchObject([
      { contactMs: 130_000, outcome: 'aborted', symptom: true, endedAt: { atMs: 170_000 } },
    ]);
    expect(of(stored(first, second, end))).toMatchObject([{ contactMs: 130_000, outcome: 'complete' }]);
    expect(of(stored(second))).toEqual([]);
    expect(sessionResults([...first, ...second, ...end]).map(({ contact_s }) => contact_s)).toEqual([130]);
  });

  it('counts with its first part at least, where records of it are missing', () => {
    const [begun, , , ended] = first;
    const [again] = second;
    const all = [begun, ended, again].flatMap((one) => one ?? []);
    expect(ledger(all, 'sam')).toMatchObject([{ contactMs: 30_000 }]);
    expect(ledger(all.slice(1), 'sam')).toMatchObject([{ contactMs: 30_000, outcome: 'stopped' }]);
  });
});

describe('when a session ended', () => {
  it('is known by the monotonic clock of the run it was in, not by that of one which recorded it later', () => {
    const all = records(
      [0, 'x', 'start', start],
      [50, 'x', 'end', body(result('x', { outcome: 'aborted' })), { boot: 'next', atMs: 7 }],
    );
    expect(ledger(all, 'sam')).toMatchObject([{ endedAt: null }]);
  });

  it('makes the order, not when it began nor what the wall clock said', () => {
    const all = records(
      [0, 'x', 'start', start],
      [1, 'y', 'start', start],
      [2, 'y', 'end', body(result('y', { ended_at: '2026-03-09T20:00:00.000Z' }))],
      [3, 'x', 'end', body(result('x'))],
    );
    expect(ledger(all, 'sam').map(({ session }) => session)).toEqual(['y', 'x']);
  });
});
