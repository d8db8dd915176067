import type { Timer } from '../../clock/clock.ts';
import { toFirmataSchema, type FromFirmata } from '../../model/firmata.ts';
import { KeptPort } from '../kept-port.ts';
import type { PortLink, PortLinkOptions } from '../port-bus.ts';
import { Screen } from './screen.ts';
import { Session } from './session.ts';

/** StandardFirmata; FirmataExpress and ConfigurableFirmata. Which one it is shows by who answers. */
const BAUDS = [57_600, 115_200] as const;
/** A board that was reset by the opening says who it is by itself; one that was not is asked after so long. */
const ASK_MS = 3_000;
/** One that has restarted has just said it. */
const RESTARTED_ASK_MS = 100;
/** From the opening to all that has to be known of the board. */
const MEET_MS = 8_000;
/** It is asked for its version so often, and is gone when nothing at all has come for so long. */
const LOOK_MS = 1_000;
const DEAF_MS = 3_000;
/** More of what belongs to no message than this within a second is no lost byte. */
const NOISE = { bytes: 100, perMs: 1_000 };
/** While it is being met: enough to tell that it speaks something else. */
const STRANGE_BYTES = 20;
/** Inputs are not believed until so long after noise; then they are asked, and have so long to answer. */
const DOUBT_MS = 50;
/** Inputs that are never believed for so long are none: a stop among them would not be heard. */
const DOUBTED_MS = 1_000;

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
  /** Since when the inputs are not believed; null: they are. */
  #doubtedAtMs: number | null = null;

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
    if (!this.#up || session === null) return;
    const message = parsed.data;
    this.#guarded(() => {
      switch (message.do) {
        case 'use':
          session.use(message);
          return;
        case 'set':
          session.set(message.pin, message.on);
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

  #meet(askMs: number): void {
    this.#end();
    this.#screen.reset();
    const { clock, random, log, path } = this.#options;
    this.#session = new Session({
      clock,
      random,
      askMs,
      meetMs: MEET_MS,
      write: (bytes) => {
        this.#port.write(bytes);
      },
      tell: (message) => {
        this.#tell(message);
      },
      onError: (error) => {
        this.#broken(error);
      },
      onText: (text) => {
        log.info({ port: path, text: text.slice(0, 100) }, 'Firmata board says');
      },
      onMet: (firmware, watches) => {
        this.#met(firmware, watches);
      },
      onRestart: () => {
        this.#down(`${path}: the board restarted`);
        this.#meet(RESTARTED_ASK_MS);
      },
      onUnmet: () => {
        this.#fail(this.#whyUnmet());
      },
    });
  }

  #met(firmware: string, watches: boolean): void {
    const { clock, log, path, say } = this.#options;
    this.#up = true;
    this.#why = null;
    this.#port.good();
    this.#heardAtMs = clock.nowMs();
    log.info({ port: path, firmware, watches }, 'Firmata board');
    say('link', JSON.stringify({ up: true }));
    this.#tell({ firmware, watches });
    this.#look();
  }

  #look(): void {
    const { clock, path } = this.#options;
    if (clock.nowMs() - this.#heardAtMs > DEAF_MS) {
      this.#fail(`${path}: the board does not answer any more; look at the cable and its power`);
      return;
    }
    this.#session?.io.reportVersion(() => undefined);
    this.#session?.later(LOOK_MS, () => {
      this.#look();
    });
  }

  #message(message: Buffer): void {
    this.#heardAtMs = this.#options.clock.nowMs();
    this.#guarded(() => this.#session?.hear(message));
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
    } else if (this.#noise.bytes > NOISE.bytes || nowMs - (this.#doubtedAtMs ?? nowMs) > DOUBTED_MS)
      this.#fail(
        `${this.#options.path}: what comes is noise and no Firmata; look for a bad cable, or another program on the port`,
      );
    else this.#doubtInputs(nowMs);
  }

  /** Bytes were lost, or were made up: what the inputs said meanwhile may be neither. */
  #doubtInputs(nowMs: number): void {
    const session = this.#session;
    this.#doubtedAtMs ??= nowMs;
    session?.doubt(true);
    this.#doubt?.cancel();
    this.#doubt = this.#after(DOUBT_MS, 'firmata doubt', () => {
      session?.askInputs();
      this.#doubt = this.#after(DOUBT_MS, 'firmata doubt', () => {
        this.#doubtedAtMs = null;
        session?.doubt(false);
      });
    });
  }

  #broken(error: unknown): void {
    const { log, path } = this.#options;
    log.warn({ port: path, error: String(error) }, 'Firmata client failed');
    const session = this.#session;
    // Perhaps it was a message of a driver, and nothing is told from within its call.
    this.#after(0, 'firmata broken', () => {
      if (this.#session === session)
        this.#fail(`${path}: what the board says makes no sense; it is opened again`);
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
    this.#doubtedAtMs = null;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#session?.close();
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
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
