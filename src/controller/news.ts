import type { DeskState, GuideResult } from '../model/desk.ts';
import type { EventType } from '../model/events.ts';
import type { SessionResult, StateObject } from '../model/state.ts';

/** What a station tells of itself, to a terminal, a page or a test: the lines of `ebb run --json`. */
export type News =
  | { readonly type: 'state'; readonly state: StateObject }
  | { readonly type: 'desk'; readonly state: DeskState }
  | {
      readonly type: 'command';
      readonly device: string;
      readonly action: 'open' | 'renew' | 'close' | 'set' | 'cue';
      readonly leaseMs: number | null;
      readonly targetC: number | null;
      readonly cue: string | null;
    }
  | {
      readonly type: 'reading';
      readonly device: string;
      readonly kind: string;
      readonly value: number | string | null;
    }
  | { readonly type: 'event'; readonly event: EventType; readonly detail: Readonly<Record<string, unknown>> }
  | { readonly type: 'result'; readonly result: SessionResult }
  | { readonly type: 'guide'; readonly result: GuideResult };

export type NewsListener = (news: News, atMs: number) => void;

/** The message of the event `taken_over`: what happened, what the water does, and what to do. */
export const TAKEN_OVER =
  'another program joined the broker under our client id, so it has the water now and this one opens nothing; ' +
  'end one of the two, or give each a `site` of its own';
