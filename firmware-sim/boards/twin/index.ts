import type { Clock } from '../../../src/clock/clock.ts';
import type { Random } from '../../../src/random/random.ts';
import { BOARD_PINS, BYTE_MS, type Board, type BoardPin, type BoardWiring } from '../board.ts';
import { STOP_BYTE } from './ear.ts';
import { WATCHDOG_MS } from './limits.ts';
import { Program } from './program.ts';
import { Alarm } from './ticks.ts';

const LF = 10;
/** From a reset to the first millisecond of the program: a number is counted up in its EEPROM, noise is gathered. */
const START_MS = 2.615;
/** From the end of a byte to what the program makes of it. */
const HEAR_MS = 0.11;

export interface TwinBoardSetup {
  readonly clock: Clock;
  readonly wiring: BoardWiring;
  /** Makes the boot ids. */
  readonly random: Random;
}

/** Bytes on their way in, in one piece. */
interface Chunk {
  readonly bytes: Uint8Array;
  readonly fromMs: number;
  at: number;
}

/**
 * The valve board as a model, written from docs/board-protocol.md: the same to whoever talks to it as the firmware in
 * the emulator, to within a millisecond, at a small part of the cost. It has no tick: it acts when something is due.
 */
export class TwinBoard implements Board {
  readonly #clock: Clock;
  readonly #wiring: BoardWiring;
  readonly #random: Random;
  readonly #byteListeners: ((byte: number, atMs: number) => void)[] = [];
  readonly #edgeListeners: ((pin: BoardPin, high: boolean, atMs: number) => void)[] = [];
  readonly #high = new Set<BoardPin>();
  readonly #chunks: Chunk[] = [];
  /** When the bytes arrive that end a line, and those that stop. */
  readonly #ends: number[] = [];
  readonly #stops: number[] = [];
  readonly #line: Alarm;
  readonly #stop: Alarm;
  readonly #watchdog: Alarm;
  #wireFreeMs = -Infinity;
  /** null while it is without power, or hangs. */
  #program: Program | null;
  #powered = true;
  /** The checksum of its DS18B20 comes out wrong. */
  corruptProbe = false;

  constructor({ clock, wiring, random }: TwinBoardSetup) {
    this.#clock = clock;
    this.#wiring = wiring;
    this.#random = random;
    this.#line = new Alarm(clock, 'board: line in', (dueMs) => {
      this.#lineCame(dueMs);
    });
    this.#stop = new Alarm(clock, 'board: stop byte', (dueMs) => {
      this.#program?.stopByte(dueMs);
      this.#stops.shift();
      this.#stop.set(this.#stops[0] ?? null);
    });
    this.#watchdog = new Alarm(clock, 'board: watchdog', () => {
      this.#start('wdt');
    });
    wiring.button.onChange(() => this.#program?.buttonChanged(clock.nowMs()));
    wiring.thermistor.onJump?.(() => this.#program?.thermistorJumped(clock.nowMs()));
    this.#program = this.#begin('power');
  }

  send(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const nowMs = this.#clock.nowMs();
    if (this.#ends.length === 0) this.#hear(nowMs, nowMs);
    const fromMs = Math.max(this.#wireFreeMs, nowMs);
    this.#wireFreeMs = fromMs + bytes.length * BYTE_MS;
    this.#chunks.push({ bytes, fromMs, at: 0 });
    for (let index = 0; index < bytes.length; index += 1) {
      const byte = bytes[index];
      if (byte !== STOP_BYTE && byte !== LF) continue;
      const arrivesMs = fromMs + (index + 1) * BYTE_MS;
      if (byte === STOP_BYTE) this.#stops.push(arrivesMs);
      this.#ends.push(arrivesMs);
    }
    this.#await();
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
    this.#powered = false;
    this.#end();
  }

  powerOn(): void {
    this.#powered = true;
    this.#start('power');
  }

  reset(): void {
    if (this.#powered) this.#start('ext');
  }

  hang(): void {
    if (this.#program === null) return;
    this.#halt();
    this.#watchdog.set(this.#clock.nowMs() + WATCHDOG_MS);
  }

  close(): void {
    this.#end();
    for (const alarm of [this.#line, this.#stop]) alarm.halt();
  }

  #start(cause: 'power' | 'ext' | 'wdt'): void {
    this.#end();
    this.#program = this.#begin(cause);
  }

  #begin(cause: 'power' | 'ext' | 'wdt'): Program {
    const number = this.#random.int(0, 0xffff_ffff);
    return new Program({
      clock: this.#clock,
      wiring: this.#wiring,
      fromMs: this.#clock.nowMs() + START_MS,
      bootId: number.toString(16).padStart(8, '0'),
      cause,
      set: (pin, high, atMs) => {
        this.#edge(pin, high, atMs);
      },
      tell: (byte, atMs) => {
        for (const listener of this.#byteListeners) listener(byte, atMs);
      },
      corruptProbe: () => this.corruptProbe,
    });
  }

  /** The processor stands still: its outputs stay as they are. */
  #halt(): void {
    const program = this.#program;
    const nowMs = this.#clock.nowMs();
    this.#program = null;
    this.#hear(nowMs, nowMs);
    program?.halt(nowMs);
  }

  #end(): void {
    this.#halt();
    this.#watchdog.halt();
    for (const pin of BOARD_PINS) this.#edge(pin, false, this.#clock.nowMs());
  }

  #edge(pin: BoardPin, high: boolean, atMs: number): void {
    if (this.#high.has(pin) === high) return;
    if (high) this.#high.add(pin);
    else this.#high.delete(pin);
    this.#wiring.outputs[pin]?.set(high);
    for (const listener of this.#edgeListeners) listener(pin, high, atMs);
  }

  #await(): void {
    const [end] = this.#ends;
    this.#line.set(end === undefined ? null : end + HEAR_MS);
    this.#stop.set(this.#stops[0] ?? null);
  }

  #lineCame(dueMs: number): void {
    const busyUntilMs = this.#program?.busyUntilMs ?? dueMs;
    if (busyUntilMs > dueMs) {
      this.#line.set(busyUntilMs);
      return;
    }
    const endMs = this.#ends.shift();
    if (endMs !== undefined) this.#hear(endMs, dueMs);
    this.#await();
  }

  /** What has arrived until then goes to the program; there may be none to hear it. */
  #hear(untilMs: number, atMs: number): void {
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      const { bytes, fromMs } = chunk;
      for (let { at } = chunk; at < bytes.length; at += 1) {
        const arrivesMs = fromMs + (at + 1) * BYTE_MS;
        chunk.at = at;
        if (arrivesMs > untilMs) return;
        this.#program?.hear(bytes[at] ?? 0, arrivesMs, atMs);
      }
      this.#chunks.shift();
    }
  }
}
