import { z } from 'zod';
import type { StoredRecord } from '../../journal/index.ts';
import { HOUR_MS, MINUTE_MS } from '../../model/units.ts';
import { BUDGETS, BUDGET_NAMES } from './budgets.ts';
import type { Broken, Budget, DeskRow } from './budgets.ts';

/** Counts what should not happen, and keeps the first of each. */
export class Offences {
  readonly #counts = new Map<Budget, number>();
  readonly #first = new Map<Budget, number>();

  add(budget: Budget, wallMs: number): void {
    this.#counts.set(budget, (this.#counts.get(budget) ?? 0) + 1);
    if (!this.#first.has(budget)) this.#first.set(budget, wallMs);
  }

  /** A figure that is no count of offences; `wallMs`: when it was reached. */
  most(budget: Budget, value: number, wallMs: number | null): void {
    this.#counts.set(budget, value);
    if (wallMs !== null) this.#first.set(budget, wallMs);
  }

  get values(): DeskRow['budgets'] {
    const of = (budget: Budget): number => this.#counts.get(budget) ?? 0;
    return {
      ...{ perHour: of('perHour'), whileBusy: of('whileBusy'), afterReturn: of('afterReturn') },
      ...{
        lights: of('lights'),
        stacked: of('stacked'),
        outOfHours: of('outOfHours'),
        onEmptyChair: of('onEmptyChair'),
      },
      unexplained: of('unexplained'),
    };
  }

  brokenBy(person: string): readonly Broken[] {
    const { values } = this;
    return BUDGET_NAMES.filter((budget) => values[budget] > BUDGETS[budget].most).map((budget) => ({
      ...{ person, budget, value: values[budget] },
      firstWallMs: this.#first.get(budget) ?? null,
    }));
  }
}

const bodySchema = z.object({
  reminder: z.string(),
  event: z.string(),
  level: z.string().optional(),
  due_at: z.string().nullable(),
  count: z.int().default(1),
});

/** Cues of one moment are one reminder to whoever looks. */
const TOGETHER_MS = 1_000;

/**
 * What the journal says of a desk: how each reminder ended, how close new ones came, and whether one began while another
 * was not over. `lit`: when the light came on, wall time; each needs a record that it rests on. `reached`: when it could be
 * reached again, and what was shown then was shown again.
 */
export function measureRecords(
  records: readonly StoredRecord[],
  { lit, reached }: { readonly lit: readonly number[]; readonly reached: readonly number[] },
  offences: Offences,
): Pick<DeskRow, 'reminders' | 'done' | 'skipped' | 'missed' | 'passed' | 'adherence'> {
  const ends = { done: 0, skipped: 0, missed: 0, passed: 0 };
  const known = new Set<string>();
  /** Those that were shown and are not over, with when that was last. */
  const open = new Map<string, number>();
  const begun: number[] = [];
  const shown: number[] = [];
  const lights = new Map<string, number>();
  for (const { at, body } of records) {
    const atMs = Date.parse(at);
    const { reminder, event, level, due_at, count: times } = bodySchema.parse(body);
    if (event === 'missed' && body['shown'] !== true) ends.passed += times;
    else if (event === 'done' || event === 'skipped' || event === 'missed') ends[event] += 1;
    if (event === 'done' || event === 'skipped' || event === 'missed') open.delete(reminder);
    if (event !== 'shown' || level !== 'light') continue;
    shown.push(atMs);
    const one = `${reminder} ${due_at ?? ''}`;
    const count = (lights.get(one) ?? 0) + 1;
    lights.set(one, count);
    if (count > BUDGETS.lights.most) offences.add('lights', atMs);
    // One light for several, also for what joins one that comes back: that is no new one to whoever looks.
    const joins = [...open.values()].some((ms) => Math.abs(ms - atMs) <= TOGETHER_MS);
    const isNew = !known.has(one);
    if (isNew && open.size > 0 && !joins) offences.add('stacked', atMs);
    if (isNew && !joins) begun.push(atMs);
    known.add(one);
    open.set(reminder, atMs);
  }
  explain(
    lit,
    [...shown, ...reached].sort((a, b) => a - b),
    offences,
  );
  const most = mostWithin(begun, HOUR_MS);
  offences.most('perHour', most.count, most.atMs);
  const over = ends.done + ends.skipped + ends.missed;
  return { reminders: begun.length, ...ends, adherence: over === 0 ? null : ends.done / over };
}

/** A light that comes on was said by a record of that moment, or of a cue that is still shown (the beep blinks it again). */
function explain(lit: readonly number[], shown: readonly number[], offences: Offences): void {
  let index = 0;
  for (const atMs of lit) {
    while ((shown[index + 1] ?? Infinity) <= atMs + TOGETHER_MS) index += 1;
    const latest = shown[index] ?? Infinity;
    if (Math.abs(atMs - latest) > MINUTE_MS + TOGETHER_MS) offences.add('unexplained', atMs);
  }
}

function mostWithin(moments: readonly number[], spanMs: number): { count: number; atMs: number | null } {
  let most: { count: number; atMs: number | null } = { count: 0, atMs: null };
  let from = 0;
  for (const [index, atMs] of moments.entries()) {
    while ((moments[from] ?? Infinity) <= atMs - spanMs) from += 1;
    const count = index - from + 1;
    if (count > most.count) most = { count, atMs };
  }
  return most;
}
