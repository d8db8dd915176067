import type { Span } from '../../model/calendar.ts';
import { MINUTE_MS } from '../../model/units.ts';

/** Between two meetings that are nearer than this nobody is reminded: there is no time to follow it. */
const BREATH_MS = 5 * MINUTE_MS;

/** The meetings of a desk, as its calendars have them. Wall time throughout. */
export class Meetings {
  #spans: readonly Span[] = [];

  /** In place of all that was known. */
  set(spans: readonly Span[]): void {
    this.#spans = merged(spans);
  }

  /** When the meeting that is under way is over, and all that follow without a break; null: there is none. */
  untilMs(wallMs: number): number | null {
    return this.#spans.find(({ fromMs, toMs }) => fromMs <= wallMs && wallMs < toMs)?.toMs ?? null;
  }

  /** When a meeting begins or ends next; null: none is known. */
  nextMs(wallMs: number): number | null {
    for (const { fromMs, toMs } of this.#spans) {
      if (fromMs > wallMs) return fromMs;
      if (toMs > wallMs) return toMs;
    }
    return null;
  }
}

/** In order, and those that overlap or leave no breath between them as one. */
function merged(spans: readonly Span[]): readonly Span[] {
  const inOrder = spans.filter(({ fromMs, toMs }) => toMs > fromMs).sort((a, b) => a.fromMs - b.fromMs);
  const whole: Span[] = [];
  for (const span of inOrder) {
    const last = whole.at(-1);
    if (last === undefined || span.fromMs - last.toMs >= BREATH_MS) whole.push(span);
    else whole[whole.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, span.toMs) };
  }
  return whole;
}
