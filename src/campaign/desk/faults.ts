import type { DeskHabits } from '../../../firmware-sim/people/desk-person.ts';
import type { VirtualClock } from '../../clock/virtual.ts';
import { MINUTE_MS, SECOND_MS } from '../../model/units.ts';
import type { Random } from '../../random/random.ts';
import type { DeskHouse } from './house.ts';

/** What goes wrong at a desk. */
const KINDS = ['cut', 'broker', 'restart', 'flicker', 'reboot', 'hang', 'silent'] as const;
type Kind = (typeof KINDS)[number];

/** Of each minute at work: how likely something goes wrong in it. */
const LIKELY = 1 / 180;
/** Home Assistant is looked for with growing waits. */
const FOUND_MS = 90 * SECOND_MS;

/**
 * Outages, restarts and flickers of a desk, one at a time, by seed: the controller cut off from the broker, a broker that
 * restarts, a controller that is killed and begins anew, a wish not to be disturbed that flickers, a Home Assistant that
 * restarts or hangs, and a helper at the computer that dies.
 */
export class DeskFaults {
  count = 0;
  readonly #house: DeskHouse;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #kinds: readonly Kind[];
  /** How long after its link is back all is heard: the helper speaks each 30 s. */
  readonly #heardMs: number;
  #deaf = { sinceMs: -Infinity, untilMs: -Infinity };
  #helperDead = false;
  #flickers = false;

  constructor(house: DeskHouse, { hears }: DeskHabits, clock: VirtualClock, random: Random) {
    this.#house = house;
    this.#clock = clock;
    this.#random = random;
    this.#heardMs = hears === 'helper' ? 35 * SECOND_MS : 5 * SECOND_MS;
    this.#kinds = KINDS.filter((kind) => {
      if (kind === 'silent') return hears === 'helper';
      return !['reboot', 'hang'].includes(kind) || hears === 'homeassistant';
    });
  }

  /** What the person does may not be heard. */
  get isDeaf(): boolean {
    return this.#clock.nowMs() < this.#deaf.untilMs;
  }

  /** For how long that has been, or had been until a minute ago, milliseconds. */
  get deafMs(): number {
    const { sinceMs, untilMs } = this.#deaf;
    const nowMs = this.#clock.nowMs();
    return untilMs < nowMs - MINUTE_MS ? 0 : Math.min(nowMs, untilMs) - sinceMs;
  }

  get helperDead(): boolean {
    return this.#helperDead;
  }

  /** A minute at work begins. */
  minute(): void {
    if (this.isDeaf || this.#flickers || !this.#random.chance(LIKELY)) return;
    const kind = this.#kinds[this.#random.int(0, this.#kinds.length - 1)];
    if (kind === undefined) return;
    this.count += 1;
    if (kind === 'flicker') this.#flicker();
    else this.#begin(kind);
  }

  #begin(kind: Exclude<Kind, 'flicker'>): void {
    const { assistant } = this.#house;
    const house = this.#house;
    const forMs = (fromS: number, toS: number): number => this.#random.int(fromS, toS) * SECOND_MS;
    switch (kind) {
      case 'cut':
        house.cut();
        {
          this.#ends(forMs(3, 1_200), this.#heardMs, () => {
            house.mend();
          });
          return;
        }
      case 'broker':
        house.stopBroker();
        {
          this.#ends(forMs(3, 600), this.#heardMs, () => {
            house.startBroker();
          });
          return;
        }
      case 'restart':
        house.kill();
        {
          this.#ends(forMs(3, 900), this.#heardMs, () => {
            house.boot();
          });
          return;
        }
      case 'reboot':
        assistant?.reboot();
        {
          this.#ends(20 * SECOND_MS, FOUND_MS, () => {
            house.tellAssistant();
          });
          return;
        }
      case 'hang':
        assistant?.disconnect();
        {
          this.#ends(forMs(30, 480), FOUND_MS, () => {
            assistant?.reconnect();
          });
          return;
        }
      case 'silent':
        this.#helperDead = true;
        {
          this.#ends(forMs(60, 1_800), 35 * SECOND_MS, () => {
            this.#helperDead = false;
          });
          return;
        }
    }
  }

  #ends(afterMs: number, heardMs: number, mend: () => void): void {
    const sinceMs = this.#clock.nowMs();
    this.#deaf = { sinceMs, untilMs: sinceMs + afterMs + heardMs };
    this.#clock.at(sinceMs + afterMs, 'mended', mend);
  }

  /** Somebody's calendar, or a loose wire: busy for a moment, again and again. */
  #flicker(): void {
    this.#flickers = true;
    let atMs = this.#clock.nowMs() + 7 * SECOND_MS;
    for (let left = this.#random.int(4, 14); left > 0; left -= 1) {
      this.#clock.at(atMs, 'flicker on', () => {
        this.#house.flicker(true);
      });
      this.#clock.at(atMs + 20 * SECOND_MS, 'flicker off', () => {
        this.#house.flicker(this.#house.isBusy);
      });
      atMs += this.#random.int(30, 120) * SECOND_MS;
    }
    this.#clock.at(atMs + MINUTE_MS, 'flicker over', () => {
      this.#flickers = false;
    });
  }
}
