import { MINUTE_MS } from '../../src/model/units.ts';
import type { Random } from '../../src/random/random.ts';

/** How somebody lives with their desk. Shares are from 0 to 1, of each minute to which they apply. */
export interface DeskHabits {
  readonly name: string;
  /** Their day begins so much later than the config has it, minutes: the same desk, on another shift. */
  readonly shiftMin: number;
  /** A minute at the desk: how likely they get up, and a minute away: how likely they sit down again. */
  readonly leaves: number;
  readonly returns: number;
  /** A minute at the desk: how likely a meeting begins there, for which they want no disturbance. */
  readonly meets: number;
  /** A minute in which something is shown: how likely they press, and how likely that press is "later". */
  readonly answers: number;
  readonly snoozes: number;
  /** How the desk hears of them: plain sensors, a helper at their computer, or Home Assistant. */
  readonly hears: 'mqtt' | 'helper' | 'homeassistant';
  /** Weeks of a year, from 0, in which they are elsewhere altogether. */
  readonly away: readonly number[];
}

const USUAL = { shiftMin: 0, leaves: 0.01, returns: 0.12, meets: 0.001, away: [], hears: 'mqtt' } as const;

/** The people that a desk is tried with. */
export const DESK_PEOPLE: readonly DeskHabits[] = [
  { ...USUAL, name: 'adherent', answers: 0.7, snoozes: 0.05 },
  { ...USUAL, name: 'forgetful', hears: 'helper', answers: 0.03, snoozes: 0.3 },
  { ...USUAL, name: 'meeting-heavy', hears: 'homeassistant', meets: 0.012, answers: 0.5, snoozes: 0.2 },
  { ...USUAL, name: 'night-shift', shiftMin: 780, leaves: 0.012, returns: 0.1, answers: 0.5, snoozes: 0.1 },
  {
    ...USUAL,
    ...{ name: 'traveller', meets: 0.004, answers: 0.5, snoozes: 0.1 },
    away: [2, 3, 9, 14, 15, 22, 30, 31, 32, 40, 45, 51],
  },
];

/** What they have to act with, and to see. */
export interface DeskHands {
  press(how: 'press' | 'double'): void;
  presence(here: boolean): void;
  busy(on: boolean): void;
  /** The light at the desk is on, or blinks. */
  lit(): boolean;
}

/** Somebody at a desk, minute by minute: they come and go, are in meetings, look at the light and press, or do not. */
export class DeskPerson {
  here = false;
  /** Since when, monotonic: they are back after having been away, or gone. */
  sinceMs = -Infinity;
  /** Until when they want no disturbance, monotonic; -Infinity: they mind none. */
  busyUntilMs = -Infinity;
  busySinceMs = -Infinity;
  /** How long they were at the desk, altogether. */
  hereMs = 0;
  readonly #habits: DeskHabits;
  readonly #hands: DeskHands;
  readonly #random: Random;

  constructor(habits: DeskHabits, hands: DeskHands, random: Random) {
    this.#habits = habits;
    this.#hands = hands;
    this.#random = random;
    hands.busy(false);
    hands.presence(false);
  }

  /** A minute begins. `works`: it is one of those in which they are at work. */
  minute(works: boolean, nowMs: number): void {
    const { leaves, returns, meets } = this.#habits;
    if (this.here && (!works || this.#random.chance(leaves))) this.#move(false, nowMs);
    else if (!this.here && works && this.#random.chance(returns)) this.#move(true, nowMs);
    if (this.here) this.hereMs += MINUTE_MS;
    if (this.busyUntilMs !== -Infinity && nowMs >= this.busyUntilMs) {
      this.busyUntilMs = -Infinity;
      this.#hands.busy(false);
    }
    if (this.here && this.busyUntilMs === -Infinity && this.#random.chance(meets)) {
      this.busySinceMs = nowMs;
      this.busyUntilMs = nowMs + this.#random.int(15, 60) * MINUTE_MS;
      this.#hands.busy(true);
    }
  }

  /** They look up. */
  look(): void {
    const { answers, snoozes } = this.#habits;
    if (!this.here || !this.#hands.lit() || !this.#random.chance(answers)) return;
    this.#hands.press(this.#random.chance(snoozes) ? 'double' : 'press');
  }

  #move(here: boolean, nowMs: number): void {
    this.here = here;
    this.sinceMs = nowMs;
    this.#hands.presence(here);
  }
}
