interface Span {
  readonly what: string;
  readonly fromMs: number;
  untilMs: number;
}

/** Stretches of time in which something was so, each by a name: of one name one lasts at a time. Milliseconds. */
export class Spans {
  readonly #spans: Span[] = [];

  /** `untilMs`: Infinity where nobody knows yet. */
  add(what: string, fromMs: number, untilMs: number): void {
    this.#spans.push({ what, fromMs, untilMs });
  }

  /** Whatever lasts under that name is over then. */
  end(what: string, atMs: number): void {
    for (const span of this.#spans) if (span.what === what && span.untilMs === Infinity) span.untilMs = atMs;
  }

  /** At any moment from the first to the last of these. */
  touch(fromMs: number, toMs: number): boolean {
    for (const span of this.#spans) if (span.fromMs <= toMs && span.untilMs >= fromMs) return true;
    return false;
  }

  /** How much of that time, where no two of them overlap. */
  lengthMs(fromMs: number, toMs: number): number {
    let sumMs = 0;
    for (const span of this.#spans)
      sumMs += Math.max(0, Math.min(toMs, span.untilMs) - Math.max(fromMs, span.fromMs));
    return sumMs;
  }
}
