import { dateAtDesk } from '../controller/desk/coming.ts';
import { exercisesPast, remindersPast } from '../journal/index.ts';
import type { StationId } from '../model/ids.ts';
import { DAY_MS } from '../model/units.ts';
import type { AdherenceView } from './schemas.ts';
import type { Served } from './served.ts';

const MOST_PAST = 20_000;

type Day = AdherenceView['days'][number];

/** What came of the reminders of a desk, by day and protocol, the newest day first. */
export function adherenceAt(served: Served, station: StationId, days: number): Day[] {
  const { controller, history, clock } = served;
  const desk = controller.desks.desk(station);
  if (desk === null) return [];
  // A day more than wanted: where the desk is, it may have begun earlier.
  const sinceMs = clock.wallMs() - (days + 1) * DAY_MS;
  const table = new Table(station, (at) => dateAtDesk(desk, Date.parse(at)));
  const query = { station, sinceMs, limit: MOST_PAST };
  for (const { at, protocol, outcome, source, shown, waitsFor, count } of remindersPast(history, query)) {
    const day = table.of(at, protocol);
    if (outcome === 'missed') day[shown && waitsFor === null ? 'missed' : 'passed'] += count;
    else {
      day[outcome] += 1;
      const by = outcome === 'done' ? day.done_by : day.skipped_by;
      if (source !== null) by[source] = (by[source] ?? 0) + 1;
    }
  }
  for (const { at, protocol } of exercisesPast(history, query)) table.of(at, protocol).led += 1;
  const first = dateAtDesk(desk, clock.wallMs() - (days - 1) * DAY_MS);
  return table.days.filter(({ date }) => date >= first);
}

class Table {
  readonly #days = new Map<string, Day>();
  readonly #station: StationId;
  readonly #dateOf: (at: string) => string;

  constructor(station: StationId, dateOf: (at: string) => string) {
    this.#station = station;
    this.#dateOf = dateOf;
  }

  get days(): Day[] {
    return [...this.#days.values()].sort((a, b) => b.date.localeCompare(a.date));
  }

  of(at: string, protocol: string): Day {
    const date = this.#dateOf(at);
    const key = `${date} ${protocol}`;
    const known = this.#days.get(key);
    if (known !== undefined) return known;
    const none = { done: 0, skipped: 0, missed: 0, passed: 0, led: 0 };
    const day = { date, station: this.#station, protocol, ...none, done_by: {}, skipped_by: {} };
    this.#days.set(key, day);
    return day;
  }
}
