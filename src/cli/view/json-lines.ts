import type { News } from '../../controller/index.ts';
import type { Out } from '../output.ts';
import type { DrawnFacts } from './types.ts';

/** What waits for `started` at most; the oldest goes first. */
const MAX_WAITING = 10_000;

/** `ebb run --json`: one object a line. */
export interface JsonLines {
  /** When `start` was accepted, monotonic. News of before wait for it, and are dropped unless they came with it. */
  started(atMs: number): void;
  /** What the seed drew. */
  plant(drawn: DrawnFacts): void;
  news(news: News, atMs: number): void;
}

export function jsonLines(out: Out): JsonLines {
  let startedMs: number | null = null;
  let waiting: { readonly news: News; readonly atMs: number }[] = [];
  const write = (line: object): void => {
    out.write(`${JSON.stringify(line)}\n`);
  };
  return {
    started: (atMs) => {
      startedMs = atMs;
      for (const one of waiting) if (one.atMs >= atMs) write(lineOf(one.news, one.atMs - atMs));
      waiting = [];
    },
    plant: (drawn) => {
      write({ type: 'plant', t_ms: 0, ...drawn });
    },
    news: (news, atMs) => {
      if (startedMs !== null) {
        write(lineOf(news, atMs - startedMs));
        return;
      }
      waiting.push({ news, atMs });
      if (waiting.length > MAX_WAITING) waiting.shift();
    },
  };
}

/** A desk's state and result are what a bath's are: told by the fields that they have. */
const LINE_TYPES: Readonly<Record<News['type'], string>> = {
  ...{ state: 'state', command: 'command', reading: 'reading', event: 'event', result: 'result' },
  ...{ desk: 'state', guide: 'result' },
};

function lineOf(news: News, sinceMs: number): object {
  const head = { type: LINE_TYPES[news.type], t_ms: Math.round(sinceMs) };
  switch (news.type) {
    case 'state':
    case 'desk':
      return { ...head, ...news.state };
    case 'command': {
      const { device, action, leaseMs, targetC, cue } = news;
      return {
        ...head,
        device,
        action,
        ...(leaseMs === null ? {} : { lease_ms: leaseMs }),
        ...(targetC === null ? {} : { target_c: targetC }),
        ...(cue === null ? {} : { cue }),
      };
    }
    case 'reading':
      return { ...head, device: news.device, kind: news.kind, value: news.value };
    case 'event':
      // The detail comes last for readers and first in rank: it must not pass for another type of line.
      return { ...head, event_type: news.event, ...news.detail, ...head };
    case 'result':
    case 'guide':
      return { ...head, ...news.result };
  }
}
