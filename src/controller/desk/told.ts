import type { CoreRecord } from '../effects.ts';
import type { News } from '../news.ts';
import { isoOf } from '../records.ts';
import type { PlannedReminder } from './planned.ts';

export interface ToldHost {
  record(record: CoreRecord): void;
  news(news: News): void;
}

/** What happens to reminders, for the journal and for whoever listens. */
export class Told {
  readonly #host: ToldHost;
  #trouble: string | null = null;

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

  /** What is wrong with the calendars, once; and that it is right again. */
  calendar(trouble: string | null): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#host.record({ type: 'calendar', body: { trouble } });
    this.#host.news({ type: 'event', event: 'calendar', detail: { trouble } });
  }
}
