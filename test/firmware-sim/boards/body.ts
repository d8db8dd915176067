import { readFileSync } from 'node:fs';
import { HEX_FILE } from '../../../firmware/build.ts';
import { AvrBoard } from '../../../firmware-sim/boards/avr/index.ts';
import {
  BOARD_PINS,
  type Board,
  type BoardPin,
  type BoardWiring,
} from '../../../firmware-sim/boards/board.ts';
import { TwinBoard } from '../../../firmware-sim/boards/twin/index.ts';
import { VirtualClock } from '../../../src/clock/virtual.ts';
import { Random } from '../../../src/random/random.ts';

export interface Edge {
  readonly pin: BoardPin;
  readonly high: boolean;
  readonly atMs: number;
}

/** What hangs on a simulated board, to be turned by a test; a real one has it on the bench, out of reach. */
export interface Rig {
  readonly edges: readonly Edge[];
  /** What the outputs were told of: `v1 2000`. */
  readonly leases: readonly string[];
  readonly high: (pin: BoardPin) => boolean;
  /** NaN is a cut wire, Infinity a shorted one. */
  thermistorC: number;
  probeC: number;
  /** The DS18B20 answers with a wrong checksum. */
  readonly corruptProbe: (wrong: boolean) => void;
  readonly press: (down: boolean) => void;
  readonly power: (on: boolean) => void;
  readonly reset: () => void;
  /** Its processor stands still. */
  readonly hang: () => void;
}

/** A board as the conformance suite holds it. */
export interface Body {
  readonly nowMs: () => number;
  readonly send: (bytes: Uint8Array) => void;
  readonly onByte: (listener: (byte: number, atMs: number) => void) => void;
  readonly pass: (ms: number) => Promise<void>;
  readonly close: () => Promise<void>;
  readonly rig: Rig | null;
}

export const HEX = readFileSync(HEX_FILE, 'utf8');

/** Everything that a simulated board is wired to, in the hands of a test. */
export class TestRig implements Rig {
  readonly edges: Edge[] = [];
  probeC = 38;
  #thermistorC = 38;
  #jumped: () => void = () => undefined;
  #pressed = false;
  readonly #listeners: (() => void)[] = [];
  #board: Board | null = null;

  readonly leases: string[] = [];
  readonly wiring: BoardWiring = {
    outputs: Object.fromEntries(
      BOARD_PINS.map((pin) => [
        pin,
        { set: () => undefined, leased: (forMs: number) => this.leases.push(`${pin} ${forMs}`) },
      ]),
    ),
    thermistor: {
      read: () => this.thermistorC,
      onJump: (listener) => {
        this.#jumped = listener;
      },
    },
    probe: { read: () => this.probeC },
    button: {
      read: () => this.#pressed,
      onChange: (listener) => {
        this.#listeners.push(listener);
      },
    },
  };

  get thermistorC(): number {
    return this.#thermistorC;
  }

  set thermistorC(tempC: number) {
    this.#thermistorC = tempC;
    this.#jumped();
  }

  attach(board: Board): void {
    this.#board = board;
    board.onEdge((pin, high, atMs) => {
      this.edges.push({ pin, high, atMs });
    });
  }

  readonly high = (pin: BoardPin): boolean => this.#board?.high(pin) ?? false;
  readonly press = (down: boolean): void => {
    this.#pressed = down;
    for (const listener of this.#listeners) listener();
  };
  readonly power = (on: boolean): void => {
    if (on) this.#board?.powerOn();
    else this.#board?.powerOff();
  };
  readonly reset = (): void => {
    this.#board?.reset();
  };
  readonly hang = (): void => {
    this.#board?.hang();
  };
  corruptProbe = (_wrong: boolean): void => undefined;

  allLow(): boolean {
    return BOARD_PINS.every((pin) => !this.high(pin));
  }
}

/** A simulated board on a virtual clock, with what it is wired to in reach. */
function simulated<Made extends Board>(
  clock: VirtualClock,
  rig: TestRig,
  board: Made,
): Body & { readonly rig: TestRig; readonly board: Made; readonly clock: VirtualClock } {
  rig.attach(board);
  return {
    rig,
    board,
    clock,
    nowMs: () => clock.nowMs(),
    send: (bytes) => {
      board.send(bytes);
    },
    onByte: (listener) => {
      board.onByte(listener);
    },
    pass: (ms) => {
      clock.runUntil(clock.nowMs() + ms);
      return Promise.resolve();
    },
    close: () => {
      board.close();
      return Promise.resolve();
    },
  };
}

/** The committed firmware in the emulator; with its chip in reach for those who break it. */
export function avrBody(seed = 1, hex = HEX): ReturnType<typeof simulated<AvrBoard>> {
  const [clock, rig] = [new VirtualClock(), new TestRig()];
  const board = new AvrBoard({ clock, hex, wiring: rig.wiring, random: new Random(seed, 'board') });
  rig.corruptProbe = (wrong) => {
    if (board.probe !== null) board.probe.corrupt = wrong;
  };
  return simulated(clock, rig, board);
}

/** The model of it. */
export function twinBody(seed = 1): ReturnType<typeof simulated<TwinBoard>> {
  const [clock, rig] = [new VirtualClock(), new TestRig()];
  const board = new TwinBoard({ clock, wiring: rig.wiring, random: new Random(seed, 'board') });
  rig.corruptProbe = (wrong) => {
    board.corruptProbe = wrong;
  };
  return simulated(clock, rig, board);
}
