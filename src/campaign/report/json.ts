import { z } from 'zod';
import type { CoverageLine } from '../coverage.ts';
import type { FaultRow, Tally } from '../tally.ts';
import type { Find, Report } from './report.ts';
import { isGood, rateOf } from './report.ts';

/*
 * What `ebb sim --json` prints: promised, so it has names of its own, and what is counted inside may change without it. Nothing
 * here depends on the number of workers, so that the same seed prints the same bytes, `wall_s` and `sessions_per_s` excepted.
 */

const count = z.number().int().min(0);
/** Name to how often, names in order. */
const counts = z.record(z.string(), count);

const violation = z.strictObject({
  invariant: z.string().describe('`I4`, as docs/safety.md lists them, or `nuisance`'),
  seed: z.number().int().describe('the session'),
  at_s: z.number().min(0).describe('when, in simulated seconds since the world began'),
  message: z.string().describe('what did not hold'),
  replay: z
    .string()
    .describe('the command that shows it again, with as few faults as were found to be enough'),
});

const coverageLine = z.strictObject({ reached: count, total: count, missing: z.array(z.string()) });

const faultFigures = z.strictObject({
  sessions: count.describe('in which it fired'),
  outcomes: counts.describe('of those sessions'),
  alone: count.describe('in which no other fault fired: what the figures below are of'),
  worst_dose: z.number().min(0).describe('the highest true heat dose of the feet (L12)'),
  worst_trip_to_shut_ms: z
    .number()
    .min(0)
    .describe('the longest from a trip to every water valve truly shut, milliseconds'),
  worst_bound_ms: z.number().min(0).describe('the longest that docs/safety.md allowed for it, milliseconds'),
  late: count.describe('sessions that took longer than it allowed'),
  worst_fault_to_shut_ms: z
    .number()
    .min(0)
    .describe('the longest from the fault to every water valve truly shut, milliseconds'),
  held_open: count.describe('sessions in which the fault itself held a valve open'),
});

export const campaignSchema = z
  .strictObject({
    version: z.string().describe('of Ebb'),
    command: z.string().describe('what runs this campaign again'),
    mode: z.enum(['safety', 'liveness']),
    sessions: count.describe('that were run'),
    seed: z
      .strictObject({ first: z.number().int(), last: z.number().int().nullable() })
      .describe(
        'the lowest and the highest seed that were run; null: none was, the campaign was ended before',
      ),
    outcomes: z.strictObject({ complete: count, stopped: count, aborted: count }),
    other_outcomes: z
      .strictObject({ refused: count, unended: count })
      .describe('sessions that were none: nothing began, or it did not come to an end while it was watched'),
    reasons: counts.describe('why sessions ended: how many for which'),
    houses: counts.describe('sessions at each'),
    good: z.boolean().describe('nothing was violated, and nothing is missing that was required'),
    interrupted: z.boolean().describe('ended early by a person: so far only'),
    violations: z
      .array(violation)
      .describe('those of the lowest 20 seeds that have one, in the order of seeds; one for each invariant'),
    violated_sessions: count.describe('all of them'),
    broken: counts.describe('by invariant: sessions in which it did not hold'),
    faults: counts.describe('by fault: sessions in which it fired'),
    fault_figures: z.record(z.string(), faultFigures),
    coverage: z.strictObject({
      faults: coverageLine,
      states: coverageLine,
      transitions: coverageLine,
      detectors: coverageLine,
      invariants: coverageLine,
    }),
    coverage_required: z.boolean().describe('`--require-coverage`: what is missing is a failure'),
    coverage_complete: z
      .strictObject({ sessions: count, last: z.string() })
      .nullable()
      .describe(
        'after how many sessions nothing was missing, and what came last; null: something is missing',
      ),
    never_came: z
      .array(z.string())
      .describe('moments of the schedule that was asked for to which no session came'),
    times: z
      .strictObject({ states: counts, transitions: counts, detectors: counts, invariants: counts })
      .describe('how often each was entered, taken, tripped (sessions), had something to judge'),
    first_seeds: counts.describe('the lowest seed that reached each of what coverage counts'),
    left_out: z
      .array(z.strictObject({ house: z.string(), protocol: z.string(), why: z.string() }))
      .describe('protocols that do not compile for a house, and were not run there'),
    worst_dose: z.number().min(0).describe('the highest true heat dose of the feet in any session (L12)'),
    messages: count.describe('that went over the simulated wires'),
    looks: count.describe('at the truth, four a simulated second'),
    hash: z.string().describe('of the traces of all sessions: the same campaign has the same one'),
    simulated_s: z.number().min(0).describe('simulated time of all sessions together, seconds'),
    wall_s: z.number().min(0).describe('how long it took, seconds'),
    sessions_per_s: z.number().min(0),
  })
  .describe('a campaign, as `ebb sim --json` prints it');
