import type { ReminderWant } from '../../model/desk.ts';
import { MINUTE_MS, SECOND_MS } from '../../model/units.ts';
import type { CoreRecord } from '../effects.ts';
import type { News } from '../news.ts';
import { isoOf } from '../records.ts';
import type { Now } from '../starter.ts';
import type { PlannedReminder } from './planned.ts';

export interface ToldHost {
  record(record: CoreRecord): void;
  news(news: News): void;
}

/** What happens to reminders, for the journal and for whoever listens. */
export class Told {
  readonly #host: ToldHost;
  #trouble: string | null = null;
  /** What was recorded of each reminder's plan: wall time, or null for nothing. */
  readonly #plans = new Map<string, number | null>();

  constructor(host: ToldHost) {
    this.#host = host;
  }

  record(one: PlannedReminder, body: CoreRecord['body']): void {
    const { dueWallMs, settings, text } = one;
    const due = dueWallMs === null ? null : isoOf(dueWallMs);
    this.#host.record({
      type: 'reminder',
      body: { reminder: settings.id, protocol: text.protocol, due_at: due, ...body },
    });
  }

  /** What a reminder came to. `silence`: which of its devices were out of reach as it was shown. */
  want(one: PlannedReminder, want: ReminderWant, now: Now, silence: () => CoreRecord['body']): void {
    switch (want.type) {
      case 'due':
        this.record(one, { event: 'due', waits_for: want.hindrance });
        this.tell(one, 'reminder_due', { waits_for: want.hindrance });
        return;
      case 'cue':
        if (want.level === 'off') return;
        this.record(one, { event: 'shown', level: want.level, ...silence() });
        this.tell(one, 'reminder_shown', { level: want.level });
        return;
      case 'snoozed':
        this.#snoozed(one, want, now);
        this.tell(one, 'reminder_snoozed', { source: want.source, left: want.left });
        return;
      case 'over': {
        const { outcome, source, hindrance, cued } = want;
        const detail = { source, waits_for: hindrance, shown: cued };
        this.record(one, { event: outcome, ...detail });
        this.tell(one, `reminder_${outcome}`, detail);
      }
    }
  }

  /** Put off, until when: whoever asks later has nothing else to know it from. */
  #snoozed(
    one: PlannedReminder,
    { source, left }: Extract<ReminderWant, { type: 'snoozed' }>,
    { atMs, wallMs }: Now,
  ): void {
    const { snoozedUntilMs } = one.snapshot.context;
    const until = snoozedUntilMs === null ? null : isoOf(snoozedUntilMs - atMs + wallMs);
    this.record(one, { event: 'snoozed', source, left, until });
  }

  /** When it comes next, where that is another time than was told last. */
  plan(one: PlannedReminder, now: Now): void {
    const { dueWallMs, settings, text, rests } = one;
    const told = this.#plans.get(settings.id);
    const isSame =
      told === undefined ? dueWallMs === null : Math.abs((told ?? 0) - (dueWallMs ?? 0)) < MINUTE_MS;
    if (isSame || !rests) return;
    this.#plans.set(settings.id, dueWallMs);
    const since = one.countedFrom(now);
    this.#host.record({
      type: 'planned',
      body: {
        reminder: settings.id,
        protocol: text.protocol,
        due_at: dueWallMs === null ? null : isoOf(dueWallMs),
        since: since === null ? null : isoOf(since.wallMs),
        from: one.hidden ? 'not_for_me' : (since?.from ?? null),
      },
    });
  }

  /** The wall clock was set, or went on while the computer slept. */
  clock(stepMs: number): void {
    const seconds = Math.round(stepMs / SECOND_MS);
    const what = stepMs > 0 ? `${seconds} s ahead` : `${-seconds} s back`;
    const message = `the clock jumped ${what}: it was set, or the computer slept`;
    this.#host.record({ type: 'clock', body: { message, step_s: seconds } });
  }

  tell(
    one: PlannedReminder,
    event: Extract<News, { type: 'event' }>['event'],
    detail: Readonly<Record<string, unknown>>,
  ): void {
    const { settings, text } = one;
    this.#host.news({
      type: 'event',
      event,
      detail: { reminder: settings.id, protocol: text.protocol, ...detail },
    });
  }

  /** What is wrong with the calendars right now; null: nothing. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** What is wrong with the calendars, once; and that it is right again. */
  calendar(trouble: string | null): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#host.record({ type: 'calendar', body: { trouble } });
    this.#host.news({ type: 'event', event: 'calendar', detail: { trouble } });
  }
}
