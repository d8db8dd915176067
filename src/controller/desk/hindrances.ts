import type { Hindrance } from '../../model/desk.ts';
import { MINUTE_MS } from '../../model/units.ts';
import type { PlannedReminder } from './planned.ts';

/** At most one new cue in this time. */
const GAP_MS = 30 * MINUTE_MS;
/** What is due so soon after a cue is shown with it. */
export const TOGETHER_MS = 5 * MINUTE_MS;

/**
 * Reminders are never stacked: while one is shown or put off, and for half an hour after it was first shown, no other
 * begins; those that are due at about the same time are shown as one, and one press answers all of them.
 */
export class Turns {
  /** When what is shown was begun to be shown. */
  #shownMs = -Infinity;
  /** When anything was last shown for the first time. */
  #newMs = -Infinity;

  /** A reminder is shown from now on. */
  shown(isNew: boolean, alone: boolean, atMs: number): void {
    if (alone) this.#shownMs = atMs;
    if (isNew) this.#newMs = atMs;
  }

  /** What an earlier run had shown. */
  restore(newMs: number): void {
    this.#newMs = newMs;
  }

  hindrance(
    one: PlannedReminder,
    all: readonly PlannedReminder[],
    atMs: number,
  ): Extract<Hindrance, 'another'> | null {
    if (one.snapshot.matches('cueing')) return null;
    const others = all.filter((other) => other !== one);
    if (others.some(({ snapshot }) => snapshot.matches('cueing')))
      return atMs === this.#shownMs ? null : 'another';
    // What was shown once goes on as its person wants it to.
    if (one.snapshot.context.cued) return null;
    const waits = others.some(({ snapshot }) => snapshot.context.cued);
    return waits || atMs < this.#newMs + GAP_MS ? 'another' : null;
  }

  /** When the next new one may be shown; null: now. */
  deadlineMs(atMs: number): number | null {
    const freeMs = this.#newMs + GAP_MS;
    return freeMs > atMs ? freeMs : null;
  }
}
