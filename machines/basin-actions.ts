import type { Action } from './engine.ts';
import type { BasinContext, BasinEvent, BasinExpectation, BasinGoal, BasinWant } from './basin-run.ts';
import {
  emptyAllowanceMs,
  exchangeFor,
  expectation,
  fillAllowanceMs,
  fillSide,
  fullL,
  setpointC,
  settle,
} from './basin-run.ts';
import { freshUntilMs } from './basin-guards.ts';
import { BASIN, TRIPS } from './envelope.ts';
import { actionsOn } from './narrow.ts';

type BasinAction = Action<BasinContext, BasinEvent, BasinWant>;
type Outcome = ReturnType<BasinAction>;

const on = actionsOn<BasinContext, BasinEvent, BasinWant>();

/** What is done for a goal; without one there is nothing to do. */
const forGoal = (context: BasinContext, act: (goal: BasinGoal) => Outcome): Outcome =>
  context.goal === null ? { context, wants: [] } : act(context.goal);

const NO_WATER: BasinWant = { type: 'water', water: null };
const DRAIN_OPEN: BasinWant = { type: 'shut', untilMs: null };

/** The heater off; nothing to say where there is none. */
function unheated({ settings }: Pick<BasinContext, 'settings'>): readonly BasinWant[] {
  return settings.heats ? [{ type: 'heat', heat: null }] : [];
}

/** Warm water is held by a heater for as long as its drain is held shut. */
function heated({ settings, goal, targetC }: BasinContext, atMs: number): readonly BasinWant[] {
  if (!settings.heats || goal?.side !== 'warm' || targetC === null) return unheated({ settings });
  return [{ type: 'heat', heat: { targetC, untilMs: atMs + BASIN.shutMs } }];
}

function watched(
  context: BasinContext,
  operation: BasinExpectation['operation'],
  more: Partial<BasinExpectation>,
  ...wants: readonly BasinWant[]
): Outcome {
  return {
    context,
    wants: [...wants, { type: 'expect', expectation: expectation(context, operation, more) }],
  };
}

/** Supplies off, drain open, and the end of it by when the level must be down. */
function emptied(before: BasinContext, atMs: number, goal: BasinContext['goal']): Outcome {
  const { settings, occupied } = before;
  const context: BasinContext = {
    ...before,
    goal,
    targetC: null,
    filledC: null,
    filledAtMs: null,
    bandByMs: null,
    inBand: false,
    banded: false,
    occupied,
    exchange: null,
    deadlines: { level: atMs + emptyAllowanceMs(settings) },
  };
  const told: readonly BasinWant[] = before.banded ? [{ type: 'unready' }] : [];
  const off = unheated(context);
  return watched(context, 'empty', { toL: BASIN.emptyL }, NO_WATER, ...off, DRAIN_OPEN, ...told);
}

/** In the band or on the way to it, until it drifts. */
function stand(before: BasinContext, atMs: number): Outcome {
  const { goal, filledAtMs } = before;
  const age =
    goal === null || filledAtMs === null
      ? {}
      : { age: Math.max(atMs, freshUntilMs(filledAtMs, goal.neededMs)) };
  const stood: BasinContext = { ...before, exchange: null, deadlines: age };
  return watched(stood, 'hold', {}, NO_WATER, ...heated(stood, atMs));
}

/** Water in its band is offered, unless a portion of the other kind is still under way. */
function offered(context: BasinContext): Outcome {
  const { inBand, banded, exchange, goal } = context;
  const turned = exchange !== null && exchange.toward !== goal?.side;
  return !inBand || banded || turned
    ? { context, wants: [] }
    : { context: { ...context, banded: true, bandByMs: null }, wants: [{ type: 'ready' }] };
}

function fails(context: BasinContext, reason: 'basin_not_filling' | 'basin_not_draining', message: string) {
  return watched(
    { ...context, inBand: false, banded: false, deadlines: {} },
    'empty',
    { toL: BASIN.emptyL },
    NO_WATER,
    ...unheated(context),
    DRAIN_OPEN,
    ...(context.banded ? [{ type: 'unready' } as const] : []),
    { type: 'failed', reason, message },
  );
}

