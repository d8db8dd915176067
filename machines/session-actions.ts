import type { CueName } from '../src/model/device.ts';
import type { WaterKind } from '../src/model/plan.ts';
import { NOTHING_EXPECTED } from '../src/model/want.ts';
import type { Reason } from '../src/model/state.ts';
import { CONTINUE_MS, READY_AGAIN_MS, RETURN_TO_IDLE_MS, TRIPS } from './envelope.ts';
import {
  contactWants,
  countdownOf,
  invitation,
  leaveContact,
  permission,
  permit,
} from './session-contact.ts';
import * as s from './session-run.ts';
import { flushActions } from './session-flush.ts';
import { on, onRun, onRunAnd, onStep } from './session-on.ts';
import type { SessionAction } from './session-on.ts';
import type { Outcome, Run, SessionContext, SessionEvent } from './session-run.ts';

/** Everything shut, nobody permitted: the common part of every way out. */
function shut(context: SessionContext, run: Run, atMs: number, over: boolean, cueName: CueName): Outcome {
  const left = leaveContact(run, atMs, over);
  const { settings } = context;
  const verifyMs = s.VERIFY_MS + (over ? settings.drainMs : 0);
  return {
    context: s.withRun(context, left.run, { verify: atMs + verifyMs }),
    wants: [
      s.noWater(settings, over ? 'empty' : 'rest'),
      // L8 goes on over a pause; on the way out it has nothing left to end.
      s.expect(context, left.run, null, over ? { sessionOverMs: null } : {}),
      ...left.wants,
      s.cue(cueName),
    ],
  };
}

function end(reason: (run: Run) => Reason): SessionAction {
  return onRun((context, run, { atMs }) => ends(context, { ...run, reason: reason(run) }, atMs));
}

const endForTheTrip = onRunAnd('trip', (context, run, { atMs, trip }) =>
  ends(context, { ...run, reason: trip.reason, trip }, atMs),
);

function ends(context: SessionContext, run: Run, atMs: number): Outcome {
  const cueName = run.reason === 'cold_water_too_cold' ? 'towel' : 'step-out';
  return shut(context, run, atMs, true, cueName);
}

/** What the water of a side can be held at. */
function kept(context: SessionContext, run: Run, side: WaterKind, valueC: number): Outcome {
  const plateau = side === 'warm' ? { warmPlateauC: valueC } : { coldPlateauC: valueC };
  return { context: { ...context, run: { ...run, ...plateau } }, wants: [] };
}

function startLeg(context: SessionContext, run: Run, atMs: number): Outcome {
  const leg = s.legOf(run);
  const targetC = s.legTargetOf(run, leg, context.settings.plumbing);
  const allowanceMs = run.leg === 0 ? context.settings.purgeMs : s.LEG_MS;
  return {
    context: s.withRun(context, run, { leg: atMs + allowanceMs + TRIPS.t11.marginMs }),
    wants: [
      s.water(leg, targetC, atMs + allowanceMs + 2 * TRIPS.t11.marginMs),
      // The first leg is the purge: it lasts until the water is in band, and T9 ends it.
      s.expect(context, run, leg, {
        leg: run.leg,
        targetC,
        bandByMs: run.leg === 0 ? atMs + allowanceMs : null,
      }),
    ],
  };
}

function temper(context: SessionContext, run: Run, atMs: number): Outcome {
  const side = s.sideOf(run);
  if (s.hasBasins(context.settings)) {
    const filling: Run = { ...run, proved: true, banded: false };
    const { parked } = context.deadlines;
    const deadlines = {
      verify: atMs + context.settings.prepareMs,
      // Water that left its band, or grew old, does not make anybody's time longer.
      ...(parked === undefined ? {} : { parked }),
    };
    return {
      context: s.withRun(context, filling, deadlines),
      wants: [
        { type: 'basins', ask: 'prepare', goals: s.goalsOf(run) },
        s.expect(context, filling, side, {}),
      ],
    };
  }
  const bandByMs = run.bandByMs ?? atMs + context.settings.purgeMs;
  const tempering: Run = { ...run, proved: true, banded: false, bandByMs };
  return {
    // Water that was offered once and left its band is not offered anew for ever.
    context: s.withRun(context, tempering, run.readyUntilMs === null ? {} : { ready: run.readyUntilMs }),
    wants: [
      s.water(side, s.targetOf(run, side, context.settings.plumbing), bandByMs + TRIPS.t11.marginMs),
      s.expect(context, tempering, side, { bandByMs }),
    ],
  };
}

