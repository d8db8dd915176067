import type { CueName } from '../src/model/device.ts';
import type { PlannedStep } from '../src/model/plan.ts';
import type { Want } from '../src/model/want.ts';
import { COUNTDOWNS } from './cues.ts';
import type { Countdown } from './cues.ts';
import { TRIPS } from './envelope.ts';
import * as s from './session-run.ts';
import type { Outcome, Run, SessionContext } from './session-run.ts';

/** The step at `run.index` begins: what is asked of the water, and when the step ends. In a dry run nobody is permitted. */
export function permit(
  context: SessionContext,
  run: Run,
  step: PlannedStep,
  atMs: number,
  openedMs: number,
): Outcome {
  const limitMs = s.stepLimitOf(run, step);
  // A step planned at its limit ends early by the time the valve took: the limit runs from the open command.
  const endsMs = Math.min(atMs + Math.max(0, step.durationMs - run.stepDoneMs), openedMs + limitMs);
  const asksNow =
    run.asks && run.askedCycle < step.cycle && atMs + s.ASK_AFTER_MS + TRIPS.t13.answerMs <= endsMs;
  const countdownMs = endsMs - countdownOf(context, run).aheadMs;
  const begun: Run = {
    ...run,
    firstContactMs: run.firstContactMs ?? atMs,
    stepStartedMs: atMs,
    stepOpenedMs: openedMs,
    readyUntilMs: null,
    bandByMs: null,
  };
  return {
    context: s.withRun(context, begun, {
      step: endsMs,
      // Nobody waits for a countdown in a dry run, and nobody must take it for theirs.
      ...(countdownMs > atMs && !run.dry ? { countdown: countdownMs } : {}),
      ...(asksNow ? { ask: atMs + s.ASK_AFTER_MS } : {}),
    }),
    wants: [...contactWants(context, begun, step, endsMs), { type: 'step-began', index: begun.index }],
  };
}

/** The cue ahead of what follows the running step; the end is told like a change to warm. */
export function countdownOf({ settings }: SessionContext, run: Run): Countdown {
  return COUNTDOWNS[settings.kind][run.plan.steps[run.index + 1]?.kind ?? 'warm'];
}

export function contactWants(
  context: SessionContext,
  run: Run,
  step: PlannedStep,
  endsMs: number,
): readonly Want[] {
  if (run.stepOpenedMs === null) return [];
  const targetC = s.targetOf(run, step.kind, context.settings.plumbing);
  const stepOverMs = run.stepOpenedMs + s.stepLimitOf(run, step) + TRIPS.t11.marginMs;
  const untilMs = Math.min(endsMs + TRIPS.t11.marginMs, stepOverMs);
  return [
    ...(s.hasBasins(context.settings) ? [] : [s.water(step.kind, targetC, untilMs)]),
    s.expect(context, run, step.kind, {
      ...permission(run),
      stepOverMs,
      answerByMs: run.prompt?.answerByMs ?? null,
    }),
  ];
}

/** Who may be in the water of a step: somebody, or in a dry run nobody. */
export function permission({ dry }: Run): { readonly exposed: boolean; readonly rehearsed: boolean } {
  return { exposed: !dry, rehearsed: dry };
}

/** Contact is over for now: what the running step has done so far is kept. */
export function leaveContact(run: Run, atMs: number, over: boolean): { run: Run; wants: readonly Want[] } {
  const ran = run.stepStartedMs === null ? 0 : atMs - run.stepStartedMs;
  const left: Run = {
    ...run,
    stepStartedMs: null,
    stepOpenedMs: null,
    stepDoneMs: run.stepDoneMs + ran,
    prompt: null,
    readyUntilMs: null,
    bandByMs: null,
    banded: false,
  };
  const wants: readonly Want[] =
    run.stepStartedMs === null ? [] : [{ type: 'step-ended', index: run.index, elapsedMs: ran, over }];
  return { run: left, wants };
}

/** A cue that invites into water: in a dry run nobody is invited. */
export function invitation({ dry }: Run, name: CueName): readonly Want[] {
  return dry ? [] : [s.cue(name)];
}
