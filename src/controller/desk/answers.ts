import type { Refusal } from '../../../machines/gate.ts';
import type { PlannedReminder } from './planned.ts';

export type Answer = 'ack' | 'skip' | 'snooze';

/**
 * Which reminders an answer is meant for: those that are shown; else, but for a snooze, what is due or put off. One that
 * is named may be answered ahead of its time.
 */
export function meantBy(
  answer: Answer,
  id: string | null,
  all: readonly PlannedReminder[],
): readonly PlannedReminder[] | Refusal {
  if (id !== null && !all.some(({ settings }) => settings.id === id)) {
    const ids = all.map(({ settings }) => settings.id).join(', ');
    return { code: 'bad_command', message: `there is no reminder "${id}" here; there are ${ids}` };
  }
  const asked = all.filter(({ settings }) => id === null || settings.id === id);
  const shown = asked.filter(({ snapshot }) => snapshot.matches('cueing'));
  const waiting = asked.filter((one) => (id === null ? !one.rests : !one.snapshot.matches('over')));
  const meant = shown.length > 0 || answer === 'snooze' ? shown : waiting;
  if (meant.length > 0) return meant;
  const what = answer === 'snooze' ? 'nothing is shown that could be put off' : 'nothing is due';
  return { code: 'bad_state', message: `${what} at this desk; "ebb next" says what comes` };
}

/** Nobody answered so many in a row: no more on that day. */
const IGNORED = 3;

/** How often in a row nobody answered what was shown. Whoever does anything at all is there. */
export class Unanswered {
  #count = 0;
  #date = '';

  /** `date`: of the desk's own calendar. */
  another(date: string): void {
    this.#count = this.#date === date ? this.#count + 1 : 1;
    this.#date = date;
  }

  /** What an earlier run had counted. */
  restore({ count, date }: { readonly count: number; readonly date: string }): void {
    this.#count = count;
    this.#date = date;
  }

  none(): void {
    this.#count = 0;
  }

  /** Enough for this day. */
  isEnough(date: () => string): boolean {
    return this.#count >= IGNORED && this.#date === date();
  }
}
