import ICAL from 'ical.js';
import { z } from 'zod';
import type { Span } from '../model/calendar.ts';
import { DAY_MS, SECOND_MS } from '../model/units.ts';
import { momentOf } from '../schedule/zone.ts';
import { blocksOf } from './ics.ts';
import type { Block, CalendarProblem } from './ics.ts';
import { Zones } from './zones.ts';

export interface BusyTimes {
  readonly spans: readonly Span[];
  readonly problems: readonly CalendarProblem[];
}

/** The moments that are of interest, and where times without a zone are meant. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
  /** IANA. */
  readonly zone: string;
}

/** Whoever watches the reading, since one event may take for ever. */
export interface Watch {
  /** Events that are left out, by the lines that they begin in. */
  readonly without: ReadonlySet<number>;
  /** What is looked at from now on begins in that line. */
  readonly at: (line: number) => void;
}
const NOBODY: Watch = { without: new Set(), at: () => undefined };

/** More events than this no calendar of a person has. */
const MAX_EVENTS = 20_000;
/** An event that comes more often than daily for a century is no meeting. */
const MAX_TURNS = 40_000;
const MAX_SPANS = 20_000;
/** No meeting is longer, and ical.js counts a duration month by month, for hours. */
const MAX_DURATION_S = 366 * (DAY_MS / SECOND_MS);

/** What ical.js says of one turn of a series; its own types do not. */
const turnSchema = z.object({
  item: z.instanceof(ICAL.Event),
  startDate: z.instanceof(ICAL.Time),
  endDate: z.instanceof(ICAL.Time),
});

interface Found {
  readonly block: Block;
  readonly component: ICAL.Component;
}

/**
 * When a calendar (RFC 5545) says that its owner is busy. Events that are cancelled or free (`TRANSP:TRANSPARENT`) are
 * none; of all-day events only those are that say `TRANSP:OPAQUE` in as many words: nobody misses the desk for a birthday.
 */
export function busyTimes(text: string, window: Window, watch = NOBODY): BusyTimes {
  const { blocks, problems } = blocksOf(text);
  const reading = new Reading(window, watch, [
    ...problems,
    ...[...watch.without].map((line) => ({
      line,
      message: 'this event takes too long to work out: left out',
    })),
  ]);
  return reading.read(blocks.filter(({ line }) => !watch.without.has(line)));
}

class Reading {
  readonly #window: Window;
  readonly #watch: Watch;
  readonly #problems: CalendarProblem[];
  readonly #spans: Span[] = [];
  #zones = new Zones(new Map());

  constructor(window: Window, watch: Watch, problems: readonly CalendarProblem[]) {
    this.#window = window;
    this.#watch = watch;
    this.#problems = [...problems];
  }

