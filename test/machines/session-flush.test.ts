// If these fail, a person puts their feet into what stood in the pipes for weeks: the flush is skipped, cut short by a
// slow valve, or not taken up again after it was broken off.
import { describe, expect, test } from 'vitest';
import { ENVELOPE, FLUSH } from '../../machines/envelope.ts';
import type { WaterKind } from '../../src/model/plan.ts';
import { SessionBench, planOf, trip } from './support.ts';

const NINE_DAYS = { idleMs: 9 * 86_400_000 };
const flushing = (plumbing: 'two-valves' | 'mixer' = 'two-valves', dry = false): SessionBench =>
  new SessionBench(plumbing).start(planOf(), dry, NINE_DAYS).send({ type: 'closed' }, 1_000);
const flows = (bench: SessionBench, side: WaterKind, afterMs = 2_000): SessionBench =>
  bench.send({ type: 'opened', side, sentAtMs: bench.atMs }, afterMs);

describe.each(['two-valves', 'mixer'] as const)('on %s', (plumbing) => {
  test('a minute of each side, hot first, from when its valve is open; then the proof test', () => {
    const bench = flushing(plumbing);
    expect([bench.state, bench.water?.side]).toEqual(['starting.flushing', 'warm']);
    for (const side of ['warm', 'cold'] as const) {
      expect(bench.water).toMatchObject({ side });
      expect(bench.water?.targetC).toBeLessThanOrEqual(ENVELOPE.warmMaxC);
      // Nobody is let in, nothing is measured, and no band is asked for: what stood in the line is cold.
      expect(bench.expected).toMatchObject({ active: true, exposed: false, leg: null, band: null, side });
      const openedMs = flows(bench, side, 4_000).atMs;
      expect(bench.send({ type: 'clock' }, FLUSH.sideMs - 1).state).toBe('starting.flushing');
      expect(bench.wants).toEqual([]);
      bench.send({ type: 'clock' }, 1);
      expect(bench.atMs - openedMs).toBe(60_000);
    }
    expect(bench.wants).toContainEqual({ type: 'flushed', idleMs: NINE_DAYS.idleMs, sideMs: 60_000 });
    expect([bench.state, bench.expected?.leg, bench.water?.side]).toEqual(['starting.proving', 0, 'warm']);
    // The purge allowance is whole: it begins now.
    expect(bench.expected?.bandByMs).toBe(bench.atMs + 180_000);
    expect(bench.context.run?.flush).toBeNull();
  });

  test('the water that was asked for runs long enough, however late its valve opens', () => {
    const bench = flushing(plumbing);
    const untilMs = bench.water?.untilMs ?? 0;
    flows(bench, 'warm', FLUSH.openMs - 1);
    expect(untilMs).toBeGreaterThan(bench.atMs + FLUSH.sideMs);
  });
});

test('a valve that does not open ends it: nothing counts as flushed', () => {
  const bench = flushing().send({ type: 'clock' }, FLUSH.openMs);
  expect([bench.state, bench.context.run?.reason]).toEqual(['aborting', 'valve_not_verified']);
  const second = flows(flushing(), 'warm').send({ type: 'clock' }, FLUSH.sideMs);
  expect(second.send({ type: 'clock' }, FLUSH.openMs).state).toBe('aborting');
});

test('the other side does not count, and an open that is told twice does not begin the minute anew', () => {
  const bench = flows(flushing(), 'cold');
  expect(bench.context.deadlines.flush).toBeUndefined();
  const overMs = flows(bench, 'warm').context.deadlines.flush;
  expect(flows(bench, 'warm').context.deadlines.flush).toBe(overMs);
});

test.each([
  ['a pause', { type: 'pause', source: 'mqtt' } as const],
  ['a reading that stayed away', { type: 'trip', trip: trip('hold', 'stale_reading') } as const],
])('%s breaks it off, and all of it is done again', (_, event) => {
  const bench = flows(flushing(), 'warm').send({ type: 'clock' }, FLUSH.sideMs);
  flows(bench, 'cold').send(event, 50_000).send({ type: 'closed' }, 1_000).send({ type: 'fresh' });
  expect(bench.state).toBe('held');
  bench.send({ type: 'resume', source: 'page', begins: true }, 5_000);
  expect([bench.state, bench.water?.side]).toEqual(['starting.flushing', 'warm']);
});

test('a stop ends it, and an earlier press does not outlast it', () => {
  expect(flows(flushing(), 'warm').send({ type: 'stop', source: 'mqtt' }, 1_000).state).toBe('stopping');
  const bench = flushing().send({ type: 'begin', source: 'page' });
  for (const side of ['warm', 'cold'] as const) flows(bench, side).send({ type: 'clock' }, FLUSH.sideMs);
  for (const plateauC of [38.2, 15.1, 38.1]) bench.send({ type: 'steady', plateauC }, 15_000);
  expect(bench.send({ type: 'banded' }, 10_000).state).toBe('starting.ready');
});

test('once flushed it is not flushed again after a pause', () => {
  const bench = flushing();
  for (const side of ['warm', 'cold'] as const) flows(bench, side).send({ type: 'clock' }, FLUSH.sideMs);
  bench.send({ type: 'pause', source: 'mqtt' }, 1_000).send({ type: 'closed' }, 1_000);
  expect(bench.send({ type: 'resume', source: 'page', begins: true }).state).toBe('starting.proving');
});

test('a line that was used lately goes straight to the proof test; a dry run flushes as well', () => {
  expect(new SessionBench().start().send({ type: 'closed' }).state).toBe('starting.proving');
  expect(flushing('two-valves', true).state).toBe('starting.flushing');
});