export type CampaignJson = z.infer<typeof campaignSchema>;

/** The report for programs. */
export function toJson(report: Report): CampaignJson {
  const { tally, tookS } = report;
  const { complete = 0, stopped = 0, aborted = 0, refused = 0, unended = 0 } = tally.outcomes;
  return {
    ...{ version: report.version, command: report.command, mode: report.mode },
    sessions: tally.sessions,
    seed: { first: report.seed, last: tally.lastSeed },
    outcomes: { complete, stopped, aborted },
    other_outcomes: { refused, unended },
    ...{ reasons: sorted(tally.reasons), houses: sorted(tally.houses) },
    ...{ good: isGood(report), interrupted: report.interrupted },
    violations: report.finds.flatMap(violationsOf),
    ...{ violated_sessions: tally.violated, broken: sorted(tally.broken) },
    faults: sorted(mapped(tally.faults, ({ sessions }) => sessions)),
    fault_figures: sorted(mapped(tally.faults, figuresOf)),
    coverage: coverageJson(report.coverage),
    coverage_required: report.requireCoverage,
    coverage_complete: report.completed,
    never_came: [...report.neverCame],
    times: timesOf(tally),
    first_seeds: sorted(tally.firsts),
    left_out: report.leftOut.map(({ house, protocol, why }) => ({ house, protocol, why })),
    worst_dose: tally.worstDose,
    ...{ messages: tally.messages, looks: tally.ticks, hash: tally.hash },
    simulated_s: tally.simulatedMs / 1_000,
    wall_s: tookS,
    sessions_per_s: rateOf(report),
  };
}

/** What the shortest schedule breaks comes first, with that; what only the whole schedule broke, with the whole one. */
function violationsOf({ found, shrunk, replay, replayAsFound }: Find): CampaignJson['violations'] {
  const left = found.violations.filter(
    ({ invariant }) => !shrunk.violations.some((one) => one.invariant === invariant),
  );
  const entry = (
    { invariant, atMs, what }: Find['found']['violations'][number],
    command: string,
  ): CampaignJson['violations'][number] => ({
    ...{ invariant, seed: found.seed, at_s: atMs / 1_000 },
    ...{ message: what, replay: command },
  });
  return [
    ...shrunk.violations.map((one) => entry(one, replay)),
    ...left.map((one) => entry(one, replayAsFound)),
  ];
}

function figuresOf(row: FaultRow): CampaignJson['fault_figures'][string] {
  return {
    ...{ sessions: row.sessions, outcomes: sorted(row.outcomes), alone: row.alone },
    worst_dose: row.worstDose,
    worst_trip_to_shut_ms: row.worstTripToShutMs,
    worst_bound_ms: row.worstBoundMs,
    late: row.late,
    worst_fault_to_shut_ms: row.worstFaultToShutMs,
    held_open: row.neverShut,
  };
}

function coverageJson(lines: readonly CoverageLine[]): CampaignJson['coverage'] {
  const line = (what: CoverageLine['what']): CampaignJson['coverage']['faults'] => {
    const { reached = 0, total = 0, missing = [] } = lines.find((one) => one.what === what) ?? {};
    return { reached, total, missing: [...missing] };
  };
  return {
    faults: line('faults'),
    states: line('states'),
    transitions: line('transitions'),
    detectors: line('detectors'),
    invariants: line('invariants'),
  };
}

function timesOf({ states, rows, tripped, judged }: Tally): CampaignJson['times'] {
  return {
    states: sorted(states),
    transitions: sorted(rows),
    detectors: sorted(tripped),
    invariants: sorted(judged),
  };
}

/** Workers add up in any order; a reader sees one. */
function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function mapped<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
