import { isStream } from './outputs.ts';
import type { Sides } from './outputs.ts';
import type { Troubles } from './troubles.ts';
import type { Happening, SessionFacts, Tick } from '../trace.ts';

type Side = 'warm' | 'cold';

/**
 * How long contact with each side has been permitted, in the running step and in the session. On a stream a step is the
 * time that its valve is truly open, between vessels that its cue stands. A valve that a fault holds counts for nothing.
 */
export class Steps {
  readonly #sides: Sides;
  readonly #troubles: Troubles;
  readonly #stream: boolean;
  #atMs = 0;
  /** The side whose water was gone while its cue stood: until the other one is cued, what comes back is the same step. */
  #gone: Side | null = null;
  /** At this tick a step runs over somebody. */
  runs = false;
  /** The side of the running step, and how long it has run. */
  side: Side | null = null;
  stepMs = 0;
  warmMs = 0;
  coldMs = 0;
  /** How many warm and cold steps have begun. */
  warmSteps = 0;
  coldSteps = 0;

  /** Both of them are told of each event first. */
  constructor(facts: SessionFacts, sides: Sides, troubles: Troubles) {
    this.#stream = isStream(facts);
    this.#sides = sides;
    this.#troubles = troubles;
  }

  event(event: Happening): void {
    const { cue } = this.#sides;
    if (cue !== null && cue !== this.#gone) this.#gone = null;
    // The sums are those of a session; one that is continued goes on with them, in the step that was cut short.
    if (event.type === 'journal' && event.record === 'start') this.#reset();
  }

  tick(tick: Tick): void {
    this.runs = this.#isRunning(tick);
  }

  #isRunning(tick: Tick): boolean {
    const fromMs = this.#atMs;
    const passedMs = tick.atMs - fromMs;
    this.#atMs = tick.atMs;
    if (!tick.permitted || !tick.alive) return false;
    // Water that stands cannot be closed, and a cue can only be taken back by a computer that runs: what it owes is to
    // end the step in the moment in which it runs again. Its own time goes on while it hangs, and not while it sleeps.
    if (!this.#stream && this.#troubles.frozen(tick.atMs)) {
      if (this.side !== null) this.#count(this.side, passedMs - this.#troubles.asleepMs(fromMs, tick.atMs));
      return false;
    }
    const side = this.#sideOf(tick);
    if (side === null) {
      // While a fault holds the other valve the step of this one ends with its own close.
      if (this.#stream && this.side !== null && !this.#runs(this.side, tick)) {
        this.#gone = this.#sides.cue === this.side ? this.side : null;
        this.side = null;
      }
      return false;
    }
    if (side !== this.side) {
      this.side = side;
      if (side === this.#gone) return true;
      this.stepMs = 0;
      if (side === 'warm') this.warmSteps += 1;
      else this.coldSteps += 1;
      return true;
    }
    this.#count(side, passedMs);
    return true;
  }

  /**
   * The running step has gone on for longer than that. Where its close may not arrive, on a stream, it goes on until the
   * lease of its valve is over: that is what is promised there.
   */
  overran(mostMs: number, atMs: number): boolean {
    const overMs = this.stepMs - mostMs;
    if (overMs <= 0) return false;
    const valve = this.side === 'warm' ? 'hot' : 'cold';
    return ![valve, 'mixer'].some((one) => this.#stream && this.#troubles.excuses(one, atMs - overMs, atMs));
  }

  #count(side: Side, passedMs: number): void {
    this.stepMs += passedMs;
    if (side === 'warm') this.warmMs += passedMs;
    else this.coldMs += passedMs;
  }

  #sideOf(tick: Tick): Side | null {
    if (!this.#stream) return this.#sides.cue;
    const warm = this.#sides.warm(tick) && !this.#holds('hot', tick.atMs);
    const cold = this.#sides.cold(tick) && !this.#holds('cold', tick.atMs);
    return warm === cold ? null : warm ? 'warm' : 'cold';
  }

  #runs(side: Side, tick: Tick): boolean {
    return side === 'warm' ? this.#sides.warm(tick) : this.#sides.cold(tick);
  }

  #holds(valve: string, atMs: number): boolean {
    return this.#troubles.holds(valve, atMs) || this.#troubles.holds('mixer', atMs);
  }

  #reset(): void {
    this.side = null;
    this.#gone = null;
    this.stepMs = 0;
    this.warmMs = 0;
    this.coldMs = 0;
    this.warmSteps = 0;
    this.coldSteps = 0;
  }
}
