import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { compileFunction } from 'node:vm';
import type * as FirmataIo from 'firmata-io';
import type * as JohnnyFive from 'johnny-five';
import type { Clock, Timer } from '../../clock/clock.ts';
import type { Random } from '../../random/random.ts';

/**
 * johnny-five and firmata-io as they are published, in a workshop of their own: each board gets a fresh one. They keep
 * lists of boards and drivers for ever, start timers that nobody can stop, read the system's clock, spin on
 * `setImmediate`, listen to signals and end the process. Here what they take for the globals of Node is ours: timers and
 * time are those of the clock, chance is seeded, the process cannot be ended, and one word stops everything they began.
 * So they run in virtual time as well, and do the same each time.
 */
export interface Workshop {
  readonly five: typeof JohnnyFive;
  readonly Firmata: typeof FirmataIo.Firmata;
  /** Once, in so many milliseconds, unless it is closed by then. */
  later(ms: number, act: () => void): void;
  /** Stops every timer; nothing of it runs any more. */
  close(): void;
}

export interface WorkshopOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** An error in a callback of theirs. */
  readonly onError: (error: unknown) => void;
}

/** The packages that keep time or state; what else they need (colours, copying) is loaded as usual. */
const INSIDE = /[\\/]node_modules[\\/](johnny-five|firmata-io|temporal|nanotimer|lodash\.debounce)[\\/]/;
/** A port is opened by ourselves only. */
const SHUT = new Set(['serialport', 'browser-serialport', 'firmata', 'repl']);
/** They spin on `setImmediate` to count microseconds; a turn of theirs is a millisecond here. */
const TURN_MS = 1;

/** What each of their files takes for its globals, in the order in which they are handed over. */
const GLOBALS = [
  'global',
  'process',
  'console',
  'Date',
  'Math',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
] as const;
type Globals = Readonly<Record<(typeof GLOBALS)[number], unknown>>;

const require = createRequire(import.meta.url);
/** Read and compiled once in the process, run once a workshop. */
const compiled = new Map<string, ReturnType<typeof compileFunction>>();

export function openWorkshop(options: WorkshopOptions): Workshop {
  const time = new TheirTime(options);
  const globals = globalsOf(options, time);
  const load = loaderOf(globals);
  const { Firmata } = load('firmata-io') as typeof FirmataIo;
  return {
    five: load('johnny-five') as typeof JohnnyFive,
    Firmata,
    later: (ms, act) => {
      time.once(act, ms);
    },
    close: () => {
      time.close();
    },
  };
}

function loaderOf(globals: Globals): (name: string) => unknown {
  const modules = new Map<string, { exports: unknown }>();
  const given = GLOBALS.map((name) => globals[name]);
  const run = (file: string): unknown => {
    const known = modules.get(file);
    if (known !== undefined) return known.exports;
    const module = { exports: {} as unknown };
    modules.set(file, module);
    Reflect.apply(compile(file), module.exports, [
      module.exports,
      requireOf(createRequire(file)),
      module,
      file,
      dirname(file),
      ...given,
    ]);
    return module.exports;
  };
  const requireOf =
    (from: NodeJS.Require) =>
    (name: string): unknown => {
      if (SHUT.has(name)) return {};
      const file = from.resolve(name);
      // From its file: `from` may be one of theirs that Node itself has never loaded.
      return INSIDE.test(file) ? run(file) : from(name);
    };
  return (name) => run(require.resolve(name));
}

function compile(file: string): ReturnType<typeof compileFunction> {
  const known = compiled.get(file);
  if (known !== undefined) return known;
  const names = ['exports', 'require', 'module', '__filename', '__dirname', ...GLOBALS];
  const made = compileFunction(readFileSync(file, 'utf8'), names, { filename: file });
  compiled.set(file, made);
  return made;
}

/** Their timers, on our clock. */
class TheirTime {
  readonly #options: WorkshopOptions;
  readonly #timers = new Set<Timer>();
  #closed = false;

  constructor(options: WorkshopOptions) {
    this.#options = options;
  }

  once(act: () => void, ms: number): Timer {
    const { clock } = this.#options;
    const timer = clock.at(clock.nowMs() + ms, 'johnny-five', () => {
      this.#timers.delete(timer);
      this.#do(act);
    });
    this.#timers.add(timer);
    if (this.#closed) this.cancel(timer);
    return timer;
  }

  every(act: () => void, ms: number): Timer {
    let timer: Timer;
    const next = (): Timer =>
      this.once(() => {
        timer = next();
        act();
      }, ms);
    timer = next();
    return {
      cancel: () => {
        this.cancel(timer);
      },
    };
  }

  cancel(timer: unknown): void {
    if (!isTimer(timer)) return;
    timer.cancel();
    this.#timers.delete(timer);
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #do(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#options.onError(error);
    }
  }
}

function isTimer(value: unknown): value is Timer {
  return typeof value === 'object' && value !== null && 'cancel' in value;
}

type Act = (...args: readonly unknown[]) => void;

function globalsOf({ clock, random }: WorkshopOptions, time: TheirTime): Globals {
  const later =
    (start: (act: () => void, ms: number) => Timer) =>
    (act: Act, ms = 0, ...args: readonly unknown[]): Timer =>
      start(
        () => {
          act(...args);
        },
        Math.max(TURN_MS, ms),
      );
  const cancel = (timer: unknown): void => {
    time.cancel(timer);
  };
  const soon = (act: Act, ...args: readonly unknown[]): Timer =>
    time.once(() => {
      act(...args);
    }, TURN_MS);
  class TheirDate extends Date {
    static override now(): number {
      return clock.nowMs();
    }
  }
  const own = {
    process: processOf(clock, time),
    // They complain to the terminal, which is somebody else's.
    console: { log: nothing, error: nothing, warn: nothing, info: nothing },
    Date: TheirDate,
    Math: Object.create(Math, { random: { value: () => random.next() } }) as unknown,
    setTimeout: later((act, ms) => time.once(act, ms)),
    clearTimeout: cancel,
    setInterval: later((act, ms) => time.every(act, ms)),
    clearInterval: cancel,
    setImmediate: soon,
    clearImmediate: cancel,
  };
  // Defined, not assigned: on the true global object `process` is an accessor, and would be set there.
  const shadows = Object.entries(own).map(([name, value]) => [name, { value, writable: true }] as const);
  return { ...own, global: Object.create(globalThis, Object.fromEntries(shadows)) as unknown };
}

const nothing = (): void => undefined;

/** What they may know of the process: no signals, no exits, no environment. */
function processOf(clock: Clock, time: TheirTime): unknown {
  const hrtime = ([seconds, nanos]: readonly [number, number] = [0, 0]): [number, number] => {
    const ns = Math.round(clock.nowMs() * 1e6) - (seconds * 1e9 + nanos);
    return [Math.floor(ns / 1e9), ns % 1e9];
  };
  const { versions, version, platform } = process;
  return {
    env: {},
    argv: [],
    versions,
    version,
    platform,
    hrtime,
    nextTick: (act: Act, ...args: readonly unknown[]) => {
      time.once(() => {
        act(...args);
      }, 0);
    },
    on: nothing,
    once: nothing,
    exit: nothing,
    reallyExit: nothing,
  };
}
