import type { PlannedStep } from '../../model/plan.ts';
import type { Happening, ReadingEvent, SessionFacts, Tick } from '../trace.ts';
import { DAY_MS } from './limits.ts';
import { isSupply } from './outputs.ts';

/**
 * Signs that contact has to end, by what was there to be known: numbers of docs/safety.md, written down apart from
 * machines/envelope.ts. Each is lenient by a reading where a detector may count otherwise, and never by more.
 */
export interface Sign {
  /** Asked with each look in contact. The moment at which contact had to end by it, milliseconds; null: it does not say so. */
  dueMs(tick: Tick): number | null;
  /** What it is, for a violation. */
  says(atMs: number): string;
}

const FOR_MS = 3_000;
/** The thermometers' answers come at a cadence: what a reading begins is known to within one. */
const CADENCE_MS = 1_200;

type Probe = SessionFacts['station']['devices'][number];

function probesOf({ station }: SessionFacts): readonly Probe[] {
  return station.devices.filter(({ role }) => role === 'thermometer');
}

/** What a sign is told of. */
type Of<Type extends Happening['type']> = Extract<Happening, { type: Type }>;

/** A figure that can be one of water; the error values of a DS18B20 lie outside. */
function waterC({ kind, value }: ReadingEvent): number | null {
  return kind === 'temperature' && typeof value === 'number' && value >= 0 && value <= 70 ? value : null;
}

/** Where each side has a vessel of its own a thermometer tells of the one that it is in: of buckets the warm one. */
function isBeside({ station }: SessionFacts): boolean {
  return station.plumbing === 'cues' || station.vessel === 'two-basins';
}

function largest(values: Iterable<number>): number {
  let most = -Infinity;
  for (const value of values) if (value > most) most = value;
  return most;
}

/** T2. While water warms up, and 15 s after it, the ceiling counts: 45 s from an open at most. */
const T2 = { overC: 1.5, ceilingC: 41.5, bandOverC: 0.5, basinOverC: 1, warmsMs: 46_000 };

export class Warmth implements Sign {
  readonly #facts: SessionFacts;
  readonly #probes: ReadonlySet<string>;
  readonly #above = new Map<string, { sinceMs: number; lower: number }>();
  #openedMs = -Infinity;
  #permitted = false;
  #lastC = 0;

  constructor(facts: SessionFacts) {
    this.#facts = facts;
    this.#probes = new Set(probesOf(facts).map(({ id }) => id));
  }

  event(event: Of<'command' | 'permitted'>): void {
    if (event.type === 'command' && event.action === 'open') this.#openedMs = event.atMs;
    else if (event.type === 'permitted') {
      this.#permitted = event.on;
      if (!event.on) this.#above.clear();
    }
  }