function ended(outcome: 'complete' | 'stopped' | 'aborted'): SessionAction {
  return onRun((context, run, event) => {
    const early =
      outcome !== 'complete' &&
      !run.dry &&
      !run.continued &&
      run.firstContactMs !== null &&
      run.symptoms.length === 0 &&
      run.trip?.latch !== true;
    const rests: SessionContext['deadlines'] =
      outcome === 'aborted' ? {} : { rest: event.atMs + RETURN_TO_IDLE_MS };
    return {
      context: {
        ...s.withRun(context, run, rests),
        continuableUntilMs: early ? event.atMs + CONTINUE_MS : null,
      },
      wants: [
        { type: 'expect', expectation: NOTHING_EXPECTED },
        { type: 'ended', outcome, reason: run.reason },
      ],
    };
  });
}

/** The actions of the session chart, by the phrase that the chart uses. */
export const sessionActions = {
  'take the request': on('start', (context, { atMs, request }) => {
    const run = s.runOf(request);
    return {
      context: { ...s.withRun(context, run, { verify: atMs + s.VERIFY_MS }), continuableUntilMs: null },
      wants: [
        { type: 'release' },
        s.noWater(context.settings, 'empty'),
        s.expect(context, run, null, {}),
        s.cue('off'),
      ],
    };
  }),
  'take up where it ended': onRunAnd('continue', (context, run, event) => {
    const again: Run = {
      ...run,
      proved: false,
      leg: 0,
      press: { atMs: event.atMs, source: event.source },
      firstContactMs: null,
      continued: true,
      reason: 'completed',
      trip: null,
    };
    return {
      context: {
        ...s.withRun(context, again, { verify: event.atMs + s.VERIFY_MS }),
        continuableUntilMs: null,
      },
      wants: [{ type: 'release' }, s.noWater(context.settings, 'empty'), s.expect(context, again, null, {})],
    };
  }),
  ...flushActions,
  'prove from the first leg': onRun((context, run, event) => {
    // The legs share the purge allowance with the wait for the band; the last two add at most 30 s each.
    const bandByMs = event.atMs + context.settings.purgeMs + (run.legs.length - 1) * s.LEG_MS;
    return startLeg(context, { ...run, leg: 0, bandByMs }, event.atMs);
  }),
  'keep the plateau': onRunAnd('steady', (context, run, { plateauC }) =>
    kept(context, run, s.legOf(run), plateauC),
  ),
  'keep what it is held at': onRunAnd('held-at', (context, run, { side, targetC }) =>
    kept(context, run, side, targetC),
  ),
  'prove the next leg': onRun((context, run, event) =>
    startLeg(context, { ...run, leg: run.leg + 1 }, event.atMs),
  ),
  'run to the band': onRun((context, run, event) => temper(context, run, event.atMs)),
  'run to the band again': onRun((context, run, event) =>
    temper(context, { ...run, bandByMs: null, trip: null }, event.atMs),
  ),
  'keep the press': onRun((context, run, event) => {
    if (event.type === 'begin')
      return { context: { ...context, run: { ...run, press: pressOf(event) } }, wants: [] };
    if (event.type === 'resume') {
      const press = event.begins ? pressOf(event) : null;
      return { context: { ...context, run: { ...run, press } }, wants: [{ type: 'release' }] };
    }
    return { context, wants: [] };
  }),
  'offer the water': onRun((context, run, event) => {
    const side = s.sideOf(run);
    // Two buckets take longer to measure than a press, and nothing runs meanwhile; a basin holds its band.
    const { kind } = context.settings;
    const stands = kind === 'buckets' || s.hasBasins(context.settings);
    const readyUntilMs = run.readyUntilMs ?? event.atMs + (stands ? READY_AGAIN_MS : s.READY_FOR_MS);
    const offered: Run = { ...run, banded: true, bandByMs: null, readyUntilMs };
    return {
      context: s.withRun(context, offered, stands ? { parked: readyUntilMs } : { ready: readyUntilMs }),
      wants: [
        ...(context.settings.plumbing === 'cues' || s.hasBasins(context.settings)
          ? []
          : [
              s.water(
                side,
                s.targetOf(run, side, context.settings.plumbing),
                readyUntilMs + TRIPS.t11.marginMs,
              ),
            ]),
        s.expect(context, offered, context.settings.plumbing === 'cues' ? null : side, {}),
        // Buckets are asked about before they are stepped into.
        s.cue(kind === 'buckets' ? 'ask' : 'feet-in'),
      ],
    };
  }),
  'close until somebody comes': onRun((context, run, event) => {
    const waiting: Run = { ...run, banded: false, readyUntilMs: null, press: null };
    return {
      context: s.withRun(context, waiting, { parked: event.atMs + READY_AGAIN_MS }),
      wants: [s.NO_WATER, s.expect(context, waiting, null, {}), s.cue('off')],
    };
  }),
  'permit contact': onStep((context, run, step, event) => {
    const source = event.type === 'begin' ? event.source : run.press?.source;
    // A press on the bath's own button cannot be answered to, since there any further press is STOP.
    const asks = source !== 'button' || context.settings.presence;
    const asksNow = run.firstContactMs === null ? asks : run.asks;
    const permitted = permit(context, { ...run, press: null, asks: asksNow }, step, event.atMs, event.atMs);
    return { ...permitted, wants: [...permitted.wants, s.cue(step.kind)] };
  }),
  /** Nobody is to come: the steps run by themselves, over nobody. A red light says so once. */
  'run the step over nobody': onStep((context, run, step, event) => {
    const first = run.firstContactMs === null;
    const begun = permit(context, { ...run, press: null, asks: false }, step, event.atMs, event.atMs);
    return { ...begun, wants: [...begun.wants, ...(first ? [s.cue('step-out')] : [])] };
  }),
  /** The first cue of a change is given with the change itself, when people move or brace themselves. */
  'start the step': onStep((context, run, step, event) =>
    permit(
      context,
      run,
      step,
      event.atMs,
      event.type === 'opened' ? event.sentAtMs : (run.stepOpenedMs ?? event.atMs),
    ),
  ),
  'count down': onRun((context, run) => ({
    context: { ...context, deadlines: s.without(context, 'countdown') },
    wants: [s.cue(countdownOf(context, run).cue)],
  })),
  'ask whether all is well': onStep((context, run, step, event) => {
    const { cycle } = step;
    const prompt = {
      id: `${run.id}-${cycle}`,
      askedAtMs: event.atMs,
      answerByMs: event.atMs + TRIPS.t13.answerMs,
    };
    const asked: Run = { ...run, askedCycle: cycle, prompt };
    const deadlines = s.without(context, 'ask');
    return {
      context: { ...context, run: asked, deadlines },
      wants: [...contactWants(context, asked, step, deadlines.step ?? event.atMs), s.cue('ask')],
    };
  }),
  /** Whoever is there answers by it, also before they are asked. */
  'note who is there': onStep((context, run, step, event) => {
    const seen: Run = { ...run, seenCycle: step.cycle, prompt: null };
    const wants =
      run.prompt === null ? [] : contactWants(context, seen, step, context.deadlines.step ?? event.atMs);
    return { context: { ...context, run: seen }, wants };
  }),
  'ask nobody': (context) => ({
    context: { ...context, deadlines: s.without(context, 'ask') },
    wants: [],
  }),
  'note the answer': onStep((context, run, step, event) => {
    const answered: Run = { ...run, prompt: null };
    return {
      context: { ...context, run: answered },
      wants: contactWants(context, answered, step, context.deadlines.step ?? event.atMs),
    };
  }),
  'change the water': onRun((context, run, event) => {
    const left = leaveContact(run, event.atMs, true);
    const { plumbing } = context.settings;
    const moved = s.isMoved(context.settings);
    // Where the person moves, L3 and L4 count from the cue that sends them: it is what stands (safety: I5, I6).
    const stepOpenedMs = moved ? event.atMs : null;
    const next: Run = { ...left.run, index: run.index + 1, stepDoneMs: 0, stepOpenedMs };
    const step = s.stepOf(next);
    if (step === null) return { context, wants: [] };
    const waitMs = moved ? s.MOVE_MS : s.VERIFY_MS;
    const limitMs = s.stepLimitOf(next, step);
    const { marginMs } = TRIPS.t11;
    const over = moved
      ? { stepOverMs: event.atMs + limitMs + marginMs }
      : { stepLimitMs: limitMs, formerOverMs: event.atMs + marginMs };
    const untilMs = event.atMs + waitMs + step.durationMs;
    return {
      context: s.withRun(context, next, { verify: event.atMs + waitMs }),
      wants: [
        ...left.wants,
        ...(moved ? [] : [s.water(step.kind, s.targetOf(next, step.kind, plumbing), untilMs)]),
        s.expect(context, next, step.kind, { ...permission(next), ...over }),
        ...invitation(next, step.kind),
      ],
    };
  }),
  'end the last step': onRun((context, run, event) =>
    shut(context, { ...run, reason: 'completed' }, event.atMs, true, run.dry ? 'off' : 'end'),
  ),
  'close and pause': onRun((context, run, event) => {
    const trip = event.type === 'trip' ? event.trip : null;
    const paused = shut(context, { ...run, trip, press: null }, event.atMs, false, 'pause');
    // Readings may be fresh again before the valves have closed, so the wait for them begins with the trip.
    const stale = trip?.reason === 'stale_reading' ? { fresh: event.atMs + TRIPS.t5.freshWithinMs } : {};
    const deadlines = { ...paused.context.deadlines, ...stale, hold: event.atMs + context.settings.pauseMs };
    return { context: { ...paused.context, deadlines }, wants: paused.wants };
  }),
  'wait out the pause': (context) => ({
    context: { ...context, deadlines: s.without(context, 'verify') },
    wants: [],
  }),
  'note the fresh reading': (context) => ({
    context: { ...context, deadlines: s.without(context, 'fresh') },
    wants: [],
  }),
  'stop for a person': end(() => 'stopped_by_person'),
  'stop for a symptom': onRunAnd('report', (context, run, { atMs, symptom }) =>
    ends(context, { ...withSymptom(run, symptom), reason: 'symptom_reported' }, atMs),
  ),
  /** It is ending already: what is reported now belongs to it all the same. */
  'note the symptom': onRunAnd('report', (context, run, { symptom }) => ({
    context: { ...context, run: withSymptom(run, symptom) },
    wants: [],
  })),
  'stop since nobody came': end(() => 'nobody_came'),
  'stop since the pause ran out': end((run) =>
    run.trip?.reason === 'no_answer' || run.trip?.reason === 'nobody_there'
      ? run.trip.reason
      : 'pause_ran_out',
  ),
  'stop for the trip': endForTheTrip,
  'abort for the trip': endForTheTrip,
  'abort unverified': end(() => 'valve_not_verified'),
  'abort since no water came': end(() => 'never_in_band'),
  'abort unsteady': end(() => 'no_steady_water'),
  'abort stale': end(() => 'stale_reading'),
  'record complete': ended('complete'),
  'record stopped': ended('stopped'),
  'record aborted': ended('aborted'),
  'continue no more': (context) => ({ context: { ...context, continuableUntilMs: null }, wants: [] }),
  'put away': (context) => ({
    context: { ...context, run: context.continuableUntilMs === null ? null : context.run, deadlines: {} },
    wants: [{ type: 'release' }, s.cue('off')],
  }),
} satisfies Record<string, SessionAction>;

function withSymptom(run: Run, symptom: string): Run {
  return { ...run, symptoms: [...run.symptoms, symptom] };
}

function pressOf(event: SessionEvent & { type: 'begin' | 'resume' }) {
  return { atMs: event.atMs, source: event.source };
}
