// If these fail, people and Home Assistant are shown a state that is no longer so: the controller makes the state object
// only where something it is made of has moved, and here something moved that it did not look at. Or a record is read
// back as another one than was written.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoOf, jsonOf } from '../../src/controller/records.ts';
import type { StateObject } from '../../src/model/state.ts';
import { exampleConfig, Simulation } from '../support/simulate.ts';

const textOf = (state: StateObject): string => JSON.stringify({ ...state, water_c: null });

/** Runs on timer by timer; after each, what was told last must be what is. Returns how often the state changed. */
function follow(run: Simulation, ms: number): number {
  const { clock, controller } = run.world;
  const untilMs = clock.nowMs() + ms;
  let [told, changes, seen] = ['', 0, 0];
  while ((clock.nextAtMs() ?? Infinity) <= untilMs) {
    clock.step();
    for (; seen < run.told.length; seen += 1) {
      const news = run.told[seen]?.news;
      if (news?.type !== 'state') continue;
      if (textOf(news.state) !== told) changes += 1;
      told = textOf(news.state);
    }
    const state = controller.state(run.station);
    if (told !== '' && state !== null && textOf(state) !== told)
      expect({ atMs: clock.nowMs(), told }).toEqual({ atMs: clock.nowMs(), told: textOf(state) });
  }
  return changes;
}

test.each(['foot-bath', 'foot-bath-mixer'] as const)(
  '%s: a state is told when it changes, through a pause, a stop and a fault',
  (example) => {
    const run = new Simulation(exampleConfig(example), 3);
    run.start();
    let changes = follow(run, 200_000);
    run.say('pause');
    changes += follow(run, 15_000);
    run.say('resume');
    changes += follow(run, 120_000);
    run.say('stop');
    changes += follow(run, 20_000);
    run.say('continue');
    changes += follow(run, 60_000);
    run.world.rig.plant.set({ guardC: 60, hotC: 60 });
    changes += follow(run, 200_000);
    run.say('clear');
    changes += follow(run, 10_000);
    expect(changes).toBeGreaterThan(20);
  },
);

test('buckets: a state is told when it changes, and what is asked depends on the probe', () => {
  const run = new Simulation(exampleConfig('buckets'), 3);
  run.start('contrast-buckets');
  expect(follow(run, 900_000)).toBeGreaterThan(10);
});

test('the wall clock is set: times are told anew', () => {
  const run = new Simulation(exampleConfig('foot-bath'), 3);
  run.start();
  run.untilPhase('warm');
  run.run(2_000);
  run.world.clock.stepWall(1_000);
  run.run(1_100);
  const told = run.told.flatMap(({ news }) => (news.type === 'state' ? [news.state] : []));
  expect(told.at(-1)?.step?.ends_at).toBe(run.state.step?.ends_at);
});

test('a time is written as Date writes it', () => {
  const times = fc.oneof(
    fc.double({ min: 0, max: Date.UTC(2100, 0, 1), noNaN: true }),
    fc.integer({ min: 0, max: 40_000 }).map((day) => day * 86_400_000),
    fc.integer({ min: 1, max: 40_000 }).map((day) => day * 86_400_000 - 1),
  );
  fc.assert(
    fc.property(times, (wallMs) => {
      expect(isoOf(wallMs)).toBe(new Date(wallMs).toISOString());
    }),
    { numRuns: 1_000 },
  );
});

test('a record is kept as JSON would bring it back', () => {
  const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-0, NaN, Infinity, -Infinity));
  const { body } = fc.letrec<{ body: Record<string, unknown>; value: unknown }>((tie) => ({
    body: fc.dictionary(fc.string({ maxLength: 5 }), tie('value'), { maxKeys: 5 }),
    value: fc.oneof(
      { maxDepth: 3 },
      number,
      fc.string(),
      fc.boolean(),
      fc.constantFrom(null, undefined),
      fc.array(tie('value'), { maxLength: 4 }),
      tie('body'),
    ),
  }));
  fc.assert(
    fc.property(body, (given) => {
      expect(jsonOf(given)).toStrictEqual(JSON.parse(JSON.stringify(given)));
    }),
    { numRuns: 300 },
  );
});
