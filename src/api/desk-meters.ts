import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Controller, News } from '../controller/index.ts';
import type { StationId } from '../model/ids.ts';

/** What Prometheus reads of desks and spots: what was shown, what came of it, and what waits for what. */
export class DeskMeters {
  readonly #over: Counter;
  readonly #shown: Counter;
  readonly #snoozed: Counter;
  readonly #exercises: Counter;

  constructor(registers: Registry[]) {
    const counter = (name: string, help: string, labels: string[]): Counter =>
      new Counter({ name, help, labelNames: ['station', ...labels], registers });
    this.#over = counter(
      'ebb_reminders_total',
      'Reminders that are over, by outcome, who or what answered (none: nobody), and what spoke against one that was missed (none: nothing)',
      ['reminder', 'outcome', 'source', 'waits_for'],
    );
    this.#shown = counter('ebb_reminders_shown_total', 'Cues of reminders, by level: light, then sound', [
      'reminder',
      'level',
    ]);
    this.#snoozed = counter('ebb_reminders_snoozed_total', 'Reminders that were put off, by who did so', [
      'reminder',
      'source',
    ]);
    this.#exercises = counter('ebb_exercises_total', 'Exercises led beat by beat that ended, by outcome', [
      'protocol',
      'outcome',
    ]);
  }

  /** Returns how to stop. */
  serve(controller: Controller, registers: Registry[]): () => void {
    const { desks } = controller;
    const ends = desks.ids.map((desk) =>
      controller.listen(desk, (news) => {
        this.#news(desk, news);
      }),
    );
    new Gauge({
      name: 'ebb_reminders_waiting',
      help: 'Reminders that are due and not shown, by what speaks against it',
      labelNames: ['station', 'waits_for'],
      registers,
      collect() {
        this.reset();
        for (const station of desks.ids) {
          for (const { state, waits_for: by } of desks.state(station)?.reminders ?? [])
            if (state === 'due' && by !== null) this.inc({ station, waits_for: by });
        }
      },
    });
    return () => {
      for (const end of ends) end();
    };
  }

  #news(station: StationId, news: News): void {
    if (news.type === 'guide') {
      const { protocol, outcome } = news.result;
      this.#exercises.inc({ station, protocol, outcome });
    }
    if (news.type !== 'event') return;
    const { event, detail } = news;
    const reminder = word(detail['reminder']);
    const source = word(detail['source']);
    switch (event) {
      case 'reminder_shown':
        this.#shown.inc({ station, reminder, level: word(detail['level']) });
        return;
      case 'reminder_snoozed':
        this.#snoozed.inc({ station, reminder, source });
        return;
      case 'reminder_done':
      case 'reminder_skipped':
      case 'reminder_missed': {
        const outcome = event.slice('reminder_'.length);
        this.#over.inc({ station, reminder, outcome, source, waits_for: word(detail['waits_for']) });
        return;
      }
      default:
    }
  }
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : 'none';
}
