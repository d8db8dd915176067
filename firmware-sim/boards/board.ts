import type { Clock } from '../../src/clock/clock.ts';
import type { Random } from '../../src/random/random.ts';
import type { ContactPort, ProbePort, RelayPort } from '../gadgets/ports.ts';

/** 115200 baud, 8N1: a byte is ten bits. */
export const BYTE_MS = 10_000 / 115_200;

/** The outputs of the valve board, as docs/board.md wires them: hot, cold, master, aux; light; buzzer. */
export type BoardPin = 'v1' | 'v2' | 'v3' | 'v4' | 'light' | 'buzzer';
export const BOARD_PINS: readonly BoardPin[] = ['v1', 'v2', 'v3', 'v4', 'light', 'buzzer'];

/** What hangs on the valve board. */
export interface BoardWiring {
  /**
   * Told of each edge of a pin, and of each lease of a valve that the board has accepted; a passive buzzer is toggled. A
   * board that resets lets go of all.
   */
  readonly outputs: Readonly<Partial<Record<BoardPin, RelayPort>>>;
  /** What the thermistor at A0 feels: NaN is a wire that is cut, Infinity one that is shorted. */
  readonly thermistor: ProbePort;
  /** What the DS18B20 at D3 feels, with NaN where its wire is cut; null where there is none. */
  readonly probe: ProbePort | null;
  /** True while it is pressed. */
  readonly button: ContactPort;
}

/**
 * The valve board as the end of its wire sees it, whatever it is made of: the firmware in an emulator, a model of it, or
 * one of copper. Times are those of the clock it was given, in milliseconds; an edge and a byte have their own time,
 * which may lie up to a step before the moment they are told.
 */
export interface Board {
  /** Puts bytes on the wire, behind those that still wait for it, at 115200 baud. */
  send(bytes: Uint8Array): void;
  /** A byte has left the board. */
  onByte(listener: (byte: number, atMs: number) => void): void;
  onEdge(listener: (pin: BoardPin, high: boolean, atMs: number) => void): void;
  /** Whether a pin is driven high now. */
  high(pin: BoardPin): boolean;
  /** All outputs let go, what was in RAM is noise. */
  powerOff(): void;
  powerOn(): void;
  /** The reset pin, as a computer that opens the port pulls it. */
  reset(): void;
  /** The processor stands still, with its outputs as they are, until the watchdog resets it. */
  hang(): void;
  /** Nothing of it runs any more. */
  close(): void;
}

/** How a simulated board is made of its parts: the firmware in the emulator, or its twin. */
export type MakeBoard = (setup: {
  readonly clock: Clock;
  readonly random: Random;
  readonly wiring: BoardWiring;
}) => Board;
