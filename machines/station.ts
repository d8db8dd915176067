import { setup } from 'xstate';
import type { Action } from './engine.ts';
import { actions, engineOf, guards } from './engine.ts';
import { CLEAR_AFTER_MS } from './envelope.ts';
import { actionsOn, guardsOn } from './narrow.ts';
import type { Trip } from '../src/model/want.ts';

/**
 * What outlives a session: the fault that waits for a local clear, and since when its condition has been false. A
 * latched fault survives a restart; the controller restores it from the journal with `restored`.
 */
export interface StationFault {
  readonly code: string;
  readonly detector: string;
  readonly latched: boolean;
  /** The water may be no warmer than that before it is cleared, degrees Celsius; left out or null: nobody knows. */
  readonly clearsAtC?: number | null;
  readonly message: string;
}
export interface StationContext {
  readonly fault: StationFault | null;
  /** Since when the fault's condition has been false; null while it holds. */
  readonly falseSinceMs: number | null;
}
export type StationEvent = { readonly atMs: number } & (
  | { readonly type: 'trip'; readonly trip: Trip }
  | { readonly type: 'restored'; readonly fault: StationFault }
  /** The condition of the fault, as the watch sees it now. */
  | { readonly type: 'condition'; readonly holds: boolean }
  | { readonly type: 'clear' }
  | { readonly type: 'session-over' }
);
export interface StationEdge {
  readonly type: 'cleared';
  readonly fault: StationFault;
}

const on = actionsOn<StationContext, StationEvent, StationEdge>();
const stationActions = {
  'note the fault': on('trip', ({ fault }, { trip }) => ({
    context: { fault: faultOf(trip, fault), falseSinceMs: null },
    wants: [],
  })),
  // Nothing has been measured since the restart, so nothing is known to be false.
  'note the old fault': on('restored', (_, { fault }) => ({
    context: { fault, falseSinceMs: null },
    wants: [],
  })),
  'note the condition': on('condition', (context, { holds, atMs }) => ({
    context: { ...context, falseSinceMs: holds ? null : (context.falseSinceMs ?? atMs) },
    wants: [],
  })),
  'forget the fault': (context) => ({
    context: { fault: null, falseSinceMs: null },
    wants: context.fault === null ? [] : [{ type: 'cleared', fault: context.fault }],
  }),
} satisfies Record<string, Action<StationContext, StationEvent, StationEdge>>;

/** What one latched fault waits for still has to be over where another has taken its place. */
function faultOf(trip: Trip, before: StationFault | null): StationFault {
  const { reason: code, detector, latch: latched, message, clearsAtC } = trip;
  const heldAtC = before?.latched === true ? before.clearsAtC : Infinity;
  const atMostC = clearsAtC === undefined || heldAtC == null ? null : Math.min(clearsAtC, heldAtC);
  return { code, detector, latched, message, clearsAtC: atMostC };
}

const ask = guardsOn<StationContext, StationEvent>();
const stationGuards = {
  'it latches': ask('trip', (_, { trip }) => trip.latch),
  'it aborts': ask('trip', (_, { trip }) => trip.response === 'abort'),
  'the condition has been false long enough': (context: StationContext, event: StationEvent) =>
    context.falseSinceMs !== null && event.atMs >= context.falseSinceMs + CLEAR_AFTER_MS,
};

export const stationMachine = setup({
  types: { context: {} as StationContext, events: {} as StationEvent },
  actions: actions<StationContext, StationEvent, StationEdge, keyof typeof stationActions>(stationActions),
  guards: guards<StationContext, StationEvent, keyof typeof stationGuards>(stationGuards),
}).createMachine({
  id: 'station',
  context: { fault: null, falseSinceMs: null },
  initial: 'usable',
  on: {
    trip: [
      { guard: 'it latches', target: '.latched', actions: 'note the fault' },
      { guard: 'it aborts', target: '.faulted', actions: 'note the fault' },
    ],
    restored: { target: '.latched', actions: 'note the old fault' },
  },
  states: {
    usable: {},
    /** Aborted, not latched: a clear ends it, a restart of the controller too. */
    faulted: { on: { clear: { target: 'usable', actions: 'forget the fault' } } },
    latched: {
      on: {
        // A lesser trip does not take the place of a latched one.
        trip: [{ guard: 'it latches', actions: 'note the fault' }, {}],
        condition: { actions: 'note the condition' },
        clear: {
          guard: 'the condition has been false long enough',
          target: 'usable',
          actions: 'forget the fault',
        },
      },
    },
  },
});

export const station = engineOf<StationEdge, typeof stationMachine>(stationMachine);
