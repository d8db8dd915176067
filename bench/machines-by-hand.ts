import { TRIPS } from '../machines/envelope.ts';
import type { Snapshot } from '../machines/engine.ts';
import { sessionActions } from '../machines/session-actions.ts';
import { stepOf } from '../machines/session-run.ts';
import type { SessionContext, SessionEvent } from '../machines/session-run.ts';
import type { session } from '../machines/session.ts';
import type { valve, ValveContext, ValveEdge, ValveEvent } from '../machines/valve.ts';
import type { Want } from '../src/model/want.ts';

/**
 * The session and valve machines as somebody would write them without a chart, for the transitions that a healthy
 * session on two valves takes. They have the interface of the compiled charts, and go in their place.
 *
 * The valve is written out in full. The session calls the actions of its chart, which say what is wanted in words that
 * nobody would write otherwise; what differs is everything that the tables do about them.
 */

type SessionNow = ReturnType<typeof session.initial>;
type SessionStep = ReturnType<typeof session.step>;
type ValveNow = ReturnType<typeof valve.initial>;
type ValveStep = ReturnType<typeof valve.step>;

class Now<Value, Context> implements Snapshot<Value, Context> {
  readonly value: Value;
  readonly name: string;
  readonly context: Context;

  constructor(value: Value, name: string, context: Context) {
    this.value = value;
    this.name = name;
    this.context = context;
  }

  matches(state: string): boolean {
    return this.name === state || this.name.startsWith(`${state}.`);
  }
}

const NONE: readonly never[] = [];
const act = sessionActions;

function due(deadlineMs: number | undefined, { atMs }: SessionEvent): boolean {
  return deadlineMs !== undefined && atMs >= deadlineMs;
}

function to(
  value: SessionNow['value'],
  name: string,
  { context, wants }: { readonly context: SessionContext; readonly wants: readonly Want[] },
): SessionStep {
  return { snapshot: new Now(value, name, context), wants };
}

export function sessionByHand(now: SessionNow, event: SessionEvent): SessionStep {
  const { context } = now;
  switch (now.name) {
    case 'idle':
      if (event.type === 'start')
        return to({ starting: 'closing' }, 'starting.closing', act['take the request'](context, event));
      break;
    case 'starting.closing':
      if (event.type === 'closed')
        return to(
          { starting: 'proving' },
          'starting.proving',
          act['prove from the first leg'](context, event),
        );
      break;
    case 'starting.proving':
      if (event.type === 'steady') return proved(context, event);
      break;
    case 'starting.tempering':
      if (event.type === 'banded')
        return to({ starting: 'ready' }, 'starting.ready', act['offer the water'](context, event));
      break;
    case 'starting.ready':
      if (event.type === 'begin')
        return to({ running: 'contact' }, 'running.contact', act['permit contact'](context, event));
      if (event.type === 'unbanded')
        return to(
          { starting: 'tempering' },
          'starting.tempering',
          act['run to the band again'](context, event),
        );
      break;
    case 'running.contact':
      if (event.type === 'clock') return contact(now, event);
      break;
    case 'running.switching':
      if (event.type === 'opened' && context.run !== null && stepOf(context.run)?.kind === event.side)
        return to({ running: 'contact' }, 'running.contact', act['start the step'](context, event));
      break;
    case 'completing':
      if (event.type === 'closed') return to('complete', 'complete', act['record complete'](context, event));
      break;
  }
  return { snapshot: now, wants: NONE };
}

function proved(context: SessionContext, event: SessionEvent): SessionStep {
  const kept = act['keep the plateau'](context, event).context;
  const { run } = kept;
  return run !== null && run.leg + 1 < run.legs.length
    ? to({ starting: 'proving' }, 'starting.proving', act['prove the next leg'](kept, event))
    : to({ starting: 'tempering' }, 'starting.tempering', act['run to the band'](kept, event));
}

