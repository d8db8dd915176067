import type { Button } from './button.ts';
import type { Cues } from './cues.ts';
import * as LIMITS from './limits.ts';
import { degrees } from './news.ts';
import type { Probe } from './probe.ts';
import type { Telemetry } from './telemetry.ts';
import type { Thermistor } from './thermistor.ts';
import type { Ticks } from './ticks.ts';
import type { Refusal, Valves } from './valves.ts';

/** What a request may ask for. */
export interface Parts {
  readonly ticks: Ticks;
  readonly valves: Valves;
  readonly button: Button;
  readonly thermistor: Thermistor;
  readonly probe: Probe;
  readonly cues: Cues;
  readonly telemetry: Telemetry;
  /** ` boot=… reset=…` */
  readonly bootId: string;
  readonly cause: string;
}

const MOST_WORDS = 5;
const MOST_PATTERN_MS = 60_000;
const MOST_TOKEN = 65_535;

/** The words behind the code are those of the firmware: a line of another length would take another time. */
const FORM = 'err form a word too many, too few or unknown';
const RANGE = 'err range out of range';
const WHY: Readonly<Record<Refusal, string>> = {
  stop: 'err stop stopped, or the button is held',
  hot: 'err hot too hot, waits for CLEAR',
  sensor: 'err sensor no sound thermometer',
  cap: 'err cap ran too long, rest 10 s',
  interlock: 'err interlock the other side is open or just was',
};

/** In the order of a STAT. */
const LATCHES = ['stop', 'hot', 'sensor'] as const;

/** Digits only, five at most; null: it is no number. */
function number(word: string): number | null {
  return /^[0-9]{1,5}$/.test(word) ? Number(word) : null;
}

/** All of them, or null. */
function numbers(words: readonly string[]): readonly number[] | null {
  const values = words.map(number);
  return values.every((value) => value !== null) ? values : null;
}

const fits = (value: number, least: number, most: number): boolean => value >= least && value <= most;

/** One that blinks has both times. */
function isPattern(onMs: number, offMs: number, count: number): boolean {
  if (onMs > MOST_PATTERN_MS || offMs > MOST_PATTERN_MS || count > 255) return false;
  return count === 0 || (onMs > 0 && offMs > 0);
}

