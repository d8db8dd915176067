import { readFileSync } from 'node:fs';
import { HEX_FILE } from '../../../firmware/build.ts';
import { AvrBoard } from '../../../firmware-sim/boards/avr/index.ts';
import {
  BOARD_PINS,
  type Board,
  type BoardPin,
  type BoardWiring,
} from '../../../firmware-sim/boards/board.ts';
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
  readonly high: (pin: BoardPin) => boolean;
  /** NaN is a cut wire, Infinity a shorted one. */
  thermistorC: number;
  probeC: number;
  /** The DS18B20 answers with a wrong checksum. */
  readonly corruptProbe: (wrong: boolean) => void;
  readonly press: (down: boolean) => void;
  readonly power: (on: boolean) => void;
  readonly reset: () => void;
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
  thermistorC = 38;
  probeC = 38;
  #pressed = false;
  readonly #listeners: (() => void)[] = [];
  #board: Board | null = null;

  readonly wiring: BoardWiring = {
    outputs: {},
    thermistor: { read: () => this.thermistorC },
    probe: { read: () => this.probeC },
    button: {
      read: () => this.#pressed,
      onChange: (listener) => {
        this.#listeners.push(listener);
      },
    },
  };

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
  corruptProbe = (_wrong: boolean): void => undefined;

  allLow(): boolean {
    return BOARD_PINS.every((pin) => !this.high(pin));
  }
}

/** The committed firmware in the emulator, on a virtual clock; with its chip in reach for those who break it. */
export function avrBody(
  seed = 1,
  hex = HEX,
): Body & { readonly rig: TestRig; readonly board: AvrBoard; readonly clock: VirtualClock } {
  const clock = new VirtualClock();
  const rig = new TestRig();
  const board = new AvrBoard({ clock, hex, wiring: rig.wiring, random: new Random(seed, 'board') });
  rig.attach(board);
  rig.corruptProbe = (wrong) => {
    if (board.probe !== null) board.probe.corrupt = wrong;
  };
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
