import type { Landmarks } from './landmarks.ts';
import type { Verdict } from './run.ts';
import type { Timeline } from './timeline.ts';

/** What a scenario file expects, one thing each. `of` is a moment; what is not said of comes after the last `do`. */
export type Expectation =
  | {
      readonly kind: 'valves';
      readonly withinMs: number;
      readonly of: string | null;
      readonly closed: boolean;
    }
  | {
      readonly kind: 'phase' | 'trip';
      readonly withinMs: number;
      readonly of: string | null;
      readonly word: string;
    }
  | { readonly kind: 'outcome' | 'reason'; readonly word: string }
  | { readonly kind: 'dose' | 'contact'; readonly atMost: number }
  | { readonly kind: 'never'; readonly what: 'open' | 'permitted' | 'trip' };

/** What a timeline says of an expectation: null where it holds, else what was seen instead. */
export function judge(
  expectation: Expectation,
  lastDone: string,
  {
    timeline,
    verdict,
    landmarks,
  }: { readonly timeline: Timeline; readonly verdict: Verdict; readonly landmarks: Landmarks },
): string | null {
  const { events } = timeline;
  const from = (of: string | null): number | null => landmarks.whenWas(of ?? lastDone);
  const missing = (of: string | null): string => `the session never came to "${of ?? lastDone}"`;
  switch (expectation.kind) {
    case 'valves': {
      const sinceMs = from(expectation.of);
      if (sinceMs === null) return missing(expectation.of);
      const untilMs = sinceMs + expectation.withinMs;
      const changedMs = whenAll(timeline, expectation.closed, sinceMs);
      if (changedMs !== null && changedMs <= untilMs) return null;
      const word = expectation.closed ? 'closed' : 'open';
      return changedMs === null
        ? `the valves were never ${word} after ${time(sinceMs)}`
        : `the valves were ${word} ${Math.round(changedMs - sinceMs)} ms after, at ${time(changedMs)}`;
    }
    case 'phase':
    case 'trip': {
      const sinceMs = from(expectation.of);
      if (sinceMs === null) return missing(expectation.of);
      const { word, kind } = expectation;
      const found = events.find((event) => {
        if (event.atMs < sinceMs) return false;
        if (kind === 'phase') return event.type === 'state' && event.phase === word;
        return event.type === 'trip' && (event.detector === word || event.code === word);
      });
      if (found !== undefined && found.atMs <= sinceMs + expectation.withinMs) return null;
      return found === undefined
        ? `no ${kind} "${word}" after ${time(sinceMs)}`
        : `the ${kind} "${word}" came ${Math.round(found.atMs - sinceMs)} ms after, at ${time(found.atMs)}`;
    }
    case 'outcome':
      return verdict.outcome === expectation.word
        ? null
        : `it was ${verdict.outcome} (${verdict.reason ?? 'no session'})`;
    case 'reason':
      return verdict.reason === expectation.word ? null : `it was ${verdict.reason ?? 'no session'}`;
    case 'dose':
      return verdict.dose <= expectation.atMost ? null : `it was ${verdict.dose.toFixed(3)}`;
    case 'contact': {
      const seconds = feetSeconds(timeline);
      return seconds <= expectation.atMost ? null : `the feet were in the water for ${seconds.toFixed(1)} s`;
    }
    case 'never': {
      const { what } = expectation;
      const found = events.find((event) => {
        if (what === 'trip') return event.type === 'trip';
        return what === 'permitted'
          ? event.type === 'permitted' && event.on
          : event.type === 'moved' && event.open;
      });
      return found === undefined ? null : `it happened at ${time(found.atMs)}`;
    }
  }
}

/** From when on every water valve was truly in that position (closed), or the first was (open), at or after a time. */
function whenAll({ events }: Timeline, closed: boolean, sinceMs: number): number | null {
  const open = new Set<string>();
  let atMs = -Infinity;
  for (const event of events) {
    if (event.type !== 'moved') continue;
    if (event.atMs > sinceMs && (open.size === 0) === closed) break;
    if (event.open) open.add(event.output);
    else open.delete(event.output);
    atMs = event.atMs;
  }
  return (open.size === 0) === closed ? Math.max(sinceMs, atMs) : null;
}

function feetSeconds({ samples }: Timeline): number {
  let sumMs = 0;
  for (const [index, { atMs, feet }] of samples.entries())
    if (feet !== null) sumMs += (samples[index + 1]?.atMs ?? atMs) - atMs;
  return sumMs / 1_000;
}

function time(atMs: number): string {
  return `${(atMs / 1_000).toFixed(3)} s`;
}
