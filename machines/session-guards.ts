import { BEGIN_MS } from './envelope.ts';
import { FLUSH_SIDES, flushSideOf } from './session-flush.ts';
import { hasBasins, isMoved, stepOf } from './session-run.ts';
import type { SessionContext, SessionEvent } from './session-run.ts';

/** The guards of the session chart, by the phrase that the chart uses. */
export const sessionGuards = {
  'there is no water to run': (context: SessionContext) => context.settings.plumbing === 'cues',
  'somebody pressed and there is no water to run': ({ settings }: SessionContext, event: SessionEvent) =>
    settings.plumbing === 'cues' && event.type === 'resume' && event.begins,
  'it is a dry run': ({ run }: SessionContext) => run?.dry === true,
  /** Buckets are asked about first: a press from before the question says nothing of them. */
  'somebody pressed and nothing is to be measured': (
    { settings, run }: SessionContext,
    event: SessionEvent,
  ) =>
    settings.plumbing === 'cues' &&
    settings.kind !== 'buckets' &&
    run !== null &&
    run.press !== null &&
    event.atMs - run.press.atMs <= BEGIN_MS,
  'the line is to be flushed': ({ run }: SessionContext) => run?.flush != null,
  'the line is to be flushed and readings are fresh': ({ run, deadlines }: SessionContext) =>
    run?.flush != null && deadlines.fresh === undefined,
  'the side to flush begins to run': ({ run, deadlines }: SessionContext, event: SessionEvent) =>
    event.type === 'opened' &&
    run !== null &&
    event.side === flushSideOf(run) &&
    deadlines.verify !== undefined,
  'the side is flushed and another is left': ({ run, deadlines }: SessionContext, event: SessionEvent) =>
    due(deadlines.flush, event) && run !== null && run.leg + 1 < FLUSH_SIDES.length,
  'the line is flushed': ({ deadlines }: SessionContext, event: SessionEvent) => due(deadlines.flush, event),
  'another leg is left': ({ run }: SessionContext) => run !== null && run.leg + 1 < run.legs.length,
  'the leg is over': ({ deadlines }: SessionContext, event: SessionEvent) => due(deadlines.leg, event),
  'the press still counts': ({ run }: SessionContext, event: SessionEvent) =>
    run !== null && run.press !== null && event.atMs - run.press.atMs <= BEGIN_MS,
  'nobody came in time': ({ deadlines }: SessionContext, event: SessionEvent) => due(deadlines.ready, event),
  'nobody came at all': ({ deadlines }: SessionContext, event: SessionEvent) => due(deadlines.parked, event),
  'the step is over and another follows': ({ deadlines, run }: SessionContext, event: SessionEvent) =>
    due(deadlines.step, event) && run !== null && run.index + 1 < run.plan.steps.length,
  'the last step is over': ({ deadlines }: SessionContext, event: SessionEvent) => due(deadlines.step, event),
  'the countdown is due': ({ deadlines }: SessionContext, event: SessionEvent) =>
    due(deadlines.countdown, event),
  /** In this cycle: whoever was, is not asked in it. */
  'nobody was seen yet': ({ run }: SessionContext) => run !== null && run.seenCycle !== stepOf(run)?.cycle,
  'the question is due and answered': ({ run, deadlines }: SessionContext, event: SessionEvent) =>
    due(deadlines.ask, event) && run !== null && run.seenCycle === stepOf(run)?.cycle,
  'the question is due': ({ deadlines }: SessionContext, event: SessionEvent) => due(deadlines.ask, event),
  'a question is open': ({ run }: SessionContext) => run?.prompt !== null,
  'it is the side wanted': ({ run }: SessionContext, event: SessionEvent) =>
    event.type === 'opened' && run !== null && stepOf(run)?.kind === event.side,
  'the person moves': ({ settings }: SessionContext) => isMoved(settings),
  'the water stands in basins': ({ settings }: SessionContext) => hasBasins(settings),
  'the move is over': (context: SessionContext, event: SessionEvent) =>
    isMoved(context.settings) && due(context.deadlines.verify, event),
  'the valves do not answer': ({ deadlines }: SessionContext, event: SessionEvent) =>
    due(deadlines.verify, event),
  'the water was proved': ({ settings, run, deadlines }: SessionContext) =>
    (run?.proved === true || hasBasins(settings)) && deadlines.fresh === undefined,
  'readings are fresh': ({ deadlines }: SessionContext) => deadlines.fresh === undefined,
  'readings stayed away': ({ deadlines }: SessionContext, event: SessionEvent) => due(deadlines.fresh, event),
  'the pause is over': ({ deadlines }: SessionContext, event: SessionEvent) => due(deadlines.hold, event),
  'the rest is over': ({ deadlines }: SessionContext, event: SessionEvent) => due(deadlines.rest, event),
  'the trip holds': (_: SessionContext, event: SessionEvent) =>
    event.type === 'trip' && event.trip.response === 'hold',
  'the trip ends': (_: SessionContext, event: SessionEvent) =>
    event.type === 'trip' && event.trip.response === 'end',
  'the trip latches': (_: SessionContext, event: SessionEvent) => event.type === 'trip' && event.trip.latch,
  'it may be continued': ({ run, continuableUntilMs }: SessionContext, event: SessionEvent) =>
    run !== null && continuableUntilMs !== null && event.atMs <= continuableUntilMs,
};

function due(deadlineMs: number | undefined, event: SessionEvent): boolean {
  return deadlineMs !== undefined && event.atMs >= deadlineMs;
}
