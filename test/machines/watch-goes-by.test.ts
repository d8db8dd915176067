// If this fails, a detector sleeps through an input that it should have seen: water that is too hot, or a device that
// went silent, closes late or not at all.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WatchInput, WatchSettings } from '../../machines/watch/index.ts';
import { watchInit, watchStep, watchStepOfAll } from '../../machines/watch/index.ts';
import type { Expectation } from '../../src/model/want.ts';
import { NOTHING_EXPECTED } from '../../src/model/want.ts';
import { COLD_BAND, IN_COLD, IN_WARM, TEMPERING, WARM_BAND, WatchBench } from './support.ts';

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 2 });
const side = fc.constantFrom('warm' as const, 'cold' as const);
const valve = fc.constantFrom('hot', 'cold', 'drain', 'heater', 'master');
const soonMs = fc.constantFrom(2_000, 9_000, 31_000, 200_000);
/** Around every limit that a detector compares with. */
const valueC = fc.constantFrom(NaN, 4, 7, 12, 15, 15.5, 22, 30.5, 32, 37, 38, 38.5, 40, 41.6, 42.5, 44, 60);

/** An expectation, as plain as the session makes them or with anything in it, its times counted from now. */
const expectation: fc.Arbitrary<(nowMs: number) => Expectation> = fc
  .tuple(
    fc.constantFrom<Partial<Expectation>>(IN_WARM, IN_COLD, TEMPERING, { active: true }, {}),
    fc.record(
      {
        leg: maybe(fc.constantFrom(0, 1, 2)),
        rehearsed: fc.boolean(),
        exposed: fc.boolean(),
        beside: fc.boolean(),
        band: maybe(fc.constantFrom(WARM_BAND, COLD_BAND)),
        coldPlateauC: maybe(fc.constantFrom(12, 16)),
        bandByMs: maybe(soonMs),
        stepOverMs: maybe(soonMs),
        stepLimitMs: maybe(soonMs),
        formerOverMs: maybe(soonMs),
        sessionOverMs: maybe(soonMs),
        answerByMs: maybe(soonMs),
      },
      { requiredKeys: [] },
    ),
    maybe(
      fc.record({
        operation: fc.constantFrom('empty', 'fill', 'settle', 'hold', 'let', 'top', 'rest'),
        side: maybe(side),
        targetC: fc.constant(null),
        band: fc.constant(null),
        toL: maybe(fc.constantFrom(0.3, 4, 8)),
        filledAtMs: maybe(fc.constantFrom(-1_799_000, -1_780_000, 0)),
      }),
    ),
  )
  .map(([plain, odd, basin]) => (nowMs) => {
    const at = (ms: number | null | undefined): number | null => (ms == null ? null : nowMs + ms);
    return {
      ...NOTHING_EXPECTED,
      ...plain,
      ...odd,
      bandByMs: at(odd.bandByMs),
      stepOverMs: at(odd.stepOverMs),
      formerOverMs: at(odd.formerOverMs),
      sessionOverMs: at(odd.sessionOverMs),
      answerByMs: at(odd.answerByMs),
      basin: basin === null ? null : { ...basin, filledAtMs: at(basin.filledAtMs) },
    };
  });

const level = fc.oneof(
  fc.constantFrom(0, 0.2, 4, 4.05, 5, 8, 12).map((litres) => ({ by: 'volume' as const, litres })),
  fc.boolean().map((high) => ({ by: 'float' as const, high })),
);
const sense = fc.oneof(
  fc.record({
    kind: fc.constant('flow' as const),
    valueLpm: fc.constantFrom(null, 0, 0.1, 4),
  }),
  fc.record({ kind: fc.constant('level' as const), level: maybe(level) }),
  fc.record({ kind: fc.constant('leak' as const), leaking: fc.constantFrom(null, true, false, false) }),
  fc.record({ kind: fc.constant('presence' as const), present: maybe(fc.boolean()) }),
);

