/** If these fail, two sessions or two plans are compared and what is worse passes for better, or the other way about. */
import { describe, expect, test } from 'vitest';
import type { Beside, Trial } from '../../../../src/campaign/invariants/index.ts';
import { INVARIANTS } from '../../../../src/campaign/invariants/index.ts';
import type { SessionFacts, TraceEvent } from '../../../../src/campaign/trace.ts';
import { Seen } from '../../../../src/campaign/invariants/seen.ts';
import type { SessionPlan } from '../../../../src/model/plan.ts';
import { BASIN, CONTRAST, scenarioWith, STREAM } from './bench.ts';

const NOTHING = new Seen({ station: STREAM } as SessionFacts);

describe('I18: a warmer reading', () => {
  const i18 = INVARIANTS.find(({ id }) => id === 'I18');
  const event = (atMs: number): TraceEvent => ({
    type: 'trip',
    atMs,
    detector: 'T1',
    code: 'scald',
    latched: true,
  });
  /** What the two sessions beside one do: in the first nothing is offset, in the second every thermometer is. */
  function beside(
    seed: number,
    trips: (offsetC: number, supplyC: number) => readonly TraceEvent[],
    station = STREAM,
  ): readonly [number, readonly string[], readonly number[]] {
    const said: string[] = [];
    const offsets: number[] = [];
    const run: Beside = {
      scenario: scenarioWith({ seed }),
      house: { station } as Beside['house'],
      trial(prepare) {
        let offsetC = 0;
        let supplyC = 0;
        let afterMs = 0;
        const trial: Trial = {
          inContact(plusMs, act) {
            afterMs = plusMs;
            act();
          },
          warm: (valueC) => (supplyC = valueC),
          offset: (byC) => (offsetC = byC),
        };
        prepare(trial);
        expect(afterMs).toBe(20_000);
        expect(supplyC).toBeGreaterThanOrEqual(43);
        expect(supplyC).toBeLessThanOrEqual(60);
        offsets.push(offsetC);
        return trips(offsetC, supplyC);
      },
    };
    const judged = i18?.beside?.(run, (what) => said.push(what)) ?? -1;
    return [judged, said, offsets];
  }

  test('never trips later, but for the way of a message', () => {
    const later = (byMs: number): ReturnType<typeof beside> =>
      beside(32, (offsetC) => [event(30_000 + (offsetC > 0 ? byMs : 0))]);
    expect(later(50).slice(0, 2)).toEqual([1, []]);
    expect(later(51)[1]).toEqual([
      expect.stringMatching(/^with readings \d\.\d K higher the trip came 51 ms later$/),
    ]);
    expect(later(-5_000).slice(0, 2)).toEqual([1, []]);
    expect(beside(32, (offsetC) => (offsetC > 0 ? [] : [event(30_000)]))[1]).toEqual([
      expect.stringContaining('Infinity'),
    ]);
    expect(beside(32, () => []).slice(0, 2)).toEqual([0, []]);
  });

  test('by half a degree to six, in whole steps of every thermometer', () => {
    const drawn = [32, 64, 96, 128, 160, 192, 224, 256].map((seed) => beside(seed, () => [event(1)])[2]);
    for (const [none, some = 0] of drawn) {
      expect(none).toBe(0);
      expect(some * 2).toBe(Math.round(some * 2));
      expect(some).toBeGreaterThanOrEqual(0.5);
      expect(some).toBeLessThanOrEqual(6);
    }
    expect(new Set(drawn.map(([, some]) => some)).size).toBeGreaterThan(3);
  });

  test('one seed in 32, on a stream that Ebb opens', () => {
    for (const [seed, station] of [
      [31, STREAM],
      [33, STREAM],
      [32, BASIN],
      [32, { ...STREAM, plumbing: 'cues' as const }],
    ] as const)
      expect(beside(seed, () => [event(1)], station)).toEqual([0, [], []]);
    expect(i18?.judge({} as SessionFacts, () => undefined, NOTHING).judged).toBe(0);
  });
});

describe('I19: a tighter limit', () => {
  const i19 = INVARIANTS.find(({ id }) => id === 'I19');
  type Whose = { readonly profile: string; readonly coldCapMs: number | null };
  function beside(plan: (whose: Whose) => SessionPlan | null): readonly [number, readonly string[]] {
    const said: string[] = [];
    const house = {
      station: STREAM,
      plan: ({ person }: { person: Whose }) => {
        const made = plan(person);
        return made === null ? { refusal: { code: 'envelope', message: '' } } : { plan: made };
      },
    } as unknown as Beside['house'];
    const run: Beside = { scenario: scenarioWith({ seed: 5 }), house, trial: () => [] };
    return [i19?.beside?.(run, (what) => said.push(what)) ?? -1, said];
  }
  const tight = ({ profile, coldCapMs }: Whose): boolean =>
    profile === 'limited' || (coldCapMs !== null && coldCapMs < 60_000);
  const longer = (kind: 'warm' | 'cold', byMs: number): SessionPlan => ({
    ...CONTRAST,
    steps: CONTRAST.steps.map((one) =>
      one.kind === kind ? { ...one, durationMs: one.durationMs + byMs } : one,
    ),
  });
  const banded = (kind: 'warm' | 'cold', byC: number): SessionPlan => ({
    ...CONTRAST,
    steps: CONTRAST.steps.map((one) =>
      one.kind === kind
        ? { ...one, rangeC: { minC: one.rangeC.minC + byC, maxC: one.rangeC.maxC + byC } }
        : one,
    ),
  });

  test('never makes a plan longer, of more cycles, hotter or colder', () => {
    expect(beside(() => CONTRAST)).toEqual([3, []]);
    const worse = (plan: SessionPlan): readonly string[] =>
      beside((whose) => (tight(whose) ? plan : CONTRAST))[1];
    const names = (why: string): readonly unknown[] => [
      `with the limited profile a plan is ${why}`,
      expect.stringMatching(new RegExp(`^with a ladder of \\d+ s a plan is ${why}$`)),
      `with both a plan is ${why}`,
    ];
    expect(worse(longer('warm', 1))).toEqual(names('longer'));
    expect(worse(longer('cold', 1))).toEqual(names('longer'));
    expect(worse({ ...CONTRAST, cycles: 4 })).toEqual(names('of more cycles'));
    const [first] = CONTRAST.steps;
    if (first === undefined) throw new RangeError('a contrast has steps');
    expect(worse({ ...CONTRAST, steps: [...CONTRAST.steps, { ...first, durationMs: 0 }] })).toEqual(
      names('of more cycles'),
    );
    expect(worse(banded('warm', 0.1))).toEqual(names('hotter'));
    expect(worse(banded('cold', -0.1))).toEqual(names('colder'));
    for (const better of [
      longer('warm', -1),
      longer('cold', -1),
      { ...CONTRAST, cycles: 2 },
      banded('warm', -0.1),
      banded('cold', 0.1),
    ])
      expect(worse(better)).toEqual([]);
  });

  test('what is refused is compared with nothing', () => {
    expect(beside(() => null)).toEqual([0, []]);
    expect(beside((whose) => (tight(whose) ? null : CONTRAST))).toEqual([0, []]);
    expect(beside(({ profile }) => (profile === 'limited' ? null : CONTRAST))[0]).toBe(1);
    expect(i19?.judge({} as SessionFacts, () => undefined, NOTHING).judged).toBe(0);
  });
});
