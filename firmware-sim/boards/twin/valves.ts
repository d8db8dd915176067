import * as LIMITS from './limits.ts';
import type { News, Why } from './news.ts';
import type { Alarm, Ticks } from './ticks.ts';

export const HOT = 0;
const COLD = 1;

export type Latch = 'stop' | 'hot' | 'sensor';
export type Refusal = 'stop' | 'hot' | 'sensor' | 'cap' | 'interlock';

/** What of the other parts says whether water may run. */
export interface Conditions {
  buttonHeld(atMs: number): boolean;
  /** The thermistor has had a sound reading since the start. */
  hotKnown(): boolean;
}

/** What a valve is soldered to. */
export interface Output {
  set(high: boolean, atMs: number): void;
  leased(forMs: number): void;
}

/** Times are ticks of the board. */
interface Valve {
  readonly output: Output;
  readonly capMs: number | null;
  readonly alarm: Alarm;
  open: boolean;
  until: number;
  openedAt: number;
  shutAt: number;
  /** Ticks open since the last break, without the opening under way. */
  run: number;
}

/** Leases, link, interlock, caps and latches of the four outputs. */
export class Valves {
  readonly #ticks: Ticks;
  readonly #news: News;
  readonly #conditions: Conditions;
  readonly #valves: readonly Valve[];
  readonly #latches = new Set<Latch>();
  readonly #link: Alarm;

  constructor(ticks: Ticks, news: News, conditions: Conditions, outputs: readonly Output[]) {
    this.#ticks = ticks;
    this.#news = news;
    this.#conditions = conditions;
    this.#valves = outputs.map((output, index) => ({
      output,
      capMs: LIMITS.RUN_CAP_MS[index] ?? null,
      alarm: ticks.alarm('board: valve', (dueMs) => {
        this.#due(index, dueMs);
      }),
      ...{ open: false, until: 0, openedAt: 0, shutAt: 0, run: 0 },
    }));
    this.#link = ticks.alarm('board: link', (dueMs) => {
      this.shutAll('link', dueMs);
      news.lost(dueMs);
    });
  }

  get anyOpen(): boolean {
    return this.#valves.some(({ open }) => open);
  }

  /** Hot or cold has run too long and has not yet rested. */
  anyCapped(atMs: number): boolean {
    const now = this.#ticks.at(atMs);
    return this.#capped(this.#valve(HOT), now) || this.#capped(this.#valve(COLD), now);
  }

  /** Milliseconds of its lease; 0 is shut. */
  left(index: number, atMs: number): number {
    const { open, until } = this.#valve(index);
    return open ? Math.max(1, until - this.#ticks.at(atMs)) : 0;
  }

  latched(latch: Latch): boolean {
    return this.#latches.has(latch);
  }

  latch(latch: Latch): void {
    this.#latches.add(latch);
  }

  clear(): void {
    this.#latches.clear();
  }

  /** A valid request was heard. */
  renewLink(atMs: number): void {
    this.#link.set(this.#ticks.timeOf(this.#ticks.at(atMs) + LIMITS.LINK_LEASE_MS));
  }

  /** Why it stays shut; null: it is open for so long. */
  open(index: number, ms: number, atMs: number): Refusal | null {
    const now = this.#ticks.at(atMs);
    const refusal = this.#refusal(index, now, atMs);
    if (refusal !== null) return refusal;
    const valve = this.#valve(index);
    if (!valve.open) {
      valve.run = this.#runOf(valve, now);
      valve.open = true;
      valve.openedAt = now;
    }
    valve.until = now + ms;
    this.#arm(valve);
    valve.output.set(true, atMs);
    valve.output.leased(ms);
    return null;
  }

  /** `why` null: it was asked for, and nothing is told of it. */
  shut(index: number, why: Why | null, atMs: number): void {
    const valve = this.#valve(index);
    if (!valve.open) return;
    const now = this.#ticks.at(atMs);
    valve.run += now - valve.openedAt;
    valve.open = false;
    valve.shutAt = now;
    valve.alarm.set(null);
    valve.output.set(false, atMs);
    if (why !== null) this.#news.closed(index, why, atMs);
  }

  shutAll(why: Why, atMs: number): void {
    for (const index of this.#valves.keys()) this.shut(index, why, atMs);
  }

  stop(by: 'host' | 'button', atMs: number): void {
    this.shutAll('stop', atMs);
    this.latch('stop');
    this.#news.stopped(by, atMs);
  }

  /** Shuts hot and holds it; told once, until it is cleared. */
  trip(why: 'hot' | 'sensor', tempC: number | null, atMs: number): void {
    this.shut(HOT, why, atMs);
    if (!this.latched(why)) this.#news.tripped({ why, tempC }, atMs);
    this.latch(why);
  }

  #valve(index: number): Valve {
    const valve = this.#valves[index];
    if (valve === undefined) throw new RangeError(`the board has no valve ${index + 1}`);
    return valve;
  }

  #refusal(index: number, now: number, atMs: number): Refusal | null {
    if (this.latched('stop') || this.#conditions.buttonHeld(atMs)) return 'stop';
    if (index === HOT) {
      if (this.latched('hot')) return 'hot';
      if (this.latched('sensor') || !this.#conditions.hotKnown()) return 'sensor';
    }
    if (index > COLD) return null;
    if (this.#capped(this.#valve(index), now)) return 'cap';
    const other = this.#valve(index === HOT ? COLD : HOT);
    if (other.open || now - other.shutAt < LIMITS.BREAK_BEFORE_MAKE_MS) return 'interlock';
    return null;
  }

  #runOf(valve: Valve, now: number): number {
    if (valve.open) return valve.run + now - valve.openedAt;
    return now - valve.shutAt > LIMITS.RUN_BREAK_MS ? 0 : valve.run;
  }

  #capped(valve: Valve, now: number): boolean {
    return valve.capMs !== null && this.#runOf(valve, now) >= valve.capMs;
  }

  #capAt({ capMs, openedAt, run }: Valve): number {
    return capMs === null ? Infinity : openedAt + capMs - run;
  }

  #arm(valve: Valve): void {
    valve.alarm.set(this.#ticks.timeOf(Math.min(valve.until, this.#capAt(valve))));
  }

  #due(index: number, dueMs: number): void {
    const valve = this.#valve(index);
    this.shut(index, valve.until <= this.#ticks.at(dueMs) ? 'lease' : 'cap', dueMs);
  }
}