const input: fc.Arbitrary<(nowMs: number) => WatchInput> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .record({
        device: fc.constantFrom('t', 't', 'u'),
        valueC: maybe(valueC),
        agedMs: fc.constantFrom(0, 0, 700),
      })
      .map(({ device, valueC: read, agedMs }) => (nowMs: number): WatchInput => ({
        type: 'temperature',
        device,
        valueC: read,
        takenAtMs: nowMs - agedMs,
      })),
  },
  {
    weight: 4,
    arbitrary: sense.map((said) => (nowMs: number): WatchInput => {
      const reading = { ...said, device: said.kind, takenAtMs: nowMs };
      return { type: 'sense', device: said.kind, reading };
    }),
  },
  {
    weight: 5,
    arbitrary: expectation.map((of) => (nowMs: number): WatchInput => ({
      type: 'expect',
      expectation: of(nowMs),
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ cycles: fc.constantFrom(1, 3), doseBefore: fc.constantFrom(0, 0.5) })
      .map((sums) => (): WatchInput => ({ type: 'session', ...sums })),
  },
  {
    weight: 5,
    arbitrary: fc
      .record({
        device: valve,
        action: fc.constantFrom('open' as const, 'open' as const, 'renew' as const, 'close' as const),
        side,
        leaseMs: fc.constantFrom(2_000, 10_000, 30_000),
      })
      .map((sent) => (): WatchInput => ({ type: 'sent', ...sent, targetC: null })),
  },
  {
    weight: 5,
    arbitrary: fc
      .record({ device: valve, status: fc.constantFrom('open' as const, 'closed' as const) })
      .map((verified) => (): WatchInput => ({ type: 'verified', ...verified })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ device: valve, expected: fc.constantFrom('open' as const, 'closed' as const) })
      .map((one) => (): WatchInput => ({ type: 'disagrees', ...one })),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ device: valve, leaseMs: fc.constantFrom(2_000, 10_000, 30_000) })
      .map((ack) => (): WatchInput => ({ type: 'ack', ...ack })),
  },
  {
    weight: 1,
    arbitrary: valve.map((device) => (): WatchInput => ({
      type: 'gone',
      device,
      why: 'offline',
      message: 'gone',
    })),
  },
  { weight: 4, arbitrary: fc.constant((): WatchInput => ({ type: 'clock' })) },
);

/** Water that runs as it should for some seconds, or that the meter does not see: what chance alone seldom puts together. */
const run: fc.Arbitrary<readonly (readonly [(nowMs: number) => WatchInput, number])[]> = fc
  .record({
    to: side,
    leg: maybe(fc.constantFrom(0, 1, 2)),
    lpm: fc.constantFrom(0, 4),
    seconds: fc.integer({ min: 1, max: 12 }),
    readC: valueC,
  })
  .map(({ to, leg, lpm, seconds, readC }) => {
    const device = to === 'warm' ? 'hot' : 'cold';
    const plain = to === 'warm' ? IN_WARM : IN_COLD;
    const opens = [
      { type: 'expect', expectation: { ...NOTHING_EXPECTED, ...plain, leg } },
      { type: 'sent', device, action: 'open', side: to, leaseMs: 30_000, targetC: null },
      { type: 'ack', device, leaseMs: 30_000 },
      { type: 'verified', device, status: 'open' },
    ] as const;
    const each = Array.from({ length: seconds }, () => [
      [
        (nowMs: number): WatchInput => ({
          type: 'temperature',
          device: 't',
          valueC: readC,
          takenAtMs: nowMs,
        }),
        1_000,
      ] as const,
      [
        (nowMs: number): WatchInput => ({
          type: 'sense',
          device: 'flow',
          reading: { kind: 'flow', device: 'flow', valueLpm: lpm, takenAtMs: nowMs },
        }),
        0,
      ] as const,
    ]);
    return [...opens.map((one) => [() => one, 100] as const), ...each.flat()];
  });

