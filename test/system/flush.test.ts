/**
 * If these fail, somebody stands in water that stood in the pipes for a week and more, though Ebb was to flush it: whole
 * sessions on simulated hardware, by the true valves, after an outlet was idle.
 */
import { expect, test } from 'vitest';
import type { TraceEvent } from '../../src/campaign/trace.ts';
import { Broken, STEADY } from '../campaign/invariants/broken.ts';

const DAY_MS = 86_400_000;
const idle = (days: number, house = 'foot-bath') => ({
  protocol: house === 'shower' ? 'contrast-shower' : 'contrast-foot-bath',
  person: { ...STEADY, idleMs: days * DAY_MS },
});

/** A session after so many idle days, and what truly happened in it. */
function sessionAfter(
  days: number,
  house: string,
): { broken: Broken; events: TraceEvent[]; told: Set<string> } {
  const broken = new Broken({ what: 'nothing', house, scenario: idle(days, house), breaks: () => undefined });
  const events: TraceEvent[] = [];
  const told = new Set<string>();
  broken.hears((event) => {
    events.push(event);
    const state = broken.world.controller.state(broken.house.station.id);
    if (event.type === 'state' && state?.operation === 'flush') told.add(state.message ?? '');
  });
  expect(broken.run()).toEqual([]);
  expect(broken.world.result?.outcome).toBe('complete');
  return { broken, events, told };
}

/** How long each output was truly open before the first contact, in turn, seconds. */
function opened(events: readonly TraceEvent[]): readonly (readonly [string, number])[] {
  const since = new Map<string, number>();
  const runs: (readonly [string, number])[] = [];
  for (const event of events) {
    if (event.type === 'permitted' && event.on) break;
    if (event.type !== 'moved') continue;
    const { output, open, atMs } = event;
    const fromMs = since.get(output);
    if (open) since.set(output, atMs);
    else if (fromMs !== undefined) runs.push([output, (atMs - fromMs) / 1_000]);
  }
  return runs;
}

const recorded = (events: readonly TraceEvent[], type: string) =>
  events.flatMap((event) => (event.type === 'journal' && event.record === type ? [event] : []));

test.each(['foot-bath', 'shower'])(
  '%s after eight days: a true minute hot, a true minute cold, and recorded',
  (house) => {
    const { events, told } = sessionAfter(8, house);
    const [hot, cold] = opened(events);
    expect(hot?.[0]).toBe('hot');
    expect(cold?.[0]).toBe('cold');
    for (const run of [hot, cold]) {
      expect(run?.[1]).toBeGreaterThanOrEqual(60);
      expect(run?.[1]).toBeLessThan(65);
    }
    expect([...told]).toEqual(['Flushing the line: it was not used for 8 days. Stay out; it takes 2 min.']);
    const [flushed] = recorded(events, 'flushed');
    expect(flushed?.body).toMatchObject({ warm_s: 60, cold_s: 60 });
    const [permitted] = events.filter((event) => event.type === 'permitted' && event.on);
    expect(flushed?.atMs).toBeLessThan(permitted?.atMs ?? 0);
  },
);

test('a mixer runs two minutes at nobody', () => {
  const { events, told } = sessionAfter(30, 'foot-bath-mixer');
  expect(recorded(events, 'flushed')).toHaveLength(1);
  expect([...told]).toEqual(['Flushing the line: it was not used for 30 days. Stay out; it takes 2 min.']);
});

test('after six days nothing is flushed', () => {
  const { events, told } = sessionAfter(6, 'foot-bath');
  expect(recorded(events, 'flushed')).toEqual([]);
  expect(told.size).toBe(0);
});

test('a controller that skips it is found by I24, and first', () => {
  const broken = new Broken({
    what: 'a line that was not used for eight days is taken for one that was',
    scenario: idle(8),
    breaks: (one) => {
      one.machine((original) => (snapshot, event) => {
        if (event.type !== 'start') return original(snapshot, event);
        const { id, plan, person, dry } = event.request;
        return original(snapshot, { ...event, request: { id, plan, person, dry } });
      });
    },
  });
  expect(broken.run().map(({ invariant }) => invariant)[0]).toBe('I24');
});
