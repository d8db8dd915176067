// If this fails, the gate counts baths wrongly: a person is let into the water too soon, a latched fault is forgotten
// over a restart, or a session that a crash cut off counts for nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, vi } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual.ts';
import {
  lastUse,
  latchedFaults,
  ledger,
  MemoryJournal,
  openHistory,
  openJournal,
  openSessions,
  readLedger,
  readOpenSessions,
  sessionResults,
  type HistoryQuery,
  type HistoryReader,
  type JournalRecord,
  type JsonObject,
} from '../../src/journal/index.ts';
import { Random } from '../../src/random/random.ts';
import { T0, body, cold, records, result, start } from './said.ts';

const crashed = records(
  [0, 'x', 'start', start],
  [60, 'x', 'exposed', { on: true }],
  [100, 'x', 'step', { result: { ...cold } }],
  [120, 'x', 'exposed', { on: false }],
  [130, 'x', 'exposed', { on: true }],
  [131, 'y', 'reading', {}],
  [150, 'x', 'reading', { valueC: 37 }],
);

describe('sessions', () => {
  it('a start without an end is open, with the contact up to its last record', () => {
    expect(openSessions(crashed)).toEqual([
      {
        session: 'x',
        station: 'bath',
        person: 'sam',
        protocol: 'contrast-foot-bath',
        simulated: false,
        dry: false,
        startedAt: '2026-03-01T20:00:00.000Z',
        lastAt: '2026-03-01T20:02:30.000Z',
        contactMs: 80_000,
        steps: [cold],
        symptoms: [],
      },
    ]);
  });

  it('an end closes it, and is its result', () => {
    const all = [...crashed, ...records([200, 'x', 'end', body(result('x', { outcome: 'aborted' }))])];
    expect(openSessions(all)).toEqual([]);
    expect(sessionResults(all)).toEqual([result('x', { outcome: 'aborted' })]);
  });

  it('an end that cannot be read closes nothing', () => {
    expect(openSessions([...crashed, ...records([200, 'x', 'end', { result: 'lost' }])])).toHaveLength(1);
  });

  it('contact is taken from the monotonic clock: a step of the wall clock adds nothing', () => {
    const stepped = records(
      [0, 'x', 'start', start],
      [10, 'x', 'exposed', { on: true }],
      [20, 'x', 'exposed', { on: false }, { at: '2026-03-01T09:00:00.000Z' }],
    );
    expect(openSessions(stepped)[0]?.contactMs).toBe(10_000);
  });
});

describe('the ledger', () => {
  it('leaves a dry run out, finished or cut off, whoever it names', () => {
    const dry = { ...start, dry: true };
    const all = records(
      [0, 'a', 'start', dry],
      [1, 'a', 'end', body(result('a', { dry: true }))],
      [2, 'b', 'start', dry],
      [3, 'b', 'step', { index: 0, kind: 'warm', on: true }],
    );
    expect(ledger(all, 'sam')).toEqual([]);
    expect(openSessions(all)).toMatchObject([{ session: 'b', dry: true }]);
  });

  it('counts finished and cut-off sessions of that person only', () => {
    const all = [
      ...records(
        [0, 'a', 'start', start],
        [1, 'a', 'end', body(result('a', { symptoms: ['dizzy'] }))],
        [2, 'b', 'start', { ...start, person: 'kim' }],
        [3, 'b', 'end', body(result('b', { person: 'kim' }))],
        [4, null, 'boot', {}],
      ),
      ...crashed,
    ];
    expect(ledger(all, 'sam')).toEqual([
      {
        session: 'a',
        station: 'bath',
        protocol: 'contrast-foot-bath',
        endedAtWallMs: Date.parse('2026-03-01T20:12:00.000Z'),
        endedAt: { boot: 'b', atMs: 1_000 },
        contactMs: 630_000,
        dose: 0.1,
        cold: [{ targetC: 15, plannedMs: 30_000, actualMs: 29_000 }],
        outcome: 'complete',
        symptom: true,
        simulated: false,
      },
      {
        session: 'x',
        station: 'bath',
        protocol: 'contrast-foot-bath',
        endedAtWallMs: T0 + 150_000,
        endedAt: { boot: 'b', atMs: 150_000 },
        contactMs: 80_000,
        dose: null,
        cold: [{ targetC: 15, plannedMs: 30_000, actualMs: 29_000 }],
        outcome: 'aborted',
        symptom: false,
        simulated: false,
      },
    ]);
    expect(ledger(all, 'kim').map(({ session }) => session)).toEqual(['b']);
    expect(ledger(all, 'nobody')).toEqual([]);
  });

  it('simulated sessions count for nobody, unless asked for', () => {
    const all = records([1, 'a', 'end', body(result('a', { simulated: true }))]);
    expect(ledger(all, 'sam')).toEqual([]);
    expect(ledger(all, 'sam', { simulated: true })).toHaveLength(1);
  });
});

