import { BEGIN_MS } from './envelope.ts';
import { FLUSH_SIDES, flushSideOf } from './session-flush.ts';
import { hasBasins, isMoved, stepOf } from './session-run.ts';
import type { Run, SessionContext, SessionEvent } from './session-run.ts';
import { guardsOn } from './narrow.ts';

const on = guardsOn<SessionContext, SessionEvent>();

/** Of a run; without one the answer is no. */
const ofRun =
  (ask: (run: Run, context: SessionContext, event: SessionEvent) => boolean) =>
  (context: SessionContext, event: SessionEvent): boolean =>
    context.run !== null && ask(context.run, context, event);

/** The guards of the session chart, by the phrase that the chart uses. */
export const sessionGuards = {
  'there is no water to run': (context: SessionContext) => context.settings.plumbing === 'cues',
  'somebody pressed and there is no water to run': on(
    'resume',
    ({ settings }, { begins }) => settings.plumbing === 'cues' && begins,
  ),
  'it is a dry run': ofRun(({ dry }) => dry),
  /** Buckets are asked about first: a press from before the question says nothing of them. */
  'somebody pressed and nothing is to be measured': ofRun(
    (run, { settings }, event) =>
      settings.plumbing === 'cues' && settings.kind !== 'buckets' && counts(run, event),
  ),
  'the line is to be flushed': ofRun(({ flush }) => flush !== null),
  'the line is to be flushed and readings are fresh': ofRun(
    ({ flush }, { deadlines }) => flush !== null && deadlines.fresh === undefined,
  ),
  'the side to flush begins to run': on(
    'opened',
    ({ run, deadlines }, { side }) =>
      run !== null && side === flushSideOf(run) && deadlines.verify !== undefined,
  ),
  'the side is flushed and another is left': ofRun(
    ({ leg }, { deadlines }, event) => due(deadlines.flush, event) && leg + 1 < FLUSH_SIDES.length,
  ),
  'the line is flushed': ({ deadlines }: SessionContext, event: SessionEvent) => due(deadlines.flush, event),
  'another leg is left': ofRun(({ leg, legs }) => leg + 1 < legs.length),
  'the leg is over': ({ deadlines }: SessionContext, event: SessionEvent) => due(deadlines.leg, event),
  'the press still counts': ofRun((run, _, event) => counts(run, event)),
  'nobody came in time': ({ deadlines }: SessionContext, event: SessionEvent) => due(deadlines.ready, event),
  'nobody came at all': ({ deadlines }: SessionContext, event: SessionEvent) => due(deadlines.parked, event),
  'the step is over and another follows': ofRun(
    ({ index, plan }, { deadlines }, event) => due(deadlines.step, event) && index + 1 < plan.steps.length,
  ),
  'the last step is over': ({ deadlines }: SessionContext, event: SessionEvent) => due(deadlines.step, event),
  'the countdown is due': ({ deadlines }: SessionContext, event: SessionEvent) =>
    due(deadlines.countdown, event),
  /** In this cycle: whoever was, is not asked in it. */
  'nobody was seen yet': ofRun((run) => !isSeen(run)),
  'the question is due and answered': ofRun(
    (run, { deadlines }, event) => due(deadlines.ask, event) && isSeen(run),
  ),
  'the question is due': ({ deadlines }: SessionContext, event: SessionEvent) => due(deadlines.ask, event),
  'a question is open': ofRun(({ prompt }) => prompt !== null),
  'it is the side wanted': on('opened', ({ run }, { side }) => run !== null && stepOf(run)?.kind === side),
  'the person moves': ({ settings }: SessionContext) => isMoved(settings),
  'the water stands in basins': ({ settings }: SessionContext) => hasBasins(settings),
  'the move is over': (context: SessionContext, event: SessionEvent) =>
    isMoved(context.settings) && due(context.deadlines.verify, event),
  'the valves do not answer': ({ deadlines }: SessionContext, event: SessionEvent) =>
    due(deadlines.verify, event),
  'the water was proved': ofRun(
    ({ proved }, { settings, deadlines }) => (proved || hasBasins(settings)) && deadlines.fresh === undefined,
  ),
  'readings are fresh': ({ deadlines }: SessionContext) => deadlines.fresh === undefined,
  'readings stayed away': ({ deadlines }: SessionContext, event: SessionEvent) => due(deadlines.fresh, event),
  'the pause is over': ({ deadlines }: SessionContext, event: SessionEvent) => due(deadlines.hold, event),
  'the rest is over': ({ deadlines }: SessionContext, event: SessionEvent) => due(deadlines.rest, event),
  'the trip holds': on('trip', (_, { trip }) => trip.response === 'hold'),
  'the trip ends': on('trip', (_, { trip }) => trip.response === 'end'),
  'the trip latches': on('trip', (_, { trip }) => trip.latch),
  'it may be continued': ofRun(
    (_, { continuableUntilMs }, { atMs }) => atMs <= (continuableUntilMs ?? -Infinity),
  ),
};

function due(deadlineMs: number | undefined, event: SessionEvent): boolean {
  return event.atMs >= (deadlineMs ?? Infinity);
}

/** A local press this young is a begin. */
function counts({ press }: Run, { atMs }: SessionEvent): boolean {
  return press !== null && atMs - press.atMs <= BEGIN_MS;
}

/** In the cycle that has been come to. */
function isSeen(run: Run): boolean {
  return run.seenCycle === stepOf(run)?.cycle;
}