  reading(reading: ReadingEvent): void {
    const { device, atMs } = reading;
    const valueC = waterC(reading);
    if (valueC === null || !this.#permitted || !this.#probes.has(device)) return;
    const above = this.#above.get(device);
    if (valueC > this.#limitC(atMs)) {
      this.#lastC = valueC;
      this.#above.set(device, { sinceMs: above?.sinceMs ?? atMs, lower: 0 });
    } else if (above !== undefined) {
      // One lower sample does not begin the 3 s anew.
      if (above.lower > 0) this.#above.delete(device);
      else above.lower = 1;
    }
  }

  dueMs(): number | null {
    if (this.#above.size === 0) return null;
    let dueMs: number | null = null;
    for (const { sinceMs, lower } of this.#above.values())
      if (lower === 0) dueMs = Math.min(dueMs ?? Infinity, sinceMs + FOR_MS + CADENCE_MS);
    return dueMs;
  }

  says(): string {
    return `the water has been ${this.#lastC.toFixed(1)} C for 3 s, more than T2 allows`;
  }

  #limitC(atMs: number): number {
    return atMs < this.#openedMs + T2.warmsMs ? T2.ceilingC : warmLimitC(this.#facts);
  }
}

/** What T2 allows once the water has warmed up, degrees Celsius. */
export function warmLimitC({ plan, station }: SessionFacts): number {
  const warm = plan?.steps.find(({ kind }) => kind === 'warm');
  return warm === undefined ? T2.ceilingC : Math.min(topOf(station, warm) + T2.overC, T2.ceilingC);
}

/** `Tw`: a mixer's setpoint; the top of the band, which in a basin lies around what it is held at, where both supplies fill it. */
function topOf(station: SessionFacts['station'], { targetC, rangeC }: PlannedStep): number {
  if (station.plumbing === 'mixer') return targetC;
  const both = ['hot', 'cold'].every((role) => station.devices.some((device) => device.role === role));
  if (station.vessel === 'basin' && both) return Math.max(targetC, rangeC.minC) + T2.basinOverC;
  return rangeC.maxC + T2.bandOverC;
}

const T4 = { coldC: 8, veryColdC: 5, samples: 2 };

/** T4, in a cold step. */
export class Cold implements Sign {
  readonly #probes: ReadonlySet<string>;
  readonly #under = new Map<string, { sinceMs: number; very: number; sureMs: number | null }>();
  #phase = '';
  #permitted = false;
  #lastC = 0;

  constructor(facts: SessionFacts) {
    const beside = isBeside(facts);
    const ofCold = probesOf(facts).filter(({ basin }) => !beside || basin === 'cold');
    this.#probes = new Set(ofCold.map(({ id }) => id));
  }

  event(event: Of<'state' | 'permitted'>): void {
    if (event.type === 'state') this.#phase = event.phase;
    else this.#permitted = event.on;
    if (this.#under.size > 0 && (!this.#permitted || this.#phase !== 'cold')) this.#under.clear();
  }

  reading(reading: ReadingEvent): void {
    const { device, atMs } = reading;
    const valueC = waterC(reading);
    if (valueC === null || !this.#permitted || this.#phase !== 'cold' || !this.#probes.has(device)) return;
    if (valueC >= T4.coldC) {
      this.#under.delete(device);
      return;
    }
    this.#lastC = valueC;
    const before = this.#under.get(device);
    const very = valueC < T4.veryColdC ? (before?.very ?? 0) + 1 : 0;
    const sureMs = before?.sureMs ?? (very >= T4.samples ? atMs : null);
    this.#under.set(device, { sinceMs: before?.sinceMs ?? atMs, very, sureMs });
  }

  dueMs(): number | null {
    if (this.#under.size === 0) return null;
    let dueMs: number | null = null;
    for (const { sinceMs, sureMs } of this.#under.values())
      dueMs = Math.min(dueMs ?? Infinity, sureMs ?? Infinity, sinceMs + FOR_MS + CADENCE_MS);
    return dueMs;
  }

  says(): string {
    return `the cold water is ${this.#lastC.toFixed(1)} C, colder than T4 allows`;
  }
}

/** Countdowns in devices count whole seconds, and are looked at in turns. */
const TIMER_MS = 1_100;

/**
 * T6, on a stream: every supply has let the lease run out that it had accepted. No renewal can have been acknowledged
 * since, so contact had to end before.
 */
export class Lease implements Sign {
  readonly #judges: boolean;
  readonly #untilMs = new Map<string, number>();
  /** When the last of them ends; -Infinity: there was none. */
  #lastMs = -Infinity;
  #running = false;

  constructor({ station }: SessionFacts) {
    this.#judges = station.vessel === 'stream' && station.plumbing !== 'cues';
  }

  event(event: Of<'leased' | 'state'>): void {
    if (event.type === 'leased' && isSupply(event.output) && event.output !== 'master') {
      this.#untilMs.set(event.output, event.atMs + event.forMs);
      this.#lastMs = largest(this.#untilMs.values());
    }
    // Between two waters no valve need be open.
    else if (event.type === 'state') this.#running = event.phase === 'warm' || event.phase === 'cold';
  }

  dueMs({ atMs }: Tick): number | null {
    if (!this.#judges || !this.#running || atMs < this.#lastMs) return null;
    return this.#lastMs === -Infinity ? null : this.#lastMs + TIMER_MS;
  }

  says(atMs: number): string {
    const forS = (atMs - this.#lastMs) / 1_000;
    return `the last lease ended ${forS.toFixed(1)} s ago, and T6 has not ended it`;
  }
}

/** L12, and what the sum may differ by for when a reading counts from. */
const L12 = { session: 0.3, day: 0.6, slack: 0.01 };
const PLACES_MS = 3_600_000;

/** T12: by the highest of the readings, in warm steps. */
export class Dose implements Sign {
  readonly #probes: ReadonlySet<string>;
  readonly #latest = new Map<string, number>();
  /** Of the person's other sessions in the last 24 h. */
  #before: number;
  #session = 0;
  #phase = '';
  #fromMs = 0;
  #overMs: number | null = null;
  /** The highest reading of the last look, and for how long it is safe, seconds. */
  #hottestC = NaN;
  #safeS = Infinity;

  constructor(facts: SessionFacts) {
    const beside = isBeside(facts);
    const ofWarm = probesOf(facts).filter(({ basin }) => !beside || basin !== 'cold');
    this.#probes = new Set(ofWarm.map(({ id }) => id));
    // Those at the very edge of the day may be outside of it by the time that contact begins.
    const counts = facts.person.past.filter(({ endedAgoMs }) => endedAgoMs < DAY_MS - PLACES_MS);
    this.#before = counts.reduce((sum, { dose = 0 }) => sum + dose, 0);
  }

  event(event: Of<'state' | 'fault' | 'journal'>): void {
    if (event.type === 'state') this.#phase = event.phase;
    else if (event.type === 'fault' && event.id.startsWith('time-')) this.#before = -Infinity;
    else if (event.type === 'journal' && event.record === 'start') {
      this.#session = 0;
      this.#overMs = null;
    }
  }

  reading(reading: ReadingEvent): void {
    const valueC = waterC(reading);
    if (valueC !== null && this.#probes.has(reading.device)) this.#latest.set(reading.device, valueC);
  }

  /** With each look, in contact and out of it. */
  tick({ atMs, permitted }: Tick): void {
    const passedMs = atMs - this.#fromMs;
    this.#fromMs = atMs;
    if (!permitted || this.#phase !== 'warm' || this.#latest.size === 0) return;
    const hottestC = largest(this.#latest.values());
    // Looks come four times as often as readings.
    if (hottestC !== this.#hottestC) {
      this.#hottestC = hottestC;
      this.#safeS = Math.exp(113.4 - 28.3 * Math.log(hottestC));
    }
    if (hottestC > 36) this.#session += passedMs / 1_000 / this.#safeS;
    const most = Math.min(L12.session, L12.day - this.#before) + L12.slack;
    if (this.#session > most) this.#overMs ??= atMs;
  }

  dueMs(): number | null {
    return this.#overMs;
  }

  says(): string {
    const day = Number.isFinite(this.#before) ? `, ${(this.#before + this.#session).toFixed(2)} in 24 h` : '';
    return `the heat dose is ${this.#session.toFixed(2)}${day}, more than T12 allows`;
  }
}

const ABSENT_MS = 10_000;
const SEES_MS = 1_000;

/** T13: every sensor that says something of who is there says that nobody is. */
export class Absence implements Sign {
  readonly #sensors: ReadonlySet<string>;
  readonly #said = new Map<string, boolean>();
  #absentMs: number | null = null;
  #contactMs: number | null = null;

  constructor({ station }: SessionFacts) {
    this.#sensors = new Set(station.devices.filter(({ role }) => role === 'presence').map(({ id }) => id));
  }

  event(event: Of<'permitted' | 'booted'>): void {
    if (event.type === 'permitted') this.#contactMs = event.on ? event.atMs : null;
    else {
      this.#said.clear();
      this.#absentMs = null;
    }
  }

  reading({ device, kind, value, atMs }: ReadingEvent): void {
    if (kind !== 'presence' || !this.#sensors.has(device)) return;
    if (value === null) this.#said.delete(device);
    else this.#said.set(device, value === 'present');
    const said = [...this.#said.values()];
    this.#absentMs = said.length > 0 && !said.includes(true) ? (this.#absentMs ?? atMs) : null;
  }

  dueMs(): number | null {
    if (this.#absentMs === null || this.#contactMs === null) return null;
    return Math.max(this.#absentMs, this.#contactMs) + ABSENT_MS + SEES_MS;
  }

  says(atMs: number): string {
    return `nobody has been there for ${((atMs - (this.#absentMs ?? atMs)) / 1_000).toFixed(1)} s (T13)`;
  }
}

const ANSWER_MS = 30_000;

/** T13: the question "still OK?" has been shown for 30 s. */
export class Question implements Sign {
  #open: { readonly id: string; readonly sinceMs: number } | null = null;

  event(event: Of<'state'>): void {
    const { question, atMs } = event;
    if (question === undefined) this.#open = null;
    else if (this.#open?.id !== question) this.#open = { id: question, sinceMs: atMs };
  }

  dueMs(): number | null {
    return this.#open === null ? null : this.#open.sinceMs + ANSWER_MS;
  }

  says(atMs: number): string {
    return `"still OK?" was asked ${((atMs - (this.#open?.sinceMs ?? atMs)) / 1_000).toFixed(1)} s ago (T13)`;
  }
}