describe('faults and use', () => {
  const trip = (code: string, latched = true): JsonObject => ({
    detector: 'T1',
    code,
    latched,
    readings: [],
  });

  it('a latched fault stays until its own station is cleared', () => {
    const all = records(
      [0, 'x', 'trip', trip('over_temperature')],
      [1, 'x', 'trip', trip('over_temperature')],
      [2, 'x', 'trip', trip('stale_reading', false)],
      [4, null, 'clear', { code: 'over_temperature' }, { station: 'other' }],
    );
    expect(latchedFaults(all)).toEqual([
      {
        station: 'bath',
        session: 'x',
        code: 'over_temperature',
        detector: 'T1',
        clearsAtC: null,
        at: '2026-03-01T20:00:00.000Z',
      },
    ]);
    const warm = (clears_at_c: number) => ({ ...trip('too_warm'), clears_at_c });
    const waits = (...bodies: ReturnType<typeof trip>[]) =>
      latchedFaults(records(...bodies.map((body, n) => [n, 'x', 'trip', body] as const))).map(
        ({ clearsAtC }) => clearsAtC,
      );
    expect(waits(warm(39.5))).toEqual([39.5]);
    expect(waits(warm(40), warm(39.5), warm(41))).toEqual([39.5]);
    expect(waits(warm(39.5), trip('too_warm'))).toEqual([null]);
    const cleared = [...all, ...records([5, null, 'clear', { code: 'over_temperature' }])];
    expect(latchedFaults(cleared)).toEqual([]);
    expect(latchedFaults([...cleared, ...records([6, null, 'trip', trip('over_temperature')])])).toHaveLength(
      1,
    );
  });

  it('one clear takes every code that latched at the station before it, and none after', () => {
    const all = records(
      [0, 'x', 'trip', trip('too_warm')],
      [1, 'x', 'trip', trip('over_temperature')],
      [2, null, 'trip', trip('over_temperature'), { station: 'other' }],
      [3, null, 'clear', { code: 'too_warm' }],
      [4, 'y', 'trip', trip('stale_reading')],
    );
    expect(latchedFaults(all).map(({ station, code }) => [station, code])).toEqual([
      ['other', 'over_temperature'],
      ['bath', 'stale_reading'],
    ]);
  });

  it('water was last used when it was last opened, renewed or closed there', () => {
    const all = records(
      [0, 'x', 'open', { device: 'hot', lease_ms: 30_000 }],
      [10, 'x', 'renew', { device: 'hot', lease_ms: 30_000 }],
      [15, 'x', 'reading', {}],
      [20, 'y', 'close', { device: 'hot' }, { station: 'other' }],
    );
    expect(lastUse(all, 'bath')).toBe(T0 + 10_000);
    expect(lastUse(all, 'desk')).toBeNull();
  });
});

/** Two sessions of sam and one of kim, the last one of sam cut off, among readings. */
const story: JournalRecord[] = [
  ...records([0, 'a', 'start', start], [1, 'a', 'exposed', { on: true }], [9, 'a', 'end', body(result('a'))]),
  ...records(
    [20, 'b', 'start', { ...start, person: 'kim' }],
    [29, 'b', 'end', body(result('b', { person: 'kim' }))],
  ),
  ...Array.from({ length: 200 }, (_, n) => records([40 + n, null, 'reading', { n }])[0]).flatMap(
    (one) => one ?? [],
  ),
  ...crashed,
].map(({ at, atMs, boot, station, session, type, body: inner }) => ({
  at,
  atMs,
  boot,
  station,
  session,
  type,
  body: inner,
}));

