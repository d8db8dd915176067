import type { Clock, Timer } from '../../../src/clock/clock.ts';
import type { Random } from '../../../src/random/random.ts';
import { BOARD_PINS, BYTE_MS, type Board, type BoardPin, type BoardWiring } from '../board.ts';
import { CYCLES_PER_MS, Chip } from './chip.ts';
import { Leases } from '../leases.ts';
import { Ds18b20 } from './ds18b20.ts';
import { flashOf } from './hex.ts';
import { thermistorVolts } from '../thermistor.ts';

const PLACES: Readonly<Record<BoardPin, { readonly port: 'B' | 'D'; readonly bit: number }>> = {
  v1: { port: 'D', bit: 4 },
  v2: { port: 'D', bit: 5 },
  v3: { port: 'D', bit: 6 },
  v4: { port: 'D', bit: 7 },
  light: { port: 'B', bit: 5 },
  buzzer: { port: 'B', bit: 1 },
};
const BUTTON_BIT = 2;
const PROBE_BIT = 3;
const BYTE_CYCLES = BYTE_MS * CYCLES_PER_MS;

export interface AvrBoardSetup {
  readonly clock: Clock;
  /** The firmware, as Intel hex. */
  readonly hex: string;
  readonly wiring: BoardWiring;
  /** What memory holds after power came, and the noise of an input that hangs in the air. */
  readonly random: Random;
  /** How far the clock goes between two looks at the chip, milliseconds. Inputs are exact, outputs tell their own time. */
  readonly stepMs?: number;
  /** See Chip. */
  readonly coarse?: boolean;
}

/** The valve board with its own firmware, instruction by instruction, in lock-step with a clock. */
export class AvrBoard implements Board {
  readonly chip: Chip;
  readonly probe: Ds18b20 | null;
  readonly #clock: Clock;
  readonly #wiring: BoardWiring;
  readonly #stepMs: number;
  readonly #startMs: number;
  readonly #byteListeners: ((byte: number, atMs: number) => void)[] = [];
  readonly #edgeListeners: ((pin: BoardPin, high: boolean, atMs: number) => void)[] = [];
  readonly #high = new Set<BoardPin>();
  #wireFreeAt = 0;
  #wireLow = false;
  #on = true;
  #timer: Timer | null = null;

  constructor({ clock, hex, wiring, random, stepMs = 1, coarse = true }: AvrBoardSetup) {
    this.#clock = clock;
    this.#wiring = wiring;
    this.#stepMs = stepMs;
    this.#startMs = clock.nowMs();
    const leases = new Leases(wiring.outputs);
    this.chip = new Chip(
      flashOf(hex),
      {
        driven: (port, high, low) => {
          this.#driven(port, high, low);
        },
        volts: (channel) =>
          channel === 0 ? thermistorVolts(wiring.thermistor.read()) : random.between(1.5, 3.5),
        transmitted: (byte, cycles) => {
          this.chip.at(this.chip.cycles + cycles, () => {
            if (!this.#on) return;
            leases.hear(byte);
            for (const listener of this.#byteListeners) listener(byte, this.#nowMs());
          });
        },
        noise: () => random.int(0, 255),
      },
      coarse,
    );
    this.probe = wiring.probe === null ? null : this.#wire(wiring.probe.read.bind(wiring.probe));
    wiring.button.onChange(() => {
      this.#catchUp();
      this.chip.drive('D', BUTTON_BIT, !wiring.button.read());
    });
    this.chip.drive('D', BUTTON_BIT, !wiring.button.read());
    this.#pump();
  }

  send(bytes: Uint8Array): void {
    this.#catchUp();
    this.#wireFreeAt = Math.max(this.#wireFreeAt, this.#cycle());
    for (const byte of bytes) {
      this.#wireFreeAt += BYTE_CYCLES;
      this.chip.at(this.#wireFreeAt, () => {
        if (this.#on) this.chip.receive(byte);
      });
    }
  }

  onByte(listener: (byte: number, atMs: number) => void): void {
    this.#byteListeners.push(listener);
  }

  onEdge(listener: (pin: BoardPin, high: boolean, atMs: number) => void): void {
    this.#edgeListeners.push(listener);
  }

  high(pin: BoardPin): boolean {
    return this.#high.has(pin);
  }

  powerOff(): void {
    this.#catchUp();
    this.#on = false;
    for (const pin of BOARD_PINS) this.#edge(pin, false);
  }

  powerOn(): void {
    this.#catchUp();
    this.#on = true;
    this.chip.reset('power');
  }

  reset(): void {
    this.#catchUp();
    this.chip.reset('external');
  }

  hang(): void {
    this.#catchUp();
    this.chip.freeze();
  }

  close(): void {
    this.#timer?.cancel();
  }

  #cycle(): number {
    return (this.#clock.nowMs() - this.#startMs) * CYCLES_PER_MS;
  }

  #nowMs(): number {
    return this.#startMs + this.chip.cycles / CYCLES_PER_MS;
  }

  #catchUp(): void {
    this.chip.run(this.#cycle());
  }

  #pump(): void {
    this.#catchUp();
    this.#timer = this.#clock.at(this.#clock.nowMs() + this.#stepMs, 'valve board', () => {
      this.#pump();
    });
  }

  #driven(port: 'B' | 'D', high: number, low: number): void {
    for (const pin of BOARD_PINS) {
      const place = PLACES[pin];
      if (place.port === port) this.#edge(pin, this.#on && (high & (1 << place.bit)) !== 0);
    }
    const wireLow = port === 'D' ? (low & (1 << PROBE_BIT)) !== 0 : this.#wireLow;
    if (wireLow === this.#wireLow) return;
    this.#wireLow = wireLow;
    this.probe?.line(wireLow);
  }

  #edge(pin: BoardPin, high: boolean): void {
    if (this.#high.has(pin) === high) return;
    if (high) this.#high.add(pin);
    else this.#high.delete(pin);
    this.#wiring.outputs[pin]?.set(high);
    for (const listener of this.#edgeListeners) listener(pin, high, this.#nowMs());
  }

  #wire(read: () => number): Ds18b20 {
    const perUs = CYCLES_PER_MS / 1000;
    return new Ds18b20(
      {
        nowUs: () => this.chip.cycles / perUs,
        atUs: (us, callback) => {
          this.chip.at(us * perUs, callback);
        },
        pull: (low) => {
          this.chip.drive('D', PROBE_BIT, !low);
        },
      },
      read,
    );
  }
}
