import { link } from '../../../machines/link.ts';
import type { LinkEvent } from '../../../machines/link.ts';
import { station } from '../../../machines/station.ts';
import type { StationEvent } from '../../../machines/station.ts';
import { valve } from '../../../machines/valve.ts';
import type { ValveEdge, ValveEvent } from '../../../machines/valve.ts';
import { CLEAR_AFTER_MS } from '../../../machines/envelope.ts';
import { trip } from '../support.ts';
import { dueSets, withContext } from './explore.ts';
import type { RowTracer, Space } from './explore.ts';
import { NOW } from './session-space.ts';

type Without<T> = T extends unknown ? Omit<T, 'atMs'> : never;
const TO_COME = NOW + 1_000;

// --- the valve -------------------------------------------------------------------------------------------------

export const TRAVEL = { travelMs: 500, reportMs: 300 };
export type ValveSnapshot = ReturnType<typeof valve.initial>;
const WAITS = ['renewAtMs', 'settleAtMs', 'resendAtMs', 'verifyByMs'] as const;
export type ValveWait = (typeof WAITS)[number];
export type ValveMove =
  { readonly event: Without<ValveEvent>; readonly due: readonly ValveWait[] } | 'it has had time';

/** Times of a valve as its guards see them: to come, or had time to move. */
export function canonicalValve(snapshot: ValveSnapshot): ValveSnapshot {
  const { context } = snapshot;
  const coming = (atMs: number | null): number | null => (atMs === null ? null : TO_COME);
  const moved = NOW >= context.sentAtMs + context.travelMs;
  return withContext(snapshot, {
    ...context,
    sentAtMs: moved ? NOW - context.travelMs : NOW,
    leaseMs: 30_000,
    renewAtMs: coming(context.renewAtMs),
    settleAtMs: coming(context.settleAtMs),
    resendAtMs: coming(context.resendAtMs),
    verifyByMs: coming(context.verifyByMs),
  });
}

export const waitsOf = ({ context }: ValveSnapshot): readonly (readonly ValveWait[])[] =>
  // Two at a time at most: a clock serves one and comes again for the next.
  dueSets(WAITS.filter((name) => context[name] !== null)).map((due) =>
    WAITS.filter((name) => due.includes(name)),
  );

export function valveDue(snapshot: ValveSnapshot, due: readonly ValveWait[]): ValveSnapshot {
  return withContext(snapshot, {
    ...snapshot.context,
    ...Object.fromEntries(due.map((name) => [name, NOW])),
  });
}

export function valveMoved(snapshot: ValveSnapshot): ValveSnapshot {
  return withContext(snapshot, { ...snapshot.context, sentAtMs: NOW - snapshot.context.travelMs });
}

export interface ValveNode {
  readonly snapshot: ValveSnapshot;
  readonly edges: readonly ValveEdge[];
}

export const valveKey = ({ value, context }: ValveSnapshot): string =>
  [value, context.sentAtMs, ...WAITS.map((name) => context[name])].join();

export function valveSpace(tracer: RowTracer): Space<ValveNode, ValveMove> {
  const events: readonly Without<ValveEvent>[] = [
    { type: 'open-sent', leaseMs: 30_000 },
    { type: 'renew-sent', leaseMs: 30_000 },
    { type: 'close-sent' },
    { type: 'reported-open' },
    { type: 'reported-closed' },
    { type: 'lost' },
  ];
  return {
    initial: [{ snapshot: canonicalValve(valve.initial(TRAVEL)), edges: [] }],
    key: ({ snapshot }) => valveKey(snapshot),
    moves: ({ snapshot }) => [
      ...events.map((event) => ({ event, due: [] })),
      ...waitsOf(snapshot).map((due) => ({ event: { type: 'clock' }, due }) as const),
      ...(snapshot.context.sentAtMs === NOW ? ['it has had time' as const] : []),
    ],
    take(node, move) {
      if (move === 'it has had time') return { snapshot: valveMoved(node.snapshot), edges: [] };
      const at = valveDue(node.snapshot, move.due);
      tracer.note(at, { ...move.event, atMs: NOW });
      const step = valve.step(at, { ...move.event, atMs: NOW });
      return { snapshot: canonicalValve(step.snapshot), edges: step.wants };
    },
  };
}

// --- the link ----------------------------------------------------------------------------------------------------

export type LinkSnapshot = ReturnType<typeof link.initial>;

export function linkSpace(tracer: RowTracer): Space<LinkSnapshot, LinkEvent['type']> {
  return {
    initial: [link.initial(undefined)],
    key: ({ value }) => value,
    moves: () => ['broker-up', 'broker-down', 'device-up', 'device-down'],
    take(snapshot, type) {
      tracer.note(snapshot, { type, atMs: NOW });
      return link.step(snapshot, { type, atMs: NOW }).snapshot;
    },
  };
}

// --- the station -------------------------------------------------------------------------------------------------

export type StationSnapshot = ReturnType<typeof station.initial>;
export type StationMove = Without<StationEvent> | 'long enough';

export function stationSpace(tracer: RowTracer): Space<StationSnapshot, StationMove> {
  const fault = { code: 'over_temperature', detector: 'T1', latched: true, message: 'as a test says' };
  const moves: readonly StationMove[] = [
    ...(['hold', 'end', 'abort'] as const).map((how) => ({ type: 'trip', trip: trip(how) }) as const),
    { type: 'trip', trip: trip('abort', 'over_temperature', true) },
    { type: 'restored', fault },
    { type: 'condition', holds: true },
    { type: 'condition', holds: false },
    { type: 'clear' },
    { type: 'session-over' },
    'long enough',
  ];
  return {
    initial: [station.initial(undefined)],
    key: ({ value, context }) => JSON.stringify([value, context]),
    moves: () => moves,
    take(snapshot, move) {
      const { context } = snapshot;
      if (move === 'long enough') {
        const falseSinceMs = context.falseSinceMs === null ? null : NOW - CLEAR_AFTER_MS;
        return withContext(snapshot, { ...context, falseSinceMs });
      }
      tracer.note(snapshot, { ...move, atMs: NOW });
      return station.step(snapshot, { ...move, atMs: NOW }).snapshot;
    },
  };
}