/** The verbs of the protocol. One object each start: the token is forgotten with it. */
export class Commands {
  readonly #parts: Parts;
  #token = -1;
  readonly #verbs: Readonly<Record<string, (words: readonly string[], atMs: number) => string>> = {
    HELLO: this.#bare(() => this.#hello()),
    OPEN: (words, atMs) => this.#open(words, atMs),
    CLOSE: (words, atMs) => this.#close(words, atMs),
    BEAT: this.#bare((atMs) => `ok up=${this.#parts.ticks.at(atMs)}`),
    STAT: this.#bare((atMs) => this.#stat(atMs)),
    TEMP: this.#bare((atMs) => this.#temp(atMs)),
    TELE: (words, atMs) => this.#tele(words, atMs),
    LED: (words, atMs) => this.#led(words, atMs),
    BUZZ: (words, atMs) => this.#buzz(words, atMs),
    CLEAR: this.#bare((atMs) => this.#clear(atMs)),
  };

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The reply, without `@<seq> `. */
  answer(request: string, atMs: number): string {
    const [verb = '', ...words] = request.split(' ');
    if (words.length > MOST_WORDS || words.includes('')) return FORM;
    const run = Object.hasOwn(this.#verbs, verb) ? this.#verbs[verb] : undefined;
    if (run === undefined) return FORM;
    // Even one that is refused shows that the host lives.
    this.#parts.valves.renewLink(atMs);
    return run(words, atMs);
  }

  #bare(run: (atMs: number) => string): (words: readonly string[], atMs: number) => string {
    return (words, atMs) => (words.length > 0 ? FORM : run(atMs));
  }

  #hello(): string {
    const { bootId, cause } = this.#parts;
    const { VALVES, MAX_LEASE_MS, LIMITS_HASH } = LIMITS;
    return (
      `ok proto=1 fw=1.0 boot=${bootId} valves=${VALVES} maxms=${MAX_LEASE_MS} limits=${LIMITS_HASH}` +
      ` reset=${cause} lights=1 buzzers=1 temps=2 buttons=1`
    );
  }

  #open(words: readonly string[], atMs: number): string {
    const values = words.length < 2 || words.length > 3 ? null : numbers(words);
    if (values === null) return FORM;
    const [valve = 0, ms = 0, token] = values;
    if (!fits(valve, 1, LIMITS.VALVES) || !fits(ms, 1, LIMITS.MAX_LEASE_MS)) return RANGE;
    if (token !== undefined) {
      if (token > MOST_TOKEN) return RANGE;
      if (token < this.#token) return 'err token older than the last';
      this.#token = token;
    }
    const refusal = this.#parts.valves.open(valve - 1, ms, atMs);
    return refusal === null ? `ok v=${valve} ms=${ms}` : WHY[refusal];
  }

  #close(words: readonly string[], atMs: number): string {
    const [which] = words;
    if (which === undefined || words.length > 1) return FORM;
    const valve = number(which) ?? 0;
    if (which !== 'ALL' && !fits(valve, 1, LIMITS.VALVES)) return RANGE;
    for (let index = 0; index < LIMITS.VALVES; index += 1)
      if (which === 'ALL' || index === valve - 1) this.#parts.valves.shut(index, null, atMs);
    return `ok v=${which === 'ALL' ? which : valve}`;
  }

  #stat(atMs: number): string {
    const { valves, button } = this.#parts;
    let left = '';
    for (let index = 0; index < LIMITS.VALVES; index += 1)
      left += ` v${index + 1}=${valves.left(index, atMs)}`;
    let latched = '';
    for (const one of LATCHES) latched += ` ${one}=${valves.latched(one) ? 1 : 0}`;
    const cap = valves.anyCapped(atMs) ? 1 : 0;
    return `ok${left}${latched} cap=${cap} btn=${button.down ? 1 : 0}`;
  }

  #temp(atMs: number): string {
    const { thermistor, probe } = this.#parts;
    const temps = `t1=${degrees(thermistor.tempC(atMs))} t2=${degrees(probe.tempC)}`;
    return `ok ${temps} a1=${thermistor.ageMs(atMs)} a2=${probe.ageMs(atMs)}`;
  }

  #tele(words: readonly string[], atMs: number): string {
    const [word] = words;
    if (word === undefined || words.length > 1) return FORM;
    const ms = number(word);
    if (ms === null || (ms !== 0 && !fits(ms, 250, 10_000))) return RANGE;
    this.#parts.telemetry.every(ms, atMs);
    return `ok ms=${ms}`;
  }

  #led(words: readonly string[], atMs: number): string {
    const values = words.length === 5 ? numbers(words) : null;
    if (values === null) return FORM;
    const [n = 0, onMs = 0, offMs = 0, count = 0, then = 0] = values;
    if (n !== 1 || then > 1 || !isPattern(onMs, offMs, count)) return RANGE;
    this.#parts.cues.light({ onMs, offMs, count, then: then === 1 }, atMs);
    return `ok n=${n}`;
  }

  #buzz(words: readonly string[], atMs: number): string {
    const values = words.length === 4 ? numbers(words) : null;
    if (values === null) return FORM;
    const [freqHz = 0, onMs = 0, offMs = 0, count = 0] = values;
    if ((freqHz !== 0 && !fits(freqHz, 100, 10_000)) || !isPattern(onMs, offMs, count)) return RANGE;
    this.#parts.cues.buzz(freqHz, { onMs, offMs, count, then: false }, atMs);
    return 'ok';
  }

  #clear(atMs: number): string {
    const { valves, button, thermistor, probe } = this.#parts;
    if (button.down) return 'err stop the button is down';
    const t1 = thermistor.tempC(atMs);
    if (valves.latched('sensor') && (t1 === null || probe.lost))
      return 'err sensor still without a thermometer';
    const cool = (tempC: number | null): boolean => tempC === null || tempC < LIMITS.CLEAR_BELOW_C;
    if (valves.latched('hot') && !(cool(t1) && cool(probe.tempC))) return 'err hot still warm';
    valves.clear();
    return 'ok';
  }
}
