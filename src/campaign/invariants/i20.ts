import { DAY_MS, LIMITS, LOOK_MS } from './limits.ts';
import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';
import { asksForWater } from './outputs.ts';
import type { Troubles } from './troubles.ts';
import type { PastSession } from '../past.ts';
import type { Happening, SessionFacts } from '../trace.ts';

const FROM_MS = 15_000;
const STEP_MS = 5_000;
const WEEK_MS = 15_000;
/** Where it begins again after more than two weeks without; after more than four it is the beginning. */
const AFTER_WEEKS_OFF_MS = 30_000;
/** From a report on the bus, or any other, until nobody is let in any more and whoever is in is out of it. */
const HEARD_MS = 250;
/** The step's clock starts once the switched valve is known to be open: its travel, its report, and a second. */
const VERIFIED_MS = 4_000;

/** L13, worked out once more: how long a cold step this person has grown into. */
export function ladderOf(past: readonly PastSession[]): number {
  let topMs = FROM_MS;
  let weekAgoMs = FROM_MS;
  const back = (toMs: number): void => {
    topMs = Math.min(topMs, toMs);
    weekAgoMs = Math.min(weekAgoMs, toMs);
  };
  let lastAgoMs: number | null = null;
  const off = (toAgoMs: number): void => {
    const days = lastAgoMs === null ? 0 : (lastAgoMs - toAgoMs) / DAY_MS;
    if (days > 28) back(FROM_MS);
    else if (days > 14) back(AFTER_WEEKS_OFF_MS);
  };
  for (const { endedAgoMs, contactMs, coldMs, completed, symptom } of past) {
    if (contactMs < LIMITS.countsFromMs && !symptom) continue;
    off(endedAgoMs);
    lastAgoMs = endedAgoMs;
    if (symptom) back(FROM_MS);
    else if (completed && coldMs !== null) {
      topMs = Math.max(FROM_MS, coldMs) + STEP_MS;
      if (endedAgoMs >= 7 * DAY_MS) weekAgoMs = coldMs;
    }
  }
  off(0);
  return Math.min(topMs, weekAgoMs + WEEK_MS, LIMITS.coldStepMs);
}

/**
 * There is something to judge in a cold step of somebody who climbs; where a symptom is reported by somebody who is let
 * in; and where somebody asks for water within the day after one.
 */
export const i20: Invariant = {
  id: 'I20',
  says: 'cold targets follow L13; after a stop for a symptom it is 15 s, and 24 h at least without water',
  judge(facts, object, { troubles, steps }) {
    const { climbs, past } = facts.person;
    const ladderMs = climbs ? ladderOf(past) : Infinity;
    const reports = new Reports(past, troubles);
    let judged = 0;
    let letIn = false;
    return {
      get judged() {
        return judged;
      },
      ...hears(['journal', 'asked', 'pressed', 'permitted'], (event) => {
        if (reports.event(event)) judged += letIn ? 1 : 0;
        else if (asksForWater(event) && reports.sinceMs(event.atMs) !== null) judged += 1;
        const sinceMs = event.type === 'permitted' && event.on ? reports.sinceMs(event.atMs) : null;
        if (sinceMs !== null) object(event.atMs, `contact is permitted ${sinceMs / 1_000} s after a symptom`);
      }),
      tick(tick) {
        const { atMs, permitted } = tick;
        letIn = permitted;
        const sinceMs = permitted ? reports.sinceMs(atMs - HEARD_MS) : null;
        if (sinceMs !== null) object(atMs, `contact goes on ${sinceMs / 1_000} s after a symptom`);
        const planned = climbs && permitted ? coldMsOf(facts) : 0;
        if (planned > ladderMs)
          object(
            atMs,
            `a cold step of ${planned / 1_000} s is planned, and the ladder allows ${ladderMs / 1_000} s`,
          );
        if (!steps.runs || steps.side !== 'cold' || !climbs) return;
        judged += 1;
        if (steps.overran(ladderMs + VERIFIED_MS + LOOK_MS, atMs))
          object(
            atMs,
            `the cold step has run ${steps.stepMs / 1_000} s, and the ladder allows ${ladderMs / 1_000} s`,
          );
      },
    };
  },
};

/** How long the plan's first cold step is, milliseconds; 0: there is none. */
function coldMsOf({ plan }: SessionFacts): number {
  return plan?.steps.find(({ kind }) => kind === 'cold')?.durationMs ?? 0;
}

/** Since when nobody may be let in for a symptom. */
class Reports {
  readonly #troubles: Troubles;
  /** The last one that was heard of. */
  #reportedMs: number;
  /** One on the bus: it is on its way for a moment, and where the way is broken until it is on record. */
  #heardByMs = Infinity;

  constructor(past: readonly PastSession[], troubles: Troubles) {
    this.#troubles = troubles;
    this.#reportedMs = -(past.filter(({ symptom }) => symptom).at(-1)?.endedAgoMs ?? Infinity);
  }

  /** True where it is a report. */
  event(event: Happening): boolean {
    const { atMs } = event;
    if (event.type === 'journal' && event.record === 'symptom') {
      this.#reportedMs = atMs;
      this.#heardByMs = Infinity;
    }
    if (event.type !== 'asked' || event.word !== 'report') return false;
    if (event.source !== 'mqtt') this.#reportedMs = atMs;
    else this.#heardByMs = atMs + HEARD_MS;
    return true;
  }

  /** How long ago the symptom was reported that keeps everybody out at that moment; null: none does. */
  sinceMs(atMs: number): number | null {
    const heardByMs = this.#heardByMs;
    const heard = atMs >= heardByMs && !this.#troubles.hindered(heardByMs - HEARD_MS, heardByMs);
    const fromMs = heard ? heardByMs : this.#reportedMs;
    const agoMs = atMs - fromMs;
    return agoMs >= 0 && agoMs < DAY_MS ? agoMs : null;
  }
}
