import type { Refusal } from '../../../machines/gate.ts';
import type { DeskCommand, Source } from '../../model/command.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, durationSchema } from '../../model/units.ts';
import { nextClock } from '../../schedule/rule.ts';
import { isoOf } from '../records.ts';
import type { ToldHost } from './told.ts';

/** Quiet that nobody gave a length. */
const DEFAULT_MS = HOUR_MS;
const CLOCK = /^(?<hours>[01]?\d|2[0-3]):(?<minutes>[0-5]\d)$/;

type QuietCommand = Extract<DeskCommand, { command: 'quiet' }>;

export interface QuietHost extends ToldHost {
  /** Until when quiet was asked for in an earlier run, wall time; null: it was not. */
  quietUntil(): number | null;
}

/** The quiet that somebody asked for at a desk. */
export class Quiet {
  readonly #zone: string;
  readonly #host: QuietHost;
  #untilMs: number | null;

  constructor(zone: string, host: QuietHost) {
    this.#zone = zone;
    this.#host = host;
    this.#untilMs = host.quietUntil();
  }

  /** Wall time; null: it is not quiet. */
  untilMs(wallMs: number): number | null {
    return this.#untilMs !== null && this.#untilMs > wallMs ? this.#untilMs : null;
  }

  ask(command: QuietCommand, source: Source, wallMs: number): Refusal | null {
    const until = quietUntil(command, this.#zone, wallMs);
    if ('refusal' in until) return until.refusal;
    this.#untilMs = until.wallMs;
    const told = until.wallMs === null ? null : isoOf(until.wallMs);
    this.#host.record({ type: 'quiet', body: { until: told, source } });
    this.#host.news({ type: 'event', event: 'quiet', detail: { until: told, source } });
    return null;
  }
}

/** Until when it shall be quiet, wall time; null: from now on it is not. At most a day: whoever is away longer has a presence sensor or stops the controller. */
export function quietUntil(
  command: QuietCommand,
  zone: string,
  nowMs: number,
): { readonly wallMs: number | null } | { readonly refusal: Refusal } {
  const { for: length, until, off } = command;
  if ([length, until, off].filter((one) => one !== undefined).length > 1)
    return no('quiet takes one of `for`, `until` and `off`');
  if (off === true) return { wallMs: null };
  if (until !== undefined) {
    const clock = CLOCK.exec(until)?.groups;
    if (clock === undefined) return no(`quiet until a time of the day, HH:MM; found "${until}"`);
    return { wallMs: nextClock(zone, Number(clock['hours']) * 60 + Number(clock['minutes']), nowMs) };
  }
  if (length === undefined) return { wallMs: nowMs + DEFAULT_MS };
  const parsed = durationSchema.safeParse(length);
  if (!parsed.success || parsed.data < MINUTE_MS || parsed.data > DAY_MS)
    return no(`quiet for 1 min to 24 h, such as "60 min"; found "${length}"`);
  return { wallMs: nowMs + parsed.data };
}

function no(message: string): { readonly refusal: Refusal } {
  return { refusal: { code: 'bad_command', message } };
}
