import { FLUSH, TRIPS } from './envelope.ts';
import * as s from './session-run.ts';
import { onRun } from './session-on.ts';
import type { SessionAction } from './session-on.ts';
import type { Outcome, Run, SessionContext } from './session-run.ts';
import type { WaterKind } from '../src/model/plan.ts';

/** Hot first: the proof test, which begins warm as well, then meets a pipe that has been cooled. */
export const FLUSH_SIDES: readonly WaterKind[] = ['warm', 'cold'];

/** The side that the flush runs, or is about to. */
export function flushSideOf(run: Run): WaterKind {
  return FLUSH_SIDES[run.leg] ?? 'cold';
}

/**
 * The water of one side, whatever its temperature: what stood in the line is colder than any band, and no band is asked
 * for. The scald guard and T1 look on. Its time runs from the open that was verified, see `flow`.
 */
function open(context: SessionContext, run: Run, atMs: number): Outcome {
  const side = flushSideOf(run);
  const untilMs = atMs + FLUSH.openMs + FLUSH.sideMs + TRIPS.t11.marginMs;
  return {
    context: s.withRun(context, run, { verify: atMs + FLUSH.openMs }),
    wants: [
      s.water(side, s.legTargetOf(run, side, context.settings.plumbing), untilMs),
      s.expect(context, run, side, { band: null, targetC: null }),
    ],
  };
}

/** A flush that was broken off begins again from its first side. */
const flush = onRun((context, run, { atMs }) => open(context, { ...run, leg: 0 }, atMs));

const next = onRun((context, run, { atMs }) => open(context, { ...run, leg: run.leg + 1 }, atMs));

const flow: SessionAction = (context, { atMs }) => ({
  context: { ...context, deadlines: { flush: atMs + FLUSH.sideMs } },
  wants: [],
});

const note = onRun((context, run) => ({
  context: { ...context, run: { ...run, flush: null } },
  wants: [{ type: 'flushed', idleMs: run.flush?.idleMs ?? null, sideMs: FLUSH.sideMs }],
}));

/** What flushes a line that was not used for days (L18), by the phrase that the chart uses. */
export const flushActions = {
  'flush the first side': flush,
  'flush the next side': next,
  'count the flow': flow,
  'note the flush': note,
} satisfies Record<string, SessionAction>;