const settings: fc.Arbitrary<WatchSettings> = fc
  .record({
    plumbing: fc.constantFrom(
      'two-valves' as const,
      'two-valves' as const,
      'mixer' as const,
      'cues' as const,
    ),
    thermometers: fc.constantFrom(['t'], ['t', 'u']),
    guardMaxC: fc.constantFrom(41, 41, 43, null),
    flowAgeMs: fc.constantFrom(null, 3_000),
    float: fc.constantFrom('overflow' as const, 'full' as const),
    mostLitres: fc.constantFrom(null, 8.8),
    repeatMs: fc.constantFrom(0, 750),
    basin: maybe(fc.constant({ volumeL: 8, drain: 'drain', heater: 'heater' })),
  })
  .map(({ flowAgeMs, float, mostLitres, ...plain }) => ({
    ...new WatchBench().settings,
    ...plain,
    beside: ['master', 'drain', 'heater'],
    senses: { flowAgeMs, travelMs: 500, float, mostLitres },
  }));

/** Small steps and large ones, and some that end a hair before a round deadline or after it. */
const afterMs = fc.constantFrom(
  0,
  0,
  1,
  20,
  250,
  499.5,
  500,
  999.6,
  1_000,
  1_000,
  2_999.7,
  3_001,
  10_000,
  31_000,
);

test('a watch that leaves alone who is not concerned finds what one finds that asks everybody', () => {
  const found = new Set<string>();
  fc.assert(
    fc.property(
      settings,
      fc.array(
        fc.oneof(
          { weight: 30, arbitrary: fc.tuple(input, afterMs).map((one) => [one]) },
          { weight: 1, arbitrary: run },
        ),
        {
          minLength: 10,
          maxLength: 120,
        },
      ),
      (station, steps) => {
        let [quick, slow, nowMs] = [watchInit(), watchInit(), 0];
        const take = (given: WatchInput, atMs: number): void => {
          const one = watchStep(station, quick, given, atMs);
          const all = watchStepOfAll(station, slow, given, atMs);
          expect(one.trips).toEqual(all.trips);
          expect(one.edges).toEqual(all.edges);
          expect(one.state.deadlineMs).toBe(all.state.deadlineMs);
          for (const { reason } of one.trips) found.add(reason);
          for (const { type } of one.edges) found.add(type);
          [quick, slow] = [one.state, all.state];
        };
        for (const [given, passMs] of steps.flat()) {
          const untilMs = nowMs + passMs;
          // Deadlines are served, as the controller does it; one that stays is asked for once.
          for (let dueMs = quick.deadlineMs; dueMs !== null && dueMs <= untilMs; dueMs = quick.deadlineMs) {
            if (dueMs <= nowMs) break;
            nowMs = dueMs;
            take({ type: 'clock' }, nowMs);
          }
          nowMs = untilMs;
          take(given(nowMs), nowMs);
        }
      },
    ),
    { numRuns: 2_000, seed: 20_261_128 },
  );
  // Else it compared nothing.
  for (const one of FOUND) expect([...found]).toContain(one);
});

/** What the random inputs come upon: all but what takes a proof test or a basin in its right order. */
const FOUND = [
  'over_temperature',
  'scald_guard_failed',
  'too_warm',
  'rising_too_fast',
  'cold_water_too_cold',
  'stale_reading',
  'stuck_thermometer',
  'thermometers_disagree',
  'lease_not_acknowledged',
  'device_offline',
  'leak',
  'overfull',
  'flow_while_closed',
  'no_flow',
  'valve_disagrees',
  'never_in_band',
  'out_of_band',
  'time_was_up',
  'step_too_long',
  'heat_dose',
  'no_answer',
  'nobody_there',
  'fresh',
  'seen',
  'flow-silent',
  'flow-heard',
  'steady',
];

test('a thermometer that comes back and falls silent again closes the water again, though nothing else is heard', () => {
  const bench = new WatchBench().expect({ active: true }).reading(20, 100).to(4_000);
  expect(bench.said).toEqual(['T5 stale_reading']);
  bench.reading(20, 1_000).to(9_000);
  expect(bench.told).toEqual(['fresh']);
  expect(bench.said).toEqual(['T5 stale_reading', 'T5 stale_reading']);
});
