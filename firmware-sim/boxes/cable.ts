import type { Clock } from '../../src/clock/clock.ts';
import type { Plug, PlugIn } from '../../src/model/port.ts';
import type { Random } from '../../src/random/random.ts';

export const WAYS = ['both', 'to-board', 'to-computer'] as const;
export type Way = (typeof WAYS)[number];

/** How a serial line mistreats what goes over it. */
export interface LineNoise {
  readonly way: Way;
  /** Shares of the bytes that are lost, or have a bit flipped, 0 to 1. */
  readonly drop: number;
  readonly flip: number;
  /** At most that much later, milliseconds; nothing overtakes anything. */
  readonly delayMs: number;
  /** Bytes that nobody sent, a second. */
  readonly garbage: number;
}

/** What can be done to a port by hand. */
export interface PortFaults {
  /** The cable is pulled, and the board lives on; `noticed: false`: the computer is not told. */
  unplug(noticed: boolean): void;
  plugIn(): void;
  /** null: the line is whole again. */
  disturb(how: LineNoise | null): void;
  /** The processor of the board stands still, until its watchdog resets it. */
  hang(): void;
}

export interface CableOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly path: string;
  readonly plug: PlugIn;
  readonly toBoard: (bytes: Uint8Array) => void;
  /** The computer opened the port, or closed it. */
  readonly onOpen: (open: boolean) => void;
}

/** How often what nobody sent comes, milliseconds. */
const GARBAGE_MS = 25;

/** The cable between a computer and a board: it can be pulled, and it can be a bad one. */
export class Cable {
  readonly #options: CableOptions;
  #plug: Plug | null = null;
  #noise: LineNoise | null = null;
  /** What comes later than this belongs to another noise. */
  #epoch = 0;
  readonly #throughMs = { 'to-board': 0, 'to-computer': 0 };

  constructor(options: CableOptions) {
    this.#options = options;
    this.plugIn();
  }

  plugIn(): void {
    if (this.#plug !== null) return;
    const { path, plug, onOpen } = this.#options;
    const plugged = plug(path);
    this.#plug = plugged;
    plugged.onData((bytes) => {
      this.#pass('to-board', bytes);
    });
    plugged.onOpen((open) => {
      if (this.#plug === plugged) onOpen(open);
    });
  }

  unplug(noticed: boolean): void {
    const plug = this.#plug;
    this.#plug = null;
    plug?.unplug({ noticed });
  }

  toComputer(bytes: Uint8Array): void {
    this.#pass('to-computer', bytes);
  }

  disturb(how: LineNoise | null): void {
    this.#epoch += 1;
    this.#noise = how;
    if (how !== null && how.garbage > 0) this.#babble(how, this.#epoch);
  }

  #deliver(way: Exclude<Way, 'both'>, bytes: Uint8Array): void {
    if (this.#plug === null) return;
    if (way === 'to-board') this.#options.toBoard(bytes);
    else this.#plug.write(bytes);
  }

  #pass(way: Exclude<Way, 'both'>, bytes: Uint8Array): void {
    const noise = this.#noise;
    const { clock, random } = this.#options;
    if (noise === null || (noise.way !== 'both' && noise.way !== way)) {
      this.#deliver(way, bytes);
      return;
    }
    const left = [...bytes].filter(() => !random.chance(noise.drop));
    const crippled = Uint8Array.from(left, (byte) =>
      random.chance(noise.flip) ? byte ^ (1 << random.int(0, 7)) : byte,
    );
    if (noise.delayMs === 0) {
      this.#deliver(way, crippled);
      return;
    }
    const plug = this.#plug;
    const atMs = Math.max(clock.nowMs() + random.between(0, noise.delayMs), this.#throughMs[way]);
    this.#throughMs[way] = atMs;
    clock.at(atMs, 'late on the line', () => {
      if (this.#plug === plug) this.#deliver(way, crippled);
    });
  }

  #babble(noise: LineNoise, epoch: number): void {
    const { clock, random } = this.#options;
    clock.at(clock.nowMs() + GARBAGE_MS, 'garbage on the line', () => {
      if (epoch !== this.#epoch) return;
      for (const way of ['to-board', 'to-computer'] as const) {
        if (noise.way !== 'both' && noise.way !== way) continue;
        const length = Math.round(random.between(0, (2 * noise.garbage * GARBAGE_MS) / 1_000));
        if (length > 0)
          this.#deliver(
            way,
            Uint8Array.from({ length }, () => random.int(0, 255)),
          );
      }
      this.#babble(noise, epoch);
    });
  }
}
