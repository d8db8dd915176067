/** The valves that open water, and the master ahead of them. */
export type SupplyName = 'hot' | 'cold' | 'mixer';
export type ValveName = SupplyName | 'master';
/** What moves like a valve and delivers no water: a drain, whose coil holds it shut. */
export type DrainName = 'drain';
/** What is switched like a valve and moves no water: the relay of a heater. */
export type HeaterName = 'heater';

/** One time that water ran through a valve. Monotonic milliseconds; `closedAtMs` is null while it runs. */
export interface Opening {
  readonly valve: SupplyName;
  readonly openedAtMs: number;
  closedAtMs: number | null;
}

/**
 * An on/off valve that takes time to move, and counts as still in its old position until it has moved. It reads no
 * clock: the plant tells it the time.
 */
export class Valve<Name extends ValveName | DrainName | HeaterName = ValveName> {
  readonly name: Name;
  readonly #openMs: number;
  readonly #closeMs: number;
  #open = false;
  #wanted = false;
  #movesAtMs = Infinity;
  #jammed: boolean | null = null;
  #slow = 1;

  constructor(name: Name, openMs: number, closeMs: number) {
    this.name = name;
    this.#openMs = openMs;
    this.#closeMs = closeMs;
  }

  /** Where it truly is. */
  get open(): boolean {
    return this.#open;
  }

  /** When it will have moved; Infinity when it rests. */
  get movesAtMs(): number {
    return this.#movesAtMs;
  }

  /** Power on its coil, or off. Repeating it does not restart the travel. */
  drive(on: boolean, atMs: number): void {
    if (this.#wanted === on) return;
    this.#wanted = on;
    this.#start(atMs);
  }

  /** A fault: it stays in, or goes to, this position whatever it is told; null frees it. */
  jam(position: boolean | null, atMs: number): void {
    this.#jammed = position;
    this.#start(atMs);
  }

  /** A fault: from its next travel on it takes that many times as long; 1 frees it. */
  slow(times: number): void {
    this.#slow = times;
  }

  /** Takes up the position due at `atMs`; true if that changed anything. */
  settle(atMs: number): boolean {
    if (atMs < this.#movesAtMs) return false;
    this.#movesAtMs = Infinity;
    this.#open = this.#goal();
    return true;
  }

  #goal(): boolean {
    return this.#jammed ?? this.#wanted;
  }

  #start(atMs: number): void {
    if (this.#goal() === this.#open) this.#movesAtMs = Infinity;
    else this.#movesAtMs = atMs + (this.#goal() ? this.#openMs : this.#closeMs) * this.#slow;
  }
}