  read(blocks: readonly Block[]): BusyTimes {
    const found = blocks.slice(0, MAX_EVENTS).flatMap((block) => this.#parse(block));
    if (blocks.length > MAX_EVENTS)
      this.#problems.push({
        line: blocks[MAX_EVENTS]?.line ?? 1,
        message: 'too many events: the rest is left out',
      });
    const zones = found.filter(({ block }) => block.name === 'VTIMEZONE');
    this.#zones = new Zones(
      new Map(zones.map(({ component }) => [String(component.getFirstPropertyValue('tzid')), component])),
    );
    const all = found.filter(({ block }) => block.name !== 'VTIMEZONE');
    // Before anything of them is looked at: a date keeps the zone that it was read with first.
    for (const { component } of all) this.#zones.addSubcomponent(component);
    const events = all.filter((one) => one.block.name === 'VEVENT' && this.#isSound(one));
    const byUid = Map.groupBy(events, ({ component, block }) =>
      String(component.getFirstPropertyValue('uid') ?? `line ${block.line}`),
    );
    for (const members of byUid.values()) this.#series(members);
    for (const one of all)
      if (one.block.name === 'VFREEBUSY')
        this.#try(one, () => {
          this.#freeBusy(one);
        });
    return { spans: this.#spans, problems: this.#problems.sort((a, b) => a.line - b.line) };
  }

  #parse(block: Block): readonly Found[] {
    this.#watch.at(block.line);
    try {
      const jcal: unknown = ICAL.parse(block.text);
      // Of one block the parser makes one component.
      return Array.isArray(jcal) ? [{ block, component: new ICAL.Component(jcal) }] : [];
    } catch (error) {
      this.#problems.push({ line: block.line, message: `this ${block.name} cannot be read: ${said(error)}` });
      return [];
    }
  }

  /** Every date and rule of it can be read, and its zones are known. */
  #isSound({ block, component }: Found): boolean {
    this.#watch.at(block.line);
    if (!component.hasProperty('dtstart')) {
      this.#problems.push({ line: block.line, message: 'an event without DTSTART: nobody knows when it is' });
      return false;
    }
    for (const name of ['dtstart', 'dtend', 'duration', 'rrule', 'rdate', 'exdate', 'recurrence-id']) {
      for (const property of component.getAllProperties(name)) {
        const line = block.lineOf(name.toUpperCase());
        try {
          const values: readonly unknown[] = property.getValues();
          const written: unknown = property.toJSON();
          if (!Array.isArray(written) || !written.every(isReal))
            throw new Error('there is no such day or time');
          if (values.some(isEndless)) throw new Error('it is longer than a year');
        } catch (error) {
          this.#problems.push({ line, message: `${name.toUpperCase()} cannot be read: ${said(error)}` });
          return false;
        }
        this.#checkZone(property, line);
      }
    }
    return true;
  }

  #checkZone(property: ICAL.Property, line: number): void {
    const tzid: unknown = property.getParameter('tzid');
    if (typeof tzid !== 'string' || this.#zones.find(tzid) !== null) return;
    const message = `the time zone "${tzid.slice(0, 60)}" is not known: taken as ${this.#window.zone}`;
    if (!this.#problems.some((one) => one.message === message)) this.#problems.push({ line, message });
  }

  /** One event, and what is different at some of its turns. */
  #series(members: readonly Found[]): void {
    const masters = members.filter(({ component }) => !component.hasProperty('recurrence-id'));
    const others = members.filter(({ component }) => component.hasProperty('recurrence-id'));
    // Each turn that is different stands for itself, wherever it was moved to.
    for (const one of others)
      this.#try(one, () => {
        this.#add(new ICAL.Event(one.component, { exceptions: [] }));
      });
    for (const one of masters)
      this.#try(one, () => {
        const exceptions = others.map(({ component }) => component);
        const event = new ICAL.Event(one.component, { exceptions, strictExceptions: false });
        if (event.isRecurring()) this.#turns(event, one.block);
        else this.#add(event);
      });
  }

  #turns(event: ICAL.Event, block: Block): void {
    const turns = event.iterator();
    const not = excluded(event.component);
    for (let count = 0; count < MAX_TURNS; count += 1) {
      const turn = turns.next();
      // The types of ical.js do not say that there is none at the end.
      if (!(turn instanceof ICAL.Time) || this.#momentOf(turn) > this.#window.toMs + DAY_MS) return;
      if (not.has(turn.toUnixTime()) || not.has(dayOf(turn))) continue;
      const { item, startDate, endDate } = turnSchema.parse(event.getOccurrenceDetails(turn));
      if (item !== event && !item.modifiesFuture()) continue;
      if (isBusy(item)) this.#span(this.#momentOf(startDate), this.#momentOf(endDate));
    }
    this.#problems.push({
      line: block.lineOf('RRULE'),
      message: 'it comes too often to be a meeting: left out from there on',
    });
  }

  #add(event: ICAL.Event): void {
    if (isBusy(event)) this.#span(this.#momentOf(event.startDate), this.#momentOf(event.endDate));
  }

  #freeBusy({ component }: Found): void {
    for (const property of component.getAllProperties('freebusy')) {
      if (/^free$/i.test(String(property.getParameter('fbtype')))) continue;
      for (const period of property.getValues() as readonly unknown[])
        if (period instanceof ICAL.Period && !isEndless(period))
          this.#span(this.#momentOf(period.start), this.#momentOf(period.getEnd()));
    }
  }

  #span(fromMs: number, toMs: number): void {
    const { fromMs: first, toMs: last } = this.#window;
    if (toMs > fromMs && toMs > first && fromMs < last && this.#spans.length < MAX_SPANS)
      this.#spans.push({ fromMs, toMs });
  }

  /** A date, and a time without a zone, are those of the desk. */
  #momentOf(time: ICAL.Time): number {
    const ms = time.toUnixTime() * SECOND_MS;
    return time.isDate || time.zone === ICAL.Timezone.localTimezone ? momentOf(this.#window.zone, ms) : ms;
  }

  #try({ block }: Found, act: () => void): void {
    this.#watch.at(block.line);
    try {
      act();
    } catch (error) {
      this.#problems.push({ line: block.line, message: `this ${block.name} cannot be read: ${said(error)}` });
    }
  }
}

function isBusy({ component, startDate }: ICAL.Event): boolean {
  const word = (name: string): string => String(component.getFirstPropertyValue(name) ?? '').toUpperCase();
  if (word('status') === 'CANCELLED' || word('transp') === 'TRANSPARENT') return false;
  if (['FREE', 'WORKINGELSEWHERE'].includes(word('x-microsoft-cdo-busystatus'))) return false;
  return !startDate.isDate || word('transp') === 'OPAQUE';
}

/** `2026-13-45T10:00:00`: ical.js takes the 45th of a 13th month for a day of the next year. */
const WRITTEN = /^(?<date>\d{4}-\d{2}-\d{2})(?:T(?<time>\d{2}:\d{2}:\d{2})Z?)?$/;

/** Not a date that there never is; whatever else it may be. */
function isReal(value: unknown): boolean {
  const { date = '', time = '00:00:00' } =
    (typeof value === 'string' ? WRITTEN.exec(value)?.groups : null) ?? {};
  if (date === '') return true;
  const ms = Date.parse(`${date}T${time}Z`);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(date);
}

/** A duration, alone or of a period. */
function isEndless(value: unknown): boolean {
  const duration: unknown = value instanceof ICAL.Period ? value.duration : value;
  return duration instanceof ICAL.Duration && !(Math.abs(duration.toSeconds()) <= MAX_DURATION_S);
}

/** The turns of a series that do not take place, as moments, or as dates. ical.js passes over some that follow each other. */
function excluded(component: ICAL.Component): ReadonlySet<number | string> {
  const values = component
    .getAllProperties('exdate')
    .flatMap((property): readonly unknown[] => property.getValues());
  return new Set(
    values
      .filter((value) => value instanceof ICAL.Time)
      .map((time) => (time.isDate ? dayOf(time) : time.toUnixTime())),
  );
}

const dayOf = ({ year, month, day }: ICAL.Time): string => `${year}-${month}-${day}`;

const said = (error: unknown): string =>
  error instanceof Error ? error.message.slice(0, 200) : String(error);
