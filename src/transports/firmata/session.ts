import { EventEmitter } from 'node:events';
import type { Firmata } from 'firmata-io';
import type { Clock } from '../../clock/clock.ts';
import type { FirmataUse, FromFirmata } from '../../model/firmata.ts';
import type { Random } from '../../random/random.ts';
import { Holds, I_AM_HERE } from './holds.ts';
import { numberOf, type Part, type PartOptions } from './part.ts';
import { makePart } from './parts.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

export interface SessionOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** The board is asked who it is if it has not said so by then, milliseconds. */
  readonly askMs: number;
  /** From now on, to all that has to be known of the board, milliseconds. */
  readonly meetMs: number;
  readonly write: (bytes: Buffer) => void;
  readonly tell: (message: FromFirmata) => void;
  /** An error in johnny-five or firmata-io. */
  readonly onError: (error: unknown) => void;
  readonly onText: (text: string) => void;
  /** All is known of it. `watches`: it has shown that it can watch over its host. */
  readonly onMet: (firmware: string, watches: boolean) => void;
  /** It has told its name unasked: it restarted, and its pins are not what they were. */
  readonly onRestart: () => void;
  /** Nothing more is to be hoped for. */
  readonly onUnmet: () => void;
}

interface Placed {
  readonly name: string;
  readonly number: number;
  readonly address: string | null;
  readonly part: Part;
}

/** What a board answers to a question, at most. */
const ANSWER_MS = 500;
const ARE_YOU_THERE = 0x51;
const REPORT_DIGITAL = 0xd0;

/** One meeting with a board, and what its pins have been made: gone with the port, or with a restart of the board. */
export class Session {
  readonly io: Firmata;
  readonly holds: Holds;
  readonly #options: SessionOptions;
  readonly #workshop: Workshop;
  readonly #wire: EventEmitter & { write(bytes: Buffer, done: () => void): void };
  /** By pin, and address where several probes share one. */
  readonly #parts = new Map<string, Placed>();
  #making: PartOptions | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { clock, tell } = options;
    this.#workshop = openWorkshop(options);
    this.#wire = Object.assign(new EventEmitter(), {
      write: (bytes: Buffer, done: () => void) => {
        options.write(bytes);
        done();
      },
    });
    this.io = new this.#workshop.Firmata(this.#wire, { reportVersionTimeout: options.askMs });
    const common = {
      io: this.io,
      nowMs: () => clock.nowMs(),
      later: (ms: number, act: () => void) => {
        this.later(ms, act);
      },
      tell,
    };
    this.holds = new Holds(common);
    this.#meet(common);
  }

  /** Once, unless this is over by then. */
  later(ms: number, act: () => void): void {
    this.#workshop.later(ms, act);
  }

  /** A whole message of the board. */
  hear(message: Buffer): void {
    this.#wire.emit('data', message);
  }

  /** Makes a pin what it is to be, and tells whether that went. */
  use(use: FirmataUse): void {
    const { tell } = this.#options;
    if (this.#making === null) return;
    const { pin } = use;
    try {
      this.#place(use, this.#making);
      tell({ pin, is: 'ready' });
    } catch (error) {
      tell({ pin, is: 'refused', why: error instanceof Error ? error.message : String(error) });
    }
  }

  set(pin: string | number, on: boolean): void {
    if (!this.holds.has(pin)) this.#parts.get(String(pin))?.part.set(on);
    // Held ones go on only under a lease.
    else if (!on) this.holds.release(pin);
  }

  /** Whether what the inputs say is to be believed. */
  doubt(doubted: boolean): void {
    for (const { part } of this.#parts.values()) {
      part.doubt(doubted);
      if (!doubted) part.again();
    }
  }

  /** Told to report, a board says at once how its inputs stand. */
  askInputs(): void {
    for (let port = 0; port * 8 < this.io.pins.length; port += 1)
      this.#options.write(Buffer.of(REPORT_DIGITAL | port, 1));
  }

  close(): void {
    this.#workshop.close();
  }

  #meet(common: Pick<PartOptions, 'io' | 'nowMs' | 'later' | 'tell'>): void {
    const { five } = this.#workshop;
    const { meetMs, onText, onUnmet } = this.#options;
    const { io } = this;
    const board = new five.Board({ io, repl: false, debug: false, sigint: false, timeout: meetMs });
    // Without a listener an error is thrown. What they report by it, the port and the watch over answers say too.
    board.on('error', () => undefined);
    io.on('error', () => undefined);
    io.on('string', onText);
    board.on('ready', () => {
      const tones = /^FirmataExpress\b/.test(io.firmware.name ?? '');
      this.#known({ ...common, five, board, tones });
    });
    this.later(meetMs, () => {
      if (this.#making === null) onUnmet();
    });
    this.#wire.emit('open');
  }

  /** It has told its name and its pins. One that can watch over its host has to show it before it is believed. */
  #known(making: PartOptions): void {
    const { io, holds } = this;
    const { onMet, onRestart } = this.#options;
    const express = making.tones;
    let watches = false;
    if (express) {
      io.sysexResponse(I_AM_HERE, () => {
        if (this.#making === null) watches = true;
        else holds.answered();
      });
      io.sysexCommand([ARE_YOU_THERE]);
    }
    this.later(express ? ANSWER_MS : 0, () => {
      this.#making = making;
      holds.watches = watches;
      io.on('queryfirmware', onRestart);
      const { name = 'a board without a name', version } = io.firmware;
      onMet(version === undefined ? name : `${name} ${version.major}.${version.minor}`, watches);
    });
  }

  #place(use: FirmataUse, making: PartOptions): void {
    const { pin } = use;
    // Two probes may share a pin; nothing else may, under whatever name.
    const address = use.as === 'thermometer' ? use.address : null;
    const name = address === null ? String(pin) : `${pin} ${address}`;
    const number = numberOf(pin, this.io);
    for (const other of this.#parts.values())
      if (other.number === number && (other.name === name || other.address === null || address === null))
        throw new Error(`pin ${pin} of this board is in use already, as ${other.name}`);
    const part = makePart(use, making);
    this.#parts.set(name, { name, number, address, part });
    if (use.as === 'relay' && use.held) this.holds.add(pin, part);
  }
}