async function withStory(check: (history: HistoryReader, path: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ebb-history-'));
  const path = join(folder, 'journal.db');
  const { journal, history } = await openJournal(path);
  journal.append(story);
  await journal.close();
  try {
    check(history, path);
  } finally {
    history.close();
    rmSync(folder, { recursive: true });
  }
}

const queries: HistoryQuery[] = [
  { limit: 5 },
  { limit: 5, take: 'first' },
  { types: ['start', 'end'], limit: 3 },
  { types: ['start', 'end'], limit: 3, take: 'first' },
  { types: [], limit: 3 },
  { types: ['reading'], station: 'bath', limit: 10_000 },
  { types: ['reading', 'end'], station: 'bath', afterSeq: 10, beforeSeq: 20, limit: 100 },
  { session: 'x', limit: 100 },
  { session: 'x', types: ['exposed', 'step'], limit: 2 },
  { person: 'sam', limit: 100 },
  { person: 'kim', types: ['end'], limit: 100 },
  { station: 'nowhere', limit: 100 },
];

describe('the history', () => {
  it('reads the same from disk and from memory', async () => {
    const memory = new MemoryJournal({ clock: new VirtualClock(), random: new Random(1, 'journal') });
    memory.append(story);
    await withStory((history) => {
      for (const query of queries) expect(history.records(query)).toEqual(memory.history.records(query));
      expect(
        ledger(readLedger(history, 'sam'), 'sam').map(({ session, contactMs }) => [session, contactMs]),
      ).toEqual([
        ['a', 630_000],
        ['x', 80_000],
      ]);
      expect(
        openSessions(readOpenSessions(history)).map(({ session, contactMs }) => [session, contactMs]),
      ).toEqual([['x', 80_000]]);
    });
  });

  it('answers each query by an index', async () => {
    await withStory((_history, path) => {
      const db = new DatabaseSync(path, { readOnly: true });
      const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare');
      const spied = openHistory(path);
      for (const query of queries.slice(2)) spied.records(query);
      spied.close();
      const asked = prepare.mock.calls.map(([sql]) => sql);
      prepare.mockRestore();
      expect(asked.length).toBeGreaterThan(5);
      for (const sql of asked.filter((one) => one.startsWith('SELECT'))) {
        const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
        const scans = plan.filter(({ detail }) => String(detail).startsWith('SCAN record'));
        expect([sql, scans]).toEqual([sql, []]);
      }
      db.close();
    });
  });
});

describe('the journal of virtual time', () => {
  it('answers through the clock, in order, after 0.2 to 15 ms', () => {
    const clock = new VirtualClock();
    const journal = new MemoryJournal({ clock, random: new Random(1, 'journal') });
    const answers: [number, number][] = [];
    for (let n = 0; n < 50; n += 1)
      journal.append(story.slice(n, n + 1), { durable: () => answers.push([n, clock.nowMs()]) });
    expect(answers).toEqual([]);
    clock.runUntil(20);
    expect(answers.map(([n]) => n)).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(answers[0]?.[1]).toBeGreaterThanOrEqual(0.2);
    expect(answers.at(-1)?.[1]).toBeLessThanOrEqual(15);
  });

  it('can stall, fail, and crash: what was answered for is always there', () => {
    const clock = new VirtualClock();
    const journal = new MemoryJournal({ clock, random: new Random(1, 'journal') });
    const answers: (string | null)[] = [];
    const durable = (error: Error | null): void => {
      answers.push(error === null ? null : error.name);
    };
    journal.append(story.slice(0, 3), { durable });
    clock.runUntil(20);
    journal.stall(1_000);
    journal.append(story.slice(3, 5), { durable });
    clock.runUntil(900);
    expect(answers).toEqual([null]);
    const sizes = new Set(Array.from({ length: 100 }, () => journal.crash().length));
    expect([...sizes].sort()).toEqual([3, 4, 5]);
    clock.runUntil(1_100);
    expect(journal.crash()).toHaveLength(5);
    journal.failing = 'full';
    journal.append(story.slice(5, 6), { durable });
    clock.runUntil(1_200);
    expect(answers).toEqual([null, null, 'JournalError']);
    const next = new MemoryJournal({ clock, random: new Random(2, 'journal'), records: journal.crash() });
    next.append(story.slice(6, 7));
    expect(next.history.records({ limit: 100 }).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('has written what nobody waited for too, once it has had its time', () => {
    const clock = new VirtualClock();
    const journal = new MemoryJournal({ clock, random: new Random(1, 'journal') });
    const least = (): number => Math.min(...Array.from({ length: 100 }, () => journal.crash().length));
    journal.append(story.slice(0, 1), { lazy: true });
    clock.runUntil(4_900);
    expect(least()).toBe(0);
    clock.runUntil(5_100);
    expect(least()).toBe(1);
    journal.append(story.slice(1, 2), { lazy: true });
    // One that does not wait takes with it what was waiting.
    journal.append(story.slice(2, 3));
    clock.runUntil(5_200);
    journal.append(story.slice(3, 4), { lazy: true });
    expect(least()).toBe(3);
  });
});
