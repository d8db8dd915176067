import ICAL from 'ical.js';
import { SECOND_MS } from '../model/units.ts';
import { momentOf } from '../schedule/zone.ts';

/** A zone that this computer knows by its IANA name: what a file says of it may be cut short, and often is. */
class KnownZone extends ICAL.Timezone {
  readonly #zone: string;
  readonly #offsets = new Map<number, number>();

  constructor(zone: string) {
    super({ tzid: zone });
    this.#zone = zone;
  }

  /** Seconds. */
  override utcOffset(time: ICAL.Time): number {
    const { year, month, day, hour, minute, second } = time;
    const localMs = Date.UTC(year, month - 1, day, hour, minute, second);
    const known = this.#offsets.get(localMs);
    if (known !== undefined) return known;
    const offset = (localMs - momentOf(this.#zone, localMs)) / SECOND_MS;
    this.#offsets.set(localMs, offset);
    return offset;
  }
}

/** Some programs put a path of their own before the name: `/example.org/2026/Europe/Berlin`. */
const NAME_IN_PATH = /(?:^|\/)(?<name>[A-Z][A-Za-z_]+(?:\/[A-Za-z0-9_+-]+){0,2})$/;

function knownAs(tzid: string): string | null {
  for (const name of [tzid, NAME_IN_PATH.exec(tzid)?.groups?.['name']]) {
    if (name === undefined) continue;
    try {
      return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
    } catch {
      // Not a name that this computer has.
    }
  }
  return null;
}

/** The calendar that events are put into, so that each `TZID` of theirs is looked up here. */
export class Zones extends ICAL.Component {
  readonly #own: ReadonlyMap<string, ICAL.Component>;
  readonly #found = new Map<string, ICAL.Timezone | null>();

  /** `own`: the `VTIMEZONE`s of the file, by their `TZID`. */
  constructor(own: ReadonlyMap<string, ICAL.Component>) {
    super('vcalendar');
    this.#own = own;
  }

  /** null: neither the file nor this computer knows it. */
  override getTimeZoneByID(tzid: string): ICAL.Timezone {
    const known = this.find(tzid);
    // What is not known counts as the time of the desk, and is told by whoever asked.
    return known ?? ICAL.Timezone.localTimezone;
  }

  find(tzid: string): ICAL.Timezone | null {
    const found = this.#found.get(tzid);
    if (found !== undefined) return found;
    const name = knownAs(tzid);
    const own = this.#own.get(tzid);
    const made =
      name !== null
        ? new KnownZone(name)
        : own === undefined
          ? null
          : new ICAL.Timezone({ component: own, tzid });
    this.#found.set(tzid, made);
    return made;
  }
}
