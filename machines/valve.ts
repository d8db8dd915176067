import { setup } from 'xstate';
import type { Action } from './engine.ts';
import { actions, engineOf, guards } from './engine.ts';
import { TRIPS } from './envelope.ts';
import { actionsOn } from './narrow.ts';

/**
 * What is known of one water device, from the commands sent to it and the states it reports. It stands downstream of
 * the interlock: it opens nothing, it verifies, asks for renewals, and says when a device disagrees (T8).
 */
export interface ValveContext {
  readonly travelMs: number;
  readonly reportMs: number;
  /** When the command that is being verified, or was last verified, went out. */
  readonly sentAtMs: number;
  readonly leaseMs: number;
  readonly renewAtMs: number | null;
  /** Reported already, and moving still: a relay answers at once, the valve behind it takes its travel. */
  readonly settleAtMs: number | null;
  /** When a close that nobody confirmed is sent again. */
  readonly resendAtMs: number | null;
  /** When the device disagrees (T8). */
  readonly verifyByMs: number | null;
}

export type ValveEvent = { readonly atMs: number } & (
  | { readonly type: 'open-sent' | 'renew-sent'; readonly leaseMs: number }
  | { readonly type: 'close-sent' }
  | { readonly type: 'reported-open' | 'reported-closed' }
  /** The device, or the way to it, is gone: nothing is known. */
  | { readonly type: 'lost' }
  | { readonly type: 'clock' }
);

export type ValveEdge =
  | { readonly type: 'verified-open'; readonly sentAtMs: number }
  | { readonly type: 'verified-closed' }
  | { readonly type: 'renewal-due' }
  /** Close it (again): it should be closed and is not known to be. */
  | { readonly type: 'close-due' }
  /** T8. */
  | { readonly type: 'disagrees'; readonly expected: 'open' | 'closed' };

type ValveAction = Action<ValveContext, ValveEvent, ValveEdge>;
const NO_EDGES: readonly ValveEdge[] = [];
const edge = (context: ValveContext, want?: ValveEdge) => ({
  context,
  wants: want === undefined ? NO_EDGES : [want],
});

const on = actionsOn<ValveContext, ValveEvent, ValveEdge>();
const valveActions = {
  'expect it open': on('open-sent', (context, { atMs, leaseMs }) => {
    const verifyByMs = atMs + context.travelMs + context.reportMs + TRIPS.t8.marginMs;
    return edge({
      ...context,
      sentAtMs: atMs,
      leaseMs,
      renewAtMs: atMs + leaseMs / 3,
      settleAtMs: null,
      resendAtMs: null,
      verifyByMs,
    });
  }),
  'expect it closed': (context, { atMs }) => {
    const resendAtMs = atMs + context.travelMs + context.reportMs;
    return edge({
      ...context,
      sentAtMs: atMs,
      renewAtMs: null,
      settleAtMs: null,
      resendAtMs,
      verifyByMs: resendAtMs + TRIPS.t8.marginMs,
    });
  },
  'say it is open': (context) =>
    edge(
      { ...context, settleAtMs: null, verifyByMs: null },
      { type: 'verified-open', sentAtMs: context.sentAtMs },
    ),
  'say it is closed': (context) =>
    edge(
      { ...context, renewAtMs: null, settleAtMs: null, resendAtMs: null, verifyByMs: null },
      { type: 'verified-closed' },
    ),
  'let it move': (context) =>
    edge({ ...context, settleAtMs: context.sentAtMs + context.travelMs, resendAtMs: null, verifyByMs: null }),
  'let it move shut': (context, { atMs }) =>
    edge({ ...context, settleAtMs: atMs + context.travelMs, resendAtMs: null, verifyByMs: null }),
  'count on nothing': (context) =>
    edge({
      ...context,
      settleAtMs: null,
      verifyByMs: context.sentAtMs + context.travelMs + context.reportMs + TRIPS.t8.marginMs,
    }),
  'count on no close': (context) => {
    const resendAtMs = context.sentAtMs + context.travelMs + context.reportMs;
    return edge({ ...context, settleAtMs: null, resendAtMs, verifyByMs: resendAtMs + TRIPS.t8.marginMs });
  },
  'count the lease anew': on('renew-sent', (context, { atMs, leaseMs }) =>
    edge({ ...context, leaseMs, renewAtMs: atMs + leaseMs / 3 }),
  ),
  'ask for a renewal': (context, { atMs }) =>
    // If the renewal is not let out, asking goes on until the lease is over.
    edge({ ...context, renewAtMs: atMs + context.leaseMs / 3 }, { type: 'renewal-due' }),
  'wait for it to come back': (context, { atMs }) =>
    edge({
      ...context,
      verifyByMs: context.verifyByMs ?? atMs + context.travelMs + context.reportMs + TRIPS.t8.marginMs,
    }),
  'note that it is open': (context) => edge({ ...context, verifyByMs: null }),
  'close it again': (context) => edge({ ...context, resendAtMs: null }, { type: 'close-due' }),
  'close it at once': (context) => edge(context, { type: 'close-due' }),
  'say it does not open': (context) =>
    edge({ ...context, renewAtMs: null, verifyByMs: null }, { type: 'disagrees', expected: 'open' }),
  'say it does not close': (context) =>
    // Woken late, the second close may still be due; the trip closes it again.
    edge(
      { ...context, renewAtMs: null, resendAtMs: null, verifyByMs: null },
      { type: 'disagrees', expected: 'closed' },
    ),
  'forget it': (context) =>
    edge({ ...context, renewAtMs: null, settleAtMs: null, resendAtMs: null, verifyByMs: null }),
} satisfies Record<string, ValveAction>;

