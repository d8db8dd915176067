import { nextDue } from '../../schedule/rule.ts';
import { dateAt } from '../../schedule/zone.ts';
import type { Guide } from '../../model/desk.ts';
import type { Desk } from './desk.ts';
import type { PlannedReminder } from './planned.ts';

/** One time that something will be due, as far as it is known now. */
export interface Coming {
  readonly reminder: string;
  readonly text: Guide;
  /** Milliseconds since 1970. */
  readonly dueMs: number;
}

/** A schedule is short; whoever writes one of every minute is told the beginning of it. */
const MOST = 500;

/**
 * What comes at a desk until `untilMs`, the soonest first. Of an interval that is the next one alone: it is counted
 * from the last answer, and nobody knows when that will be.
 */
export function comingAt(desk: Desk, untilMs: number): Coming[] {
  return desk.reminders
    .flatMap((one) => comingOf(one, untilMs))
    .sort((a, b) => a.dueMs - b.dueMs)
    .slice(0, MOST);
}

function comingOf(one: PlannedReminder, untilMs: number): Coming[] {
  const { rule, id } = one.settings;
  const found: Coming[] = [];
  let dueMs = one.hidden || one.snapshot.matches('over') ? null : one.dueWallMs;
  while (dueMs !== null && dueMs <= untilMs && found.length < MOST) {
    found.push({ reminder: id, text: one.textAfter(found.length), dueMs });
    dueMs = rule.kind === 'every' ? null : nextDue(rule, dueMs);
  }
  return found;
}

/** The date at a desk, YYYY-MM-DD. */
export function dateAtDesk({ settings: { zone } }: Desk, wallMs: number): string {
  return dateAt(zone, wallMs);
}
