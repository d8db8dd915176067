import type { House } from './house.ts';
import { formatMoment, parseMoment } from './moment.ts';
import { runScenario } from './run.ts';
import type { Verdict } from './run.ts';
import type { Scenario, ScheduledFault } from './scenario.ts';

/** At most so many replays: a violation that is hard to shrink is told as it is. */
const TRIES = 120;

export interface Shrunk {
  readonly verdict: Verdict;
  readonly tries: number;
}

/**
 * The shortest fault schedule found that still breaks the same invariant: entries are left out, then moments are moved
 * to round times and faults made to last. Everything else of the scenario stays, so the seed still tells the world.
 */
export function shrink(found: Verdict, house: House): Shrunk {
  const [first] = found.violations;
  if (first === undefined) return { verdict: found, tries: 0 };
  let best = found;
  let tries = 0;
  const stillBreaks = (faults: readonly ScheduledFault[]): boolean => {
    if (tries >= TRIES) return false;
    tries += 1;
    const scenario: Scenario = { ...found.scenario, faults };
    const verdict = runScenario(scenario, house);
    if (!verdict.violations.some(({ invariant }) => invariant === first.invariant)) return false;
    best = verdict;
    return true;
  };
  let faults = without(found.scenario.faults, stillBreaks);
  for (const [index, fault] of faults.entries()) {
    for (const simpler of simplerThan(fault)) {
      const tried = faults.toSpliced(index, 1, simpler);
      if (!stillBreaks(tried)) continue;
      faults = tried;
      break;
    }
  }
  return { verdict: best, tries };
}

/** Delta debugging: halves, quarters … single entries are left out as long as it still breaks. */
function without(
  all: readonly ScheduledFault[],
  breaks: (faults: readonly ScheduledFault[]) => boolean,
): readonly ScheduledFault[] {
  let faults = all;
  for (let size = Math.ceil(faults.length / 2); size >= 1 && faults.length > 0;) {
    let smaller = false;
    for (let from = 0; from < faults.length;) {
      const tried = faults.toSpliced(from, size);
      if (breaks(tried)) {
        faults = tried;
        smaller = true;
      } else from += size;
    }
    if (size === 1 && !smaller) break;
    size = size === 1 ? 1 : Math.floor(size / 2);
  }
  return faults;
}

function simplerThan(fault: ScheduledFault): readonly ScheduledFault[] {
  const moment = parseMoment(fault.at);
  const lasting: ScheduledFault = { ...fault, forMs: null };
  if (moment === null) return [lasting];
  const rounded = [10_000, 1_000, 100].map((grain) => Math.round(moment.plusMs / grain) * grain);
  const moved = [...new Set([0, ...rounded])]
    .filter((plusMs) => plusMs !== moment.plusMs)
    .map((plusMs) => ({ ...fault, at: formatMoment({ ...moment, plusMs }) }));
  return [
    ...moved.map((one) => ({ ...one, forMs: null })),
    ...moved,
    ...(fault.forMs === null ? [] : [lasting]),
  ];
}