const due = (deadlineMs: number | null, event: ValveEvent) => event.atMs >= (deadlineMs ?? Infinity);
const valveGuards = {
  'it has had time to move': (context: ValveContext, event: ValveEvent) =>
    event.atMs >= context.sentAtMs + context.travelMs,
  'it is moving already': (context: ValveContext) => context.settleAtMs !== null,
  'it has moved': (context: ValveContext, event: ValveEvent) => due(context.settleAtMs, event),
  'it is late': (context: ValveContext, event: ValveEvent) => due(context.verifyByMs, event),
  'a second close is due': (context: ValveContext, event: ValveEvent) => due(context.resendAtMs, event),
  'a renewal is due': (context: ValveContext, event: ValveEvent) => due(context.renewAtMs, event),
};

export const valveMachine = setup({
  types: {
    context: {} as ValveContext,
    events: {} as ValveEvent,
    input: {} as { readonly travelMs: number; readonly reportMs: number },
  },
  actions: actions<ValveContext, ValveEvent, ValveEdge, keyof typeof valveActions>(valveActions),
  guards: guards<ValveContext, ValveEvent, keyof typeof valveGuards>(valveGuards),
}).createMachine({
  id: 'valve',
  context: ({ input }) => ({
    ...input,
    sentAtMs: 0,
    leaseMs: 0,
    renewAtMs: null,
    settleAtMs: null,
    resendAtMs: null,
    verifyByMs: null,
  }),
  initial: 'unknown',
  on: {
    'open-sent': { target: '.opening', actions: 'expect it open' },
    'close-sent': { target: '.closing', actions: 'expect it closed' },
    lost: { target: '.unknown', actions: 'forget it' },
  },
  states: {
    unknown: {
      on: { 'reported-open': { actions: 'close it at once' } },
    },
    opening: {
      on: {
        'renew-sent': { actions: 'count the lease anew' },
        'reported-open': [
          { guard: 'it has had time to move', target: 'open', actions: 'say it is open' },
          { actions: 'let it move' },
        ],
        'reported-closed': { actions: 'count on nothing' },
        clock: [
          { guard: 'it has moved', target: 'open', actions: 'say it is open' },
          { guard: 'it is late', target: 'failed', actions: 'say it does not open' },
          { guard: 'a renewal is due', actions: 'ask for a renewal' },
        ],
      },
    },
    open: {
      on: {
        'renew-sent': { actions: 'count the lease anew' },
        'reported-open': { actions: 'note that it is open' },
        'reported-closed': { actions: 'wait for it to come back' },
        clock: [
          { guard: 'it is late', target: 'failed', actions: 'say it does not open' },
          { guard: 'a renewal is due', actions: 'ask for a renewal' },
        ],
      },
    },
    closing: {
      on: {
        // A close goes out again and again; the clock of the first one keeps running.
        'close-sent': {},
        'reported-closed': [
          // Its travel begins when the device acts, which is known no sooner than it says so.
          { guard: 'it is moving already' },
          { actions: 'let it move shut' },
        ],
        'reported-open': { actions: 'count on no close' },
        clock: [
          { guard: 'it has moved', target: 'closed', actions: 'say it is closed' },
          { guard: 'it is late', target: 'failed', actions: 'say it does not close' },
          { guard: 'a second close is due', actions: 'close it again' },
        ],
      },
    },
    closed: {
      on: { 'reported-open': { actions: 'close it at once' } },
    },
    failed: {
      on: {
        // Late, and moving still: it is shut a travel after it says so, like any other close.
        'reported-closed': { target: 'closing', actions: 'let it move shut' },
        'reported-open': { actions: 'close it at once' },
      },
    },
  },
});

export const valve = engineOf<ValveEdge, typeof valveMachine>(valveMachine);

export function valveDeadline(context: ValveContext): number | null {
  const { renewAtMs, settleAtMs, resendAtMs, verifyByMs } = context;
  const dueMs = Math.min(
    Math.min(renewAtMs ?? Infinity, settleAtMs ?? Infinity),
    Math.min(resendAtMs ?? Infinity, verifyByMs ?? Infinity),
  );
  return dueMs === Infinity ? null : dueMs;
}
