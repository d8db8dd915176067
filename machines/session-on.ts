import type { Action } from './engine.ts';
import type { PlannedStep } from '../src/model/plan.ts';
import type { Want } from '../src/model/want.ts';
import { actionsOn } from './narrow.ts';
import { stepOf } from './session-run.ts';
import type { Outcome, Run, SessionContext, SessionEvent } from './session-run.ts';

export type SessionAction = Action<SessionContext, SessionEvent, Want>;

/** An action of one event alone. */
export const on = actionsOn<SessionContext, SessionEvent, Want>();

/** Every action but the first works on a run; without one there is nothing to do. */
export const onRun =
  (act: (context: SessionContext, run: Run, event: SessionEvent) => Outcome): SessionAction =>
  (context, event) =>
    context.run === null ? { context, wants: [] } : act(context, context.run, event);

/** Of one event alone, and of a run. */
export const onRunAnd = <Type extends SessionEvent['type']>(
  type: Type,
  act: (context: SessionContext, run: Run, event: SessionEvent & { readonly type: Type }) => Outcome,
): SessionAction =>
  on(type, (context, event) =>
    context.run === null ? { context, wants: [] } : act(context, context.run, event),
  );

/** Of the step that a run has come to. */
export const onStep = (
  act: (context: SessionContext, run: Run, step: PlannedStep, event: SessionEvent) => Outcome,
): SessionAction =>
  onRun((context, run, event) => {
    const step = stepOf(run);
    return step === null ? { context, wants: [] } : act(context, run, step, event);
  });
