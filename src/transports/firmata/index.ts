import { EventEmitter } from 'node:events';
import type { Firmata } from 'firmata-io';
import type { Timer } from '../../clock/clock.ts';
import { toFirmataSchema, type FirmataUse, type FromFirmata } from '../../model/firmata.ts';
import { KeptPort } from '../kept-port.ts';
import type { PortLink, PortLinkOptions } from '../port-bus.ts';
import { Holds, I_AM_HERE } from './holds.ts';
import { numberOf, type Part, type PartOptions } from './part.ts';
import { makePart } from './parts.ts';
import { Screen } from './screen.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

/** StandardFirmata; FirmataExpress and ConfigurableFirmata. Which one it is shows by who answers. */
const BAUDS = [57_600, 115_200] as const;
/** A board that was reset by the opening says who it is by itself; one that was not is asked after so long. */
const ASK_MS = 3_000;
/** One that has restarted has just said it. */
const RESTARTED_ASK_MS = 100;
/** From the opening to all that has to be known of the board. */
const MEET_MS = 8_000;
/** What a board answers to a question, at most. */
const ANSWER_MS = 500;
/** It is asked for its version so often, and is gone when nothing at all has come for so long. */
const LOOK_MS = 1_000;
const DEAF_MS = 3_000;
/** More of what belongs to no message than this within a second is no lost byte. */
const NOISE = { bytes: 100, perMs: 1_000 };
/** While it is being met: enough to tell that it speaks something else. */
const STRANGE_BYTES = 20;
/** Inputs are not believed until so long after noise, and then looked at again. */
const DOUBT_MS = 50;
const ARE_YOU_THERE = 0x51;

interface Placed {
  readonly name: string;
  readonly number: number;
  readonly address: string | null;
  readonly part: Part;
}

/** One connection to a board: gone with the port, or with a restart of the board. */
interface Session {
  readonly workshop: Workshop;
  readonly wire: EventEmitter & { write(bytes: Buffer, done: () => void): void };
  readonly io: Firmata;
  /** By pin, and address where several probes share one. */
  readonly parts: Map<string, Placed>;
  readonly holds: Holds;
  options: PartOptions | null;
}

/**
 * The wire to a Firmata board: johnny-five on firmata-io over our port, behind messages. It keeps the watch over whether
 * anybody answers; it never says by itself that the host is alive (that is the drivers' word).
 */
export class FirmataWire implements PortLink {
  readonly #options: PortLinkOptions;
  readonly #port: KeptPort;
  readonly #screen: Screen;
  readonly #timers = new Set<Timer>();
  #baud = 0;
  #session: Session | null = null;
  #up = false;
  #why: string | null = null;
  #heardAtMs = 0;
  #noise = { sinceMs: -Infinity, bytes: 0, all: 0 };
  #doubt: Timer | null = null;