function contact(now: SessionNow, event: SessionEvent): SessionStep {
  const { context } = now;
  const { run, deadlines } = context;
  if (due(deadlines.step, event))
    return run !== null && run.index + 1 < run.plan.steps.length
      ? to({ running: 'switching' }, 'running.switching', act['change the water'](context, event))
      : to('completing', 'completing', act['end the last step'](context, event));
  if (due(deadlines.countdown, event))
    return to({ running: 'contact' }, 'running.contact', act['count down'](context, event));
  if (due(deadlines.ask, event)) {
    const asks =
      run !== null && run.seenCycle === stepOf(run)?.cycle ? 'ask nobody' : 'ask whether all is well';
    return to({ running: 'contact' }, 'running.contact', act[asks](context, event));
  }
  return { snapshot: now, wants: NONE };
}

// --- a valve ---------------------------------------------------------------------------------------------------------

const RENEW: readonly ValveEdge[] = [{ type: 'renewal-due' }];
const CLOSED: readonly ValveEdge[] = [{ type: 'verified-closed' }];

function valveTo(
  value: ValveNow['value'],
  context: ValveContext,
  edges: readonly ValveEdge[] = NONE,
): ValveStep {
  return { snapshot: new Now(value, value, context), wants: edges };
}

export function valveByHand(now: ValveNow, event: ValveEvent): ValveStep {
  const { context, value } = now;
  const { atMs } = event;
  switch (event.type) {
    case 'open-sent':
      return valveTo('opening', {
        travelMs: context.travelMs,
        reportMs: context.reportMs,
        sentAtMs: atMs,
        leaseMs: event.leaseMs,
        renewAtMs: atMs + event.leaseMs / 3,
        settleAtMs: null,
        resendAtMs: null,
        verifyByMs: atMs + context.travelMs + context.reportMs + TRIPS.t8.marginMs,
      });
    case 'close-sent': {
      if (value === 'closing') return { snapshot: now, wants: NONE };
      const resendAtMs = atMs + context.travelMs + context.reportMs;
      const verifyByMs = resendAtMs + TRIPS.t8.marginMs;
      return valveTo('closing', {
        ...context,
        sentAtMs: atMs,
        renewAtMs: null,
        settleAtMs: null,
        resendAtMs,
        verifyByMs,
      });
    }
    case 'renew-sent':
      if (value !== 'opening' && value !== 'open') return { snapshot: now, wants: NONE };
      return valveTo(value, { ...context, leaseMs: event.leaseMs, renewAtMs: atMs + event.leaseMs / 3 });
    case 'reported-open':
      if (value === 'open') return valveTo('open', { ...context, verifyByMs: null });
      if (value !== 'opening') return { snapshot: now, wants: NONE };
      return atMs >= context.sentAtMs + context.travelMs
        ? opened(context)
        : valveTo('opening', {
            ...context,
            settleAtMs: context.sentAtMs + context.travelMs,
            resendAtMs: null,
            verifyByMs: null,
          });
    case 'reported-closed':
      if (value !== 'closing' || context.settleAtMs !== null) return { snapshot: now, wants: NONE };
      return valveTo('closing', {
        ...context,
        settleAtMs: atMs + context.travelMs,
        resendAtMs: null,
        verifyByMs: null,
      });
    case 'clock':
      return clocked(now, atMs);
    case 'lost':
      return { snapshot: now, wants: NONE };
  }
}

function clocked(now: ValveNow, atMs: number): ValveStep {
  const { context, value } = now;
  if (context.settleAtMs !== null && atMs >= context.settleAtMs) {
    if (value === 'opening') return opened(context);
    if (value === 'closing')
      return valveTo(
        'closed',
        { ...context, renewAtMs: null, settleAtMs: null, resendAtMs: null, verifyByMs: null },
        CLOSED,
      );
  }
  const renews = value === 'opening' || value === 'open';
  if (!renews || context.renewAtMs === null || atMs < context.renewAtMs)
    return { snapshot: now, wants: NONE };
  return valveTo(value, { ...context, renewAtMs: atMs + context.leaseMs / 3 }, RENEW);
}

function opened(context: ValveContext): ValveStep {
  return valveTo('open', { ...context, settleAtMs: null, verifyByMs: null }, [
    { type: 'verified-open', sentAtMs: context.sentAtMs },
  ]);
}
