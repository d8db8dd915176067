import type { Verdict } from './run.ts';

export type Counts = Record<string, number>;

/** Sessions in which one fault of the catalogue fired. */
export interface FaultRow {
  sessions: number;
  outcomes: Counts;
  /** Sessions in which no other fault fired: what the figures below are of. */
  alone: number;
  worstDose: number;
  worstTripToShutMs: number;
  /** The longest that safety.md allowed in one of them, and how many took longer than it allowed. */
  worstBoundMs: number;
  late: number;
  worstFaultToShutMs: number;
  neverShut: number;
}

/** What a campaign adds up to. Merging is commutative, so that the number of workers changes nothing. */
export interface Tally {
  sessions: number;
  /** The highest seed of them; null: there is none. */
  lastSeed: number | null;
  outcomes: Counts;
  reasons: Counts;
  houses: Counts;
  messages: number;
  ticks: number;
  simulatedMs: number;
  /** By invariant: how often it had something to judge. */
  judged: Counts;
  /** By detector and reason, `T5 stale_reading`: in how many sessions it tripped. */
  tripped: Counts;
  /** By machine and row of its chart, `session: starting stop 1`; and by machine and state. */
  rows: Counts;
  states: Counts;
  faults: Record<string, FaultRow>;
  /** By what coverage counts (a fault, row, state, detector or invariant): the first seed that reached it. */
  firsts: Counts;
  /** By moment of the schedule that was asked for: sessions in which it came, and something began. Empty without one. */
  came: Counts;
  worstDose: number;
  /** The hashes of all sessions, summed: the same campaign has the same one. */
  hash: string;
  violated: number;
  /** By invariant: in how many sessions it did not hold. */
  broken: Counts;
  /** Those of the lowest seeds. */
  violations: Verdict[];
}

/** So many violating sessions are kept with all that is known of them; the rest is counted. */
const KEPT = 20;

export function newTally(): Tally {
  return {
    sessions: 0,
    lastSeed: null,
    outcomes: {},
    reasons: {},
    houses: {},
    messages: 0,
    ticks: 0,
    simulatedMs: 0,
    judged: {},
    tripped: {},
    rows: {},
    states: {},
    faults: {},
    firsts: {},
    came: {},
    worstDose: 0,
    hash: '0'.repeat(16),
    violated: 0,
    broken: {},
    violations: [],
  };
}

/** Adds one session. */
export function count(tally: Tally, verdict: Verdict): void {
  const { outcome, reason, measured, scenario, dose, seed } = verdict;
  tally.sessions += 1;
  tally.lastSeed = Math.max(tally.lastSeed ?? seed, seed);
  bump(tally.outcomes, outcome);
  if (reason !== null) bump(tally.reasons, reason);
  bump(tally.houses, scenario.house);
  tally.messages += verdict.messages;
  tally.ticks += verdict.ticks;
  tally.simulatedMs += verdict.simulatedMs;
  addCounts(tally.judged, verdict.judged);
  for (const [id, times] of Object.entries(verdict.judged)) if (times > 0) reached(tally, id, seed);
  for (const code of measured.tripped) {
    bump(tally.tripped, code);
    reached(tally, code, seed);
  }
  for (const id of measured.fired) {
    reached(tally, id, seed);
    const row = (tally.faults[id] ??= newRow());
    row.sessions += 1;
    bump(row.outcomes, outcome);
    if (measured.fired.length > 1) continue;
    row.alone += 1;
    row.worstDose = Math.max(row.worstDose, dose);
    row.worstTripToShutMs = Math.max(row.worstTripToShutMs, measured.tripToShutMs ?? 0);
    row.worstBoundMs = Math.max(row.worstBoundMs, measured.boundMs ?? 0);
    row.late += measured.late ? 1 : 0;
    row.worstFaultToShutMs = Math.max(row.worstFaultToShutMs, measured.faultToShutMs ?? 0);
    row.neverShut += measured.neverShut ? 1 : 0;
  }
  tally.worstDose = Math.max(tally.worstDose, dose);
  tally.hash = addHash(tally.hash, verdict.hash);
  if (verdict.violations.length === 0) return;
  tally.violated += 1;
  for (const { invariant } of verdict.violations) bump(tally.broken, invariant);
  tally.violations = lowest([...tally.violations, verdict]);
}

/** Adds what another worker counted. */
export function merge(into: Tally, from: Tally): void {
  into.sessions += from.sessions;
  if (from.lastSeed !== null) into.lastSeed = Math.max(into.lastSeed ?? from.lastSeed, from.lastSeed);
  into.messages += from.messages;
  into.ticks += from.ticks;
  into.simulatedMs += from.simulatedMs;
  for (const key of [
    'outcomes',
    'reasons',
    'houses',
    'judged',
    'tripped',
    'rows',
    'states',
    'broken',
    'came',
  ] as const)
    addCounts(into[key], from[key]);
  for (const [id, row] of Object.entries(from.faults)) {
    const own = (into.faults[id] ??= newRow());
    own.sessions += row.sessions;
    own.alone += row.alone;
    own.neverShut += row.neverShut;
    own.late += row.late;
    addCounts(own.outcomes, row.outcomes);
    for (const key of ['worstDose', 'worstTripToShutMs', 'worstBoundMs', 'worstFaultToShutMs'] as const)
      own[key] = Math.max(own[key], row[key]);
  }
  for (const [key, seed] of Object.entries(from.firsts)) reached(into, key, seed);
  into.worstDose = Math.max(into.worstDose, from.worstDose);
  into.hash = addHash(into.hash, from.hash);
  into.violated += from.violated;
  into.violations = lowest([...into.violations, ...from.violations]);
}

function newRow(): FaultRow {
  return {
    sessions: 0,
    outcomes: {},
    alone: 0,
    worstDose: 0,
    worstTripToShutMs: 0,
    worstBoundMs: 0,
    late: 0,
    worstFaultToShutMs: 0,
    neverShut: 0,
  };
}

function lowest(verdicts: readonly Verdict[]): Verdict[] {
  return verdicts.toSorted((a, b) => a.seed - b.seed).slice(0, KEPT);
}

/** Keeps the lowest seed that reached something. */
export function reached(tally: Tally, key: string, seed: number): void {
  const first = tally.firsts[key];
  if (first === undefined || seed < first) tally.firsts[key] = seed;
}

export function bump(counts: Counts, key: string, by = 1): void {
  counts[key] = (counts[key] ?? 0) + by;
}

function addCounts(into: Counts, from: Readonly<Counts>): void {
  for (const [key, value] of Object.entries(from)) bump(into, key, value);
}

/** Sums two hashes of 16 hex digits. */
function addHash(a: string, b: string): string {
  return BigInt.asUintN(64, BigInt(`0x${a}`) + BigInt(`0x${b}`))
    .toString(16)
    .padStart(16, '0');
}