  constructor(options: PortLinkOptions) {
    this.#options = options;
    this.#screen = new Screen(
      (message) => {
        this.#message(message);
      },
      (bytes) => {
        this.#noisy(bytes);
      },
    );
    const baudRate = (): number => this.#baudRate();
    this.#port = new KeptPort({
      path: options.path,
      // Looked at anew at each opening.
      get baudRate() {
        return baudRate();
      },
      ports: options.ports,
      clock: options.clock,
      random: options.random,
      log: options.log,
      onOpen: () => {
        this.#noise = { sinceMs: -Infinity, bytes: 0, all: 0 };
        this.#meet(ASK_MS);
      },
      onData: (bytes) => {
        this.#screen.take(bytes);
      },
      onDown: (why) => {
        this.#down(why);
      },
    });
  }

  send(payload: string): void {
    const { log, path } = this.#options;
    const parsed = toFirmataSchema.safeParse(parse(payload));
    if (!parsed.success) {
      log.error({ port: path, payload: payload.slice(0, 200) }, 'not sent: no message for a Firmata board');
      return;
    }
    const session = this.#session;
    if (!this.#up || session?.options == null) return;
    const message = parsed.data;
    this.#guarded(() => {
      switch (message.do) {
        case 'use':
          this.#use(session, message, session.options);
          return;
        case 'set':
          if (session.holds.has(message.pin)) {
            // On only under a lease.
            if (!message.on) session.holds.release(message.pin);
          } else session.parts.get(String(message.pin))?.part.set(message.on);
          return;
        case 'hold':
          session.holds.hold(message.pin, message.forMs, message.opens);
          return;
        case 'alive':
          session.holds.alive();
          return;
      }
    });
  }

  /** Everything falls: nobody is there to turn it off later. */
  close(done: () => void): void {
    if (this.#up) this.#guarded(() => this.#session?.io.reset());
    this.#end();
    this.#port.close(done);
  }

  /** `askMs`: it is asked who it is if it has not said so by then. */
  #meet(askMs: number): void {
    this.#end();
    this.#screen.reset();
    const { clock, random } = this.#options;
    const workshop = openWorkshop({
      clock,
      random,
      onError: (error) => {
        this.#broken(error);
      },
    });
    const wire = Object.assign(new EventEmitter(), {
      write: (bytes: Buffer, done: () => void) => {
        this.#port.write(bytes);
        done();
      },
    });
    const io = new workshop.Firmata(wire, { reportVersionTimeout: askMs });
    const tell = (message: FromFirmata): void => {
      this.#tell(message);
    };
    const nowMs = (): number => clock.nowMs();
    const later = (ms: number, act: () => void): void => {
      workshop.later(ms, act);
    };
    const holds = new Holds({ io, nowMs, later, tell });
    const session: Session = { workshop, wire, io, parts: new Map(), holds, options: null };
    this.#session = session;
    const board = new workshop.five.Board({ io, repl: false, debug: false, sigint: false, timeout: MEET_MS });
    // Without a listener an error is thrown. What they report by it, a port says too, and the watch below.
    board.on('error', () => undefined);
    io.on('error', () => undefined);
    io.on('string', (text: string) => {
      this.#options.log.info({ port: this.#options.path, text: text.slice(0, 100) }, 'Firmata board says');
    });
    board.on('ready', () => {
      this.#known(session, { five: workshop.five, board, io, nowMs, later, tones: false, tell });
    });
    workshop.later(MEET_MS, () => {
      if (!this.#up) this.#fail(this.#whyUnmet());
    });
    wire.emit('open');
  }

  /** It has told its name and its pins. One that can watch over its host has to show it before it is believed. */
  #known(session: Session, options: Omit<PartOptions, 'tones'> & { tones: boolean }): void {
    const { io, workshop, holds } = session;
    const express = /^FirmataExpress\b/.test(io.firmware.name ?? '');
    let watches = false;
    if (express) {
      io.sysexResponse(I_AM_HERE, () => {
        if (this.#up) holds.answered();
        else watches = true;
      });
      io.sysexCommand([ARE_YOU_THERE]);
    }
    workshop.later(express ? ANSWER_MS : 0, () => {
      session.options = { ...options, tones: express };
      // From now on a name that it tells unasked is a restart: its pins are not what they were.
      io.on('queryfirmware', () => {
        this.#restarted();
      });
      this.#arrive(session, watches);
    });
  }

  #arrive({ io, workshop, holds }: Session, watches: boolean): void {
    const { clock, log, path, say } = this.#options;
    const { name = 'a board without a name', version } = io.firmware;
    const firmware = version === undefined ? name : `${name} ${version.major}.${version.minor}`;
    this.#up = true;
    this.#why = null;
    this.#port.good();
    this.#heardAtMs = clock.nowMs();
    log.info({ port: path, firmware, watches }, 'Firmata board');
    say('link', JSON.stringify({ up: true }));
    holds.watches = watches;
    this.#tell({ firmware, watches });
    const look = (): void => {
      if (clock.nowMs() - this.#heardAtMs > DEAF_MS) {
        this.#fail(`${path}: the board does not answer any more; look at the cable and its power`);
        return;
      }
      io.reportVersion(() => undefined);
      workshop.later(LOOK_MS, look);
    };
    look();
  }

  #use(session: Session, use: FirmataUse, options: PartOptions | null): void {
    const { pin } = use;
    if (options === null) return;
    // Two probes may share a pin; nothing else may, under whatever name.
    const address = use.as === 'thermometer' ? use.address : null;
    const name = address === null ? String(pin) : `${pin} ${address}`;
    const number = numberOf(pin, session.io);
    try {
      for (const other of session.parts.values())
        if (other.number === number && (other.name === name || other.address === null || address === null))
          throw new Error(`pin ${pin} of this board is in use already, as ${other.name}`);
      const part = makePart(use, options);
      session.parts.set(name, { name, number, address, part });
      if (use.as === 'relay' && use.held) session.holds.add(pin, part);
      this.#tell({ pin, is: 'ready' });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#tell({ pin, is: 'refused', why });
    }
  }

  #message(message: Buffer): void {
    const session = this.#session;
    if (session === null) return;
    this.#heardAtMs = this.#options.clock.nowMs();
    this.#guarded(() => session.wire.emit('data', message));
  }

  /** Never from within a call of whoever listens. */
  #tell(message: FromFirmata): void {
    const session = this.#session;
    this.#after(0, 'firmata message', () => {
      if (this.#up && this.#session === session) this.#options.say('firmata', JSON.stringify(message));
    });
  }

  #noisy(bytes: number): void {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.#noise.sinceMs > NOISE.perMs) this.#noise = { ...this.#noise, sinceMs: nowMs, bytes: 0 };
    this.#noise.bytes += bytes;
    this.#noise.all += bytes;
    if (!this.#up) {
      // Its first words at another speed.
      if (this.#noise.all > STRANGE_BYTES && this.#session !== null) this.#fail(this.#whyUnmet());
      return;
    }
    if (this.#noise.bytes > NOISE.bytes) {
      this.#fail(
        `${this.#options.path}: what comes is noise and no Firmata; look for a bad cable, or another program on the port`,
      );
      return;
    }
    this.#doubtInputs();
  }

  /** Bytes were lost, or were made up: what the inputs said meanwhile may be neither. */
  #doubtInputs(): void {
    const session = this.#session;
    if (session === null) return;
    const each = (act: (part: Part) => void): void => {
      for (const { part } of session.parts.values()) act(part);
    };
    each((part) => {
      part.doubt(true);
    });
    this.#cancel(this.#doubt);
    this.#doubt = this.#after(DOUBT_MS, 'firmata doubt', () => {
      // Told to report, a board says at once how its inputs stand.
      for (let port = 0; port * 8 < session.io.pins.length; port += 1)
        this.#port.write(Uint8Array.of(REPORT_DIGITAL | port, 1));
      this.#doubt = this.#after(DOUBT_MS, 'firmata doubt', () => {
        each((part) => {
          part.doubt(false);
          part.again();
        });
      });
    });
  }

  #restarted(): void {
    if (!this.#up) return;
    this.#down(`${this.#options.path}: the board restarted`);
    this.#meet(RESTARTED_ASK_MS);
  }

  #broken(error: unknown): void {
    this.#options.log.warn({ port: this.#options.path, error: String(error) }, 'Firmata client failed');
    const session = this.#session;
    // Perhaps it was a message of a driver, and nothing is told from within its call.
    this.#after(0, 'firmata broken', () => {
      if (this.#session === session)
        this.#fail(`${this.#options.path}: what the board says makes no sense; it is opened again`);
    });
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#broken(error);
    }
  }

  #whyUnmet(): string {
    const { path } = this.#options;
    const baud = this.#baudRate();
    if (this.#noise.all > 0)
      return `${path}: what comes at ${baud} baud is no Firmata; look for another firmware, or another port`;
    return `${path}: no Firmata board answers at ${baud} baud; look at the cable, and flash StandardFirmata or FirmataExpress`;
  }

  #baudRate(): number {
    return BAUDS[this.#baud % BAUDS.length] ?? BAUDS[0];
  }

  #fail(why: string): void {
    if (!this.#up) this.#baud += 1;
    this.#port.fail(why);
  }

  #down(why: string): void {
    const news = this.#up || why !== this.#why;
    this.#end();
    this.#why = why;
    if (news) this.#options.say('link', JSON.stringify({ up: false, why }));
  }

  #end(): void {
    this.#up = false;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#session?.workshop.close();
    this.#session = null;
  }

  #after(ms: number, name: string, act: () => void): Timer {
    const { clock } = this.#options;
    const timer = clock.at(clock.nowMs() + ms, name, () => {
      this.#timers.delete(timer);
      act();
    });
    this.#timers.add(timer);
    return timer;
  }

  #cancel(timer: Timer | null): void {
    if (timer === null) return;
    timer.cancel();
    this.#timers.delete(timer);
  }
}

const REPORT_DIGITAL = 0xd0;

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
