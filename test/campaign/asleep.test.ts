/**
 * If these fail, a computer that wakes acts on what waited for it before it knows that it slept: it renews a valve whose
 * lease is long over, or leaves people in the water that nobody has watched.
 */
import { expect, test } from 'vitest';
import type { Scenario, ScheduledFault } from '../../src/campaign/scenario.ts';
import type { TraceEvent } from '../../src/campaign/trace.ts';
import { World } from '../../src/campaign/world.ts';
import { houseNamed, STEADY } from './invariants/broken.ts';

function sleeping(name: string, protocol: string, at: string, forMs: number): readonly TraceEvent[] {
  const house = houseNamed(name);
  const faults: ScheduledFault[] = [{ at, id: 'time-suspend', args: { forMs }, forMs: null }];
  const { plant } = house;
  const scenario: Scenario = {
    ...{ seed: 3, house: name, protocol, choices: {}, plant },
    ...{ person: STEADY, faults, mode: 'safety' },
  };
  const events: TraceEvent[] = [];
  const world = new World(scenario, house, {
    event: (event) => {
      events.push(event);
    },
    tick: () => undefined,
  });
  world.run();
  expect(world.recorder.violations).toEqual([]);
  return events;
}

test.each([
  ['foot-bath', 'contrast-foot-bath', 3_000],
  ['foot-bath', 'contrast-foot-bath', 120_000],
  ['foot-bath-two-basins', 'contrast-foot-bath', 120_000],
  ['buckets', 'contrast-buckets', 120_000],
] as const)('%s, %s, asleep for %i ms: contact ends within a second of waking', (name, protocol, forMs) => {
  const events = sleeping(name, protocol, 'cold 1 + 3 s', forMs);
  const slept = events.findIndex(({ type }) => type === 'fault');
  const wokeMs = (events[slept]?.atMs ?? 0) + forMs;
  const after = events.slice(slept);
  const over = after.find((event) => event.type === 'permitted' && !event.on);
  // Where devices speak it is told by their first word, elsewhere by the clock that is looked at every second.
  expect((over?.atMs ?? Infinity) - wokeMs).toBeLessThanOrEqual(name === 'buckets' ? 1_000 : 1);
  expect(after.find(({ type }) => type === 'trip')).toMatchObject({ detector: 'clock' });
  expect(after.filter((event) => event.type === 'command' && event.action !== 'close')).toEqual([]);
});
