import { symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Contact } from '../../firmware-sim/contact.ts';
import {
  FirmataBoard,
  romOf,
  type Edge,
  type Firmware,
  type WiredContact,
} from '../../firmware-sim/boards/firmata/index.ts';
import { SystemClock } from '../../src/clock/system.ts';
import { Random } from '../../src/random/random.ts';
import { openPty, type Pty } from '../support/pty.ts';
import { until } from '../support/until.ts';

/** A quick boot loader: what it takes is looked at in virtual time. */
const BOOT_MS = 20;

/**
 * A Firmata board in real time behind a tty of the kernel, under a lasting name as udev gives it. A tty has no line that
 * resets the board when it is opened, so that is done by hand.
 */
export class TtyBoard {
  readonly path: string;
  readonly clock = new SystemClock();
  readonly button = new Contact();
  readonly mat = new Contact();
  readonly felt = { volts: 0.9, waterC: 38 };
  readonly edges: Edge[] = [];
  readonly beeps: string[] = [];
  /** Everything that the host has said, in hexadecimal digits. */
  heard = '';
  readonly board: FirmataBoard;
  #pty: Pty | null = null;

  constructor(folder: string, firmware: Firmware) {
    this.path = join(folder, 'usb-Arduino_Uno');
    this.board = new FirmataBoard({
      clock: this.clock,
      firmware: { ...firmware, bootMs: BOOT_MS },
      wiring: {
        outputs: new Map(),
        contacts: new Map<number, WiredContact>([
          [2, { port: this.button, to: 'ground' }],
          [12, { port: this.mat, to: 'ground' }],
        ]),
        volts: new Map([[0, { read: () => this.felt.volts }]]),
      },
      buzzers: new Map([[8, { beep: (count, onMs) => this.beeps.push(`${count} x ${onMs}`) }]]),
      oneWire: new Map([[3, [{ rom: romOf(0x0102_0304_0506), port: { read: () => this.felt.waterC } }]]]),
      random: new Random(1, 'tty'),
    });
    this.board.onEdge((edge) => this.edges.push(edge));
    this.board.onBytes((bytes) => this.#pty?.write(bytes));
    this.plugIn();
  }

  plugIn(): void {
    const pty = openPty();
    this.#pty = pty;
    pty.onData((bytes) => {
      for (const byte of bytes) this.heard += `${byte.toString(16).toUpperCase().padStart(2, '0')} `;
      this.board.send(bytes);
    });
    symlinkSync(pty.path, this.path);
    this.board.powerOn();
  }

  unplug(): void {
    if (this.#pty === null) return;
    unlinkSync(this.path);
    this.#pty.hangUp();
    this.#pty = null;
    this.board.powerOff();
  }

  /** Bytes from nowhere. */
  noise(bytes: Uint8Array): void {
    this.#pty?.write(bytes);
  }

  /** Resets it as an opening does, until whoever opened it has met it. */
  async met(isMet: () => boolean): Promise<void> {
    let resetMs = -Infinity;
    await until('the board is met', () => {
      if (!isMet() && this.clock.nowMs() - resetMs > 400) {
        resetMs = this.clock.nowMs();
        this.board.reset();
      }
      return isMet();
    });
  }

  /** What a pin did since it was asked last, as levels. */
  levels(pin: number): readonly number[] {
    const mine = this.edges.filter((edge) => edge.pin === pin).map(({ level }) => level);
    this.edges.splice(0, Infinity, ...this.edges.filter((edge) => edge.pin !== pin));
    return mine;
  }
}