/** The actions of a basin's chart, by the phrase that the chart uses. */
export const basinActions = {
  'note who is in': on('occupied', (context, { yes }) => ({
    context: { ...context, occupied: yes },
    wants: [],
  })),
  'empty it first': on('prepare', (context, { atMs, goal }) => emptied(context, atMs, goal)),
  'fill it anew': (context, event) => emptied(context, event.atMs, context.goal),
  'let everything out': (context, event) => emptied(context, event.atMs, null),
  'hold the drain shut': (context, event) =>
    watched(
      { ...context, deadlines: {} },
      'rest',
      {},
      {
        type: 'shut',
        untilMs: event.atMs + BASIN.shutMs,
      },
    ),
  'fill it': (context, { atMs }) =>
    forGoal(context, (goal) => {
      const { settings } = context;
      const side = fillSide(settings, goal);
      const byMs = atMs + fillAllowanceMs(settings);
      const filling: BasinContext = { ...context, fillingSinceMs: atMs, deadlines: { level: byMs } };
      const targetC = setpointC(side, goal.targetC);
      return watched(
        filling,
        'fill',
        { side, toL: fullL(settings) },
        {
          type: 'water',
          water: { side, targetC, untilMs: byMs + TRIPS.t11.marginMs },
        },
      );
    }),
  'let the thermometer come up': (context, { atMs }) => {
    // L17 counts from the first litre, not from the last.
    const full: BasinContext = {
      ...context,
      filledAtMs: context.fillingSinceMs ?? atMs,
      deadlines: {},
    };
    return watched(full, 'settle', {}, NO_WATER);
  },
  'hold what it makes': on('settled', (context, { atMs, valueC }) =>
    forGoal(context, (goal) => {
      const { settings } = context;
      const held = settle(settings, goal, valueC);
      if (!('targetC' in held)) return { context, wants: [] };
      const { targetC } = held;
      const bandByMs = atMs + settings.purgeMs;
      const stood = stand({ ...context, targetC, filledC: valueC, bandByMs }, atMs);
      return { context: stood.context, wants: [...stood.wants, { type: 'held-at', targetC }] };
    }),
  ),
  'say what is wrong with the supply': on('settled', (context, { atMs, valueC }) =>
    forGoal(context, (goal) => {
      const held = settle(context.settings, goal, valueC);
      const out = emptied(context, atMs, null);
      return 'reason' in held ? { ...out, wants: [...out.wants, { type: 'failed', ...held }] } : out;
    }),
  ),
  'say that it is ready': (context) => offered({ ...context, inBand: true }),
  'say that it is not ready': (context, { atMs }) =>
    context.banded
      ? {
          context: { ...context, inBand: false, banded: false, bandByMs: atMs + context.settings.purgeMs },
          wants: [{ type: 'unready' }],
        }
      : { context: { ...context, inBand: false }, wants: [] },
  'let a portion out': on('drift', (context, { atMs, toward, valueC }) => {
    const exchange = exchangeFor(context, toward, valueC);
    if (exchange === null) return { context, wants: [] };
    const { settings } = context;
    const letting: BasinContext = {
      ...context,
      exchange,
      deadlines: { level: atMs + emptyAllowanceMs(settings) },
    };
    const toL = fullL(settings) - exchange.outL;
    return watched(letting, 'let', { toL }, NO_WATER, DRAIN_OPEN);
  }),
  'hold the drain shut again': (context, event) =>
    watched(
      { ...context, deadlines: {} },
      'hold',
      {},
      {
        type: 'shut',
        untilMs: event.atMs + BASIN.shutMs,
      },
    ),
  'make the portion good': (context, { atMs }) => top(context, atMs),
  'let it stand in its band': (context, event) => {
    const stood = stand(context, event.atMs);
    const told = offered(stood.context);
    return { context: told.context, wants: [...stood.wants, ...told.wants] };
  },
  'let it stand': (context, { atMs }) =>
    watched(
      { ...context, inBand: false, banded: false, exchange: null, deadlines: {} },
      'rest',
      {},
      NO_WATER,
      ...unheated(context),
      { type: 'shut', untilMs: atMs + BASIN.shutMs },
      ...(context.banded ? [{ type: 'unready' } as const] : []),
    ),
  'take it up again': on('prepare', (context, { atMs, goal }) =>
    stand({ ...context, goal, bandByMs: atMs + context.settings.purgeMs }, atMs),
  ),
  'say that it is empty': (context) => ({
    context: { ...context, deadlines: {} },
    wants: [{ type: 'expect', expectation: expectation(context, 'rest') }, { type: 'emptied' }],
  }),
  'say that it does not fill': (context, event) =>
    fails(
      context,
      'basin_not_filling',
      `the basin is not full ${minutes(event.atMs - (context.fillingSinceMs ?? event.atMs))} after its supply was opened; look at the tap, the valve and the drain`,
    ),
  'say that it does not drain': (context) =>
    fails(
      context,
      'basin_not_draining',
      `the basin does not run empty within ${minutes(emptyAllowanceMs(context.settings))}; look at its drain and its level sensor`,
    ),
} satisfies Record<string, BasinAction>;

/** Water on until the brim. */
function top(context: BasinContext, atMs: number): Outcome {
  const { settings, exchange, targetC } = context;
  if (exchange === null || targetC === null) return stand(context, atMs);
  const byMs = atMs + fillAllowanceMs(settings);
  const topping: BasinContext = { ...context, fillingSinceMs: atMs, deadlines: { level: byMs } };
  return watched(
    topping,
    'top',
    { toL: fullL(settings) },
    {
      type: 'water',
      water: {
        side: exchange.toward,
        targetC: setpointC(exchange.toward, targetC),
        untilMs: byMs + TRIPS.t11.marginMs,
      },
    },
  );
}

function minutes(ms: number): string {
  return `${(ms / 60_000).toFixed(1)} min`;
}
