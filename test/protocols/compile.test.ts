// If this fails, a session is planned hotter, colder, longer or more often than the envelope, the protocol, the
// screening or the ladder of a person allows, or the plan shown is not the plan run.
import { afterAll, describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { ENVELOPE } from '../../machines/envelope.ts';
import type { Choices } from '../../src/model/command.ts';
import type { SessionPlan } from '../../src/model/plan.ts';
import { compile, loadLibrary, loadProtocol, timeline } from '../../src/protocols/index.ts';
import type { CompileInput, Protocol, Refusal } from '../../src/protocols/index.ts';
import { Folder } from '../config/support.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});

function builtIn(id: string): Protocol {
  const protocol = loadLibrary([]).protocols.find((each) => each.id === id);
  if (protocol === undefined) throw new Error(`no ${id}`);
  return protocol;
}
const contrast = builtIn('contrast-foot-bath');
const soak = builtIn('warm-soak');

const INPUT: CompileInput = {
  person: { profile: 'standard', coldCapMs: null },
  layers: [],
  kind: 'bath',
  plumbing: 'two-valves',
  flowLpm: 6,
};
const LIMITED: CompileInput = { ...INPUT, person: { profile: 'limited', coldCapMs: null } };

function planOf(protocol: Protocol, input: CompileInput = INPUT): SessionPlan {
  const { plan, problems } = compile(protocol, input);
  if (plan === null) throw new Error(problems.map((problem) => problem.message).join('; '));
  return plan;
}
const refusals = (protocol: Protocol, choices: Choices): readonly Refusal[] =>
  compile(protocol, { ...INPUT, layers: [choices] }).problems ?? [];
const summary = (plan: SessionPlan) =>
  plan.steps.map((step) => `${step.kind} ${step.durationMs / 1000} s ${step.targetC} C`);

describe('the defaults', () => {
  test('a contrast: three cycles of 3 min and 30 s, ending cold', () => {
    const plan = planOf(contrast);
    expect(summary(plan)).toEqual(Array(3).fill(['warm 180 s 38 C', 'cold 30 s 15 C']).flat());
    expect(plan.steps.map((step) => step.cycle)).toEqual([1, 1, 2, 2, 3, 3]);
    expect(plan.steps[0]?.rangeC).toEqual({ minC: 36.6667, maxC: 40 });
    expect(plan.totals).toMatchObject({ warmMs: 540_000, coldMs: 90_000, contactMs: 630_000, litres: 63 });
    expect(plan.totals.dose).toBeGreaterThan(0.01);
    expect(plan.totals.dose).toBeLessThan(0.02);
    expect(plan.notes).toEqual([]);
  });

  test('a soak: 10 min at 38 C', () => {
    expect(summary(planOf(soak))).toEqual(['warm 600 s 38 C']);
    const longest = planOf(soak, { ...INPUT, layers: [{ warm: '20 min', warm_water: '104 F' }] });
    expect(longest.totals.dose).toBeCloseTo(0.15, 2);
  });

  test('litres only where water flows and the flow is known', () => {
    expect(planOf(contrast, { ...INPUT, flowLpm: null }).totals.litres).toBeNull();
    const cues = planOf(contrast, { ...INPUT, plumbing: 'cues' });
    expect(cues.totals.litres).toBeNull();
    expect(cues.notes).toEqual(['cue mode only: no valve is opened']);
  });
});

describe('choices', () => {
  test('the first layer that has one decides', () => {
    const layers: Choices[] = [
      { cycles: 4 },
      { cycles: 5, cold: '45s' },
      { cold: '50 s', cold_water: '52 F' },
    ];
    const plan = planOf(contrast, { ...INPUT, layers });
    expect(plan.cycles).toBe(4);
    expect(plan.steps.at(-1)).toMatchObject({ durationMs: 45_000, targetC: 11.1111 });
  });

  test.each<[Choices, string, string]>([
    [{ cycles: 2 }, 'out_of_range', 'contrast-foot-bath: cycles must be 3 to 5; found 2'],
    [{ warm: '2 min' }, 'out_of_range', 'warm must be 3 min to 4 min'],
    [{ cold: '61 s' }, 'out_of_range', 'cold must be 15 s to 1 min'],
    [{ warm_water: '40.1 C' }, 'out_of_range', 'warm_water must be 36.7 C to 40.0 C'],
    [{ cold_water: '9 C' }, 'out_of_range', 'cold_water must be 10.0 C to 15.6 C'],
    [{ cold: 45 }, 'invalid_value', 'a duration is a number and a unit'],
    [{ warm_water: '38 s' }, 'invalid_value', 'a temperature is a number and a unit'],
  ])('%o is refused, and the range named', (choices, code, message) => {
    const found = refusals(contrast, choices);
    expect(found).toMatchObject([{ code, path: Object.keys(choices)[0] }]);
    expect(found[0]?.message).toContain(message);
  });

  test('a soak has neither cycles nor cold', () => {
    expect(
      refusals(soak, { cycles: 3, cold: '30 s', cold_water: '15 C' }).map(
        ({ code, path }) => `${code} ${path}`,
      ),
    ).toEqual(['unknown_key cycles', 'unknown_key cold', 'unknown_key cold_water']);
  });
});

describe('the ladder', () => {
  const withCap = (coldCapMs: number, choices: Choices = {}) =>
    planOf(contrast, { ...INPUT, person: { profile: 'standard', coldCapMs }, layers: [choices] });
  const coldMs = (plan: SessionPlan) => plan.steps.find((step) => step.kind === 'cold')?.durationMs;

  test('is where a person stands: neither the default nor a choice goes past it', () => {
    expect(coldMs(withCap(15_000))).toBe(15_000);
    expect(coldMs(withCap(45_000))).toBe(45_000);
    const asked = withCap(20_000, { cold: '60 s' });
    expect(coldMs(asked)).toBe(20_000);
    expect(asked.notes).toEqual(['L13: cold step 20 s instead of 1 min']);
  });

  test('a choice may stay below it', () => {
    expect(coldMs(withCap(60_000, { cold: '20 s' }))).toBe(20_000);
  });

  test('it never passes the range of the protocol', () => {
    expect(coldMs(withCap(300_000))).toBe(60_000);
  });
});

describe('the limited profile (L14)', () => {
  test('clips, and says so', () => {
    const plan = planOf(contrast, {
      ...LIMITED,
      layers: [{ cycles: 5, cold: '60 s', warm_water: '40 C', cold_water: '10 C' }],
    });
    expect(summary(plan)).toEqual(Array(3).fill(['warm 180 s 38 C', 'cold 30 s 15 C']).flat());
    expect(plan.steps.map((step) => step.rangeC).slice(0, 2)).toEqual([
      { minC: 36.6667, maxC: 38 },
      { minC: 15, maxC: 15.5556 },
    ]);
    expect(plan.notes).toEqual([
      'L14: cycles 3 instead of 5',
      'L14: warm water 38.0 C instead of 40.0 C',
      'L14: cold step 30 s instead of 1 min',
      'L14: cold water 15.0 C instead of 10.0 C',
    ]);
  });

  test('what lies wholly outside it is refused by name', () => {
    const text = `id: hot-soak\ntitle: Hot\nkind: soak\nsource: [{ document: d, says: s }]\nscreening: water
steps: [{ kind: warm, water: { default: 39.5 C, range: [39 C, 40 C] }, duration: { default: 5 min, range: [5 min, 9 min] } }]\n`;
    const { protocol } = loadProtocol(folder.write('hot.yaml', text));
    if (protocol === null) throw new Error('does not load');
    expect(compile(protocol, INPUT).problems).toBeNull();
    expect(compile(protocol, LIMITED).problems).toMatchObject([{ code: 'envelope', path: 'warm_water' }]);
    expect(compile(protocol, LIMITED).problems?.[0]?.message).toContain('L14');
  });
});

describe('sums', () => {
  const pair = `
  - { kind: warm, water: { default: 38 C, range: [37 C, 40 C] }, duration: { default: 1 min, range: [1 min, 4 min] } }
  - { kind: cold, water: { default: 15 C, range: [10 C, 15 C] }, duration: { default: 15 s, range: [15 s, 60 s] } }`;
  const text = `id: many\ntitle: Many\nkind: contrast\nsource: [{ document: d, says: s }]
cycles: { default: 1, range: [1, 5] }\nend_with: cold\nsteps:${pair}${pair}\n`;

  test('past L6 and L7 are refused, whatever the ranges allow', () => {
    const { protocol } = loadProtocol(folder.write('many.yaml', text));
    if (protocol === null) throw new Error('does not load');
    expect(compile(protocol, INPUT).problems).toBeNull();
    expect(refusals(protocol, { cycles: 5, warm: '3 min' })).toMatchObject([
      { code: 'envelope', message: 'L6: warm contact is at most 20 min; planned 30 min' },
    ]);
    expect(refusals(protocol, { cycles: 5, cold: '60 s' })).toMatchObject([
      { code: 'envelope', message: 'L7: cold contact is at most 5 min; planned 10 min' },
    ]);
  });

  test('a session that L8 will cut short says so', () => {
    const layers = [{ cycles: 5 }];
    expect(planOf(contrast, { ...INPUT, layers }).notes).toEqual([]);
    expect(planOf(contrast, { ...INPUT, layers, sessionLimitMs: 15 * 60_000 }).notes).toEqual([
      'L8: the session ends 15 min after the first contact, before all steps are done',
    ]);
  });
});

describe('the kind of the station', () => {
  const messages = (id: string, input: Partial<CompileInput>) =>
    compile(builtIn(id), { ...INPUT, ...input }).problems?.map(
      ({ code, message }) => `${code}: ${message}`,
    ) ?? [];

  test.each([
    ['contrast-foot-bath', 'bath', true],
    ['contrast-foot-bath', 'buckets', true],
    ['contrast-foot-bath', 'shower', false],
    ['contrast-shower', 'shower', true],
    ['contrast-shower', 'bath', false],
    ['contrast-buckets', 'buckets', true],
    ['contrast-buckets', 'bath', false],
    ['warm-soak', 'buckets', true],
    ['warm-soak', 'shower', false],
  ] as const)('%s at a station of kind %s: %s', (id, kind, runs) => {
    const found = messages(id, { kind });
    const kinds = builtIn(id).stations.join(', ');
    expect(found).toEqual(
      runs ? [] : [`unsupported: ${id} runs at stations of kind ${kinds}; this one is of kind ${kind}`],
    );
  });

  test('a protocol that names none runs at any', () => {
    for (const kind of ['bath', 'shower', 'buckets'] as const)
      expect(compile({ ...contrast, stations: [] }, { ...INPUT, kind }).problems).toBeNull();
  });

  test('L14: nobody of the limited profile under a shower, whatever the protocol says', () => {
    const { person } = LIMITED;
    expect(messages('contrast-shower', { kind: 'shower', person })).toEqual([
      'envelope: L14: the limited profile has foot baths only (bath, buckets); this is a shower',
    ]);
    expect(compile({ ...contrast, stations: [] }, { ...LIMITED, kind: 'shower' }).plan).toBeNull();
    expect(messages('contrast-buckets', { kind: 'buckets', person })).toEqual([]);
  });

  test('under a shower the ladder begins at 15 s, as everywhere', () => {
    const input: CompileInput = { ...INPUT, kind: 'shower' };
    const shower = builtIn('contrast-shower');
    expect(summary(planOf(shower, input)).slice(0, 2)).toEqual(['warm 180 s 38 C', 'cold 15 s 15 C']);
    const grown = { ...input, person: { profile: 'standard', coldCapMs: 25_000 } } as const;
    expect(summary(planOf(shower, grown))[1]).toBe('cold 25 s 15 C');
  });

  test('what a person is told comes with the plan', () => {
    const plan = planOf(builtIn('contrast-shower'), { ...INPUT, kind: 'shower' });
    expect(plan.position).toContain('non-slip mat');
    expect(plan.say).toContain('feet and lower legs');
    expect(plan.steps[1]?.say).toContain('face and head out of the stream');
    expect(planOf(contrast).steps[1]?.say).toBeNull();
  });
});

test('what this version cannot run is not compiled', () => {
  expect(compile({ ...contrast, kind: 'guided' }, INPUT).problems).toMatchObject([{ code: 'unsupported' }]);
});

test('the timeline is the plan, one step after the other', () => {
  const plan = planOf(contrast);
  const rows = timeline(plan);
  expect(rows).toHaveLength(6);
  expect(rows[0]).toMatchObject({
    startMs: 0,
    endMs: 180_000,
    kind: 'warm',
    cycle: 1,
    cycles: 3,
    targetC: 38,
    maxC: 40,
  });
  expect(rows.at(-1)).toMatchObject({
    startMs: 600_000,
    endMs: plan.totals.contactMs,
    kind: 'cold',
    cycle: 3,
  });
});

test('whatever is chosen, a plan satisfies L1-L8, L11, L13, L14 and ends cold, or there is none (I1)', () => {
  const seconds = fc.option(
    fc.integer({ min: -10, max: 1_500 }).map((s) => `${s} s`),
    { nil: undefined },
  );
  const degrees = fc.option(
    fc.double({ min: -5, max: 60, noNaN: true }).map((c) => `${c.toFixed(1)} C`),
    { nil: undefined },
  );
  const choices = fc
    .record({
      cycles: fc.option(fc.integer({ min: 0, max: 7 }), { nil: undefined }),
      warm: seconds,
      cold: seconds,
      warm_water: degrees,
      cold_water: degrees,
    })
    .map((record): Choices =>
      Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)),
    );
  let planned = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(contrast, soak),
      fc.array(choices, { maxLength: 3 }),
      fc.constantFrom('standard' as const, 'limited' as const),
      fc.option(fc.integer({ min: 15_000, max: 90_000 })),
      (protocol, layers, profile, coldCapMs) => {
        const { plan } = compile(protocol, { ...INPUT, layers, person: { profile, coldCapMs } });
        if (plan === null) return;
        planned += 1;
        checkPlan(plan, profile === 'limited', coldCapMs);
      },
    ),
    { seed: 1, numRuns: 3_000 },
  );
  expect(planned).toBeGreaterThan(300);
});

