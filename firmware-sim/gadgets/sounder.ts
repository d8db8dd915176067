import type { Clock } from '../../src/clock/clock.ts';
import type { RelayPort } from './ports.ts';

/** Low for so long is silence: a tone of 100 Hz is low for 5 ms. */
const SILENT_MS = 20;

/** A buzzer at a pin, active or passive: what a person hears is that it sounds, not each swing of its tone. */
export class Sounder implements RelayPort {
  readonly #clock: Clock;
  readonly #heard: RelayPort;
  #sounds = false;
  #high = false;
  #fellMs = 0;
  #listening = false;

  constructor(clock: Clock, heard: RelayPort) {
    this.#clock = clock;
    this.#heard = heard;
  }

  set(high: boolean): void {
    this.#high = high;
    if (!high) {
      this.#fellMs = this.#clock.nowMs();
      this.#listen();
    } else if (!this.#sounds) {
      this.#sounds = true;
      this.#heard.set(true);
    }
  }

  #listen(): void {
    if (this.#listening || !this.#sounds) return;
    this.#listening = true;
    this.#clock.at(this.#fellMs + SILENT_MS, 'silence', () => {
      this.#listening = false;
      if (this.#high) return;
      if (this.#clock.nowMs() < this.#fellMs + SILENT_MS) {
        this.#listen();
        return;
      }
      this.#sounds = false;
      this.#heard.set(false);
    });
  }
}
