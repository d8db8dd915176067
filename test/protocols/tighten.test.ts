// If this fails, a stricter limit gives somebody a longer, hotter or colder session than the looser one did (I19).
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Choices } from '../../src/model/command.ts';
import type { SessionPlan } from '../../src/model/plan.ts';
import { compile, loadLibrary } from '../../src/protocols/index.ts';
import type { CompileInput, PersonLimits } from '../../src/protocols/index.ts';

const protocols = loadLibrary([]).protocols.filter(({ kind }) => kind === 'contrast' || kind === 'soak');
const LADDER_MS = { min: 15_000, max: 60_000 };

const choices = fc
  .record({
    cycles: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    warm: fc.option(fc.constantFrom('3 min', '200 s', '4 min', '10 min', '20 min'), { nil: undefined }),
    cold: fc.option(fc.constantFrom('15 s', '30 s', '45 s', '60 s'), { nil: undefined }),
    warm_water: fc.option(fc.constantFrom('37 C', '38 C', '39 C', '40 C'), { nil: undefined }),
    cold_water: fc.option(fc.constantFrom('10 C', '12 C', '15 C'), { nil: undefined }),
  })
  .map((record): Choices =>
    Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)),
  );

/** Two people, the second limited at least as much as the first. */
const people = fc
  .record({
    profiles: fc.constantFrom(
      ['standard', 'standard'] as const,
      ['standard', 'limited'] as const,
      ['limited', 'limited'] as const,
    ),
    ladders: fc
      .tuple(fc.integer(LADDER_MS), fc.integer(LADDER_MS))
      .map(([one, other]) => [Math.max(one, other), Math.min(one, other)] as const),
  })
  .map(({ profiles, ladders }): readonly [PersonLimits, PersonLimits] => [
    { profile: profiles[0], coldCapMs: ladders[0] },
    { profile: profiles[1], coldCapMs: ladders[1] },
  ]);

test('whoever is limited more is in the water no longer, and in none hotter or colder', () => {
  let compared = 0;
  let tighter = 0;
  fc.assert(
    fc.property(fc.constantFrom(...protocols), choices, people, (protocol, choice, [loose, tight]) => {
      const kind = protocol.stations.includes('bath') ? 'bath' : (protocol.stations[0] ?? 'bath');
      if (kind !== 'bath' && kind !== 'shower' && kind !== 'buckets') return;
      const input = { layers: [choice], kind, plumbing: 'two-valves', flowLpm: 6 } as const;
      const of = (person: PersonLimits) =>
        compile(protocol, { ...input, person } satisfies CompileInput).plan;
      const [more, less] = [of(loose), of(tight)];
      // What the looser limits refuse, the tighter ones may allow only where they clip it to what fits.
      if (more === null || less === null) return;
      compared += 1;
      if (JSON.stringify(more.steps) !== JSON.stringify(less.steps)) tighter += 1;
      checkNoMore(more, less);
    }),
    { seed: 1, numRuns: 4_000 },
  );
  expect(compared).toBeGreaterThan(500);
  expect(tighter).toBeGreaterThan(100);
});

function checkNoMore(more: SessionPlan, less: SessionPlan): void {
  expect(less.cycles).toBeLessThanOrEqual(more.cycles);
  expect(less.steps.length).toBeLessThanOrEqual(more.steps.length);
  for (const sum of ['warmMs', 'coldMs', 'contactMs', 'dose'] as const)
    expect(less.totals[sum]).toBeLessThanOrEqual(more.totals[sum]);
  for (const [index, step] of less.steps.entries()) {
    const other = more.steps[index];
    expect(step.kind).toBe(other?.kind);
    expect(step.durationMs).toBeLessThanOrEqual(other?.durationMs ?? 0);
    const hotter = step.kind === 'warm' && step.targetC > (other?.targetC ?? 0);
    const colder = step.kind === 'cold' && step.targetC < (other?.targetC ?? 100);
    expect({ hotter, colder }).toEqual({ hotter: false, colder: false });
  }
}