function checkPlan(plan: SessionPlan, limited: boolean, coldCapMs: number | null): void {
  const { limited: l14 } = ENVELOPE;
  const longestMs = plan.kind === 'soak' ? ENVELOPE.soakMs : ENVELOPE.warmStepMs;
  for (const step of plan.steps) {
    expect(step.targetC).toBeGreaterThanOrEqual(step.rangeC.minC);
    expect(step.targetC).toBeLessThanOrEqual(step.rangeC.maxC);
    expect(step.durationMs).toBeGreaterThan(0);
    if (step.kind === 'warm') {
      expect(step.rangeC.maxC).toBeLessThanOrEqual(limited ? l14.warmMaxC : ENVELOPE.warmMaxC);
      expect(step.durationMs).toBeLessThanOrEqual(longestMs);
    } else {
      expect(step.rangeC.minC).toBeGreaterThanOrEqual(limited ? l14.coldMinC : ENVELOPE.coldMinC);
      const capMs = Math.min(limited ? l14.coldStepMs : ENVELOPE.coldStepMs, coldCapMs ?? Infinity);
      expect(step.durationMs).toBeLessThanOrEqual(capMs);
    }
  }
  expect(plan.cycles).toBeLessThanOrEqual(limited ? l14.cyclesMax : ENVELOPE.cyclesMax);
  expect(plan.totals.warmMs).toBeLessThanOrEqual(ENVELOPE.warmContactMs);
  expect(plan.totals.coldMs).toBeLessThanOrEqual(ENVELOPE.coldContactMs);
  expect(plan.totals.contactMs).toBeLessThanOrEqual(ENVELOPE.sessionMs);
  if (plan.kind === 'contrast') expect(plan.steps.at(-1)?.kind).toBe('cold');
}
