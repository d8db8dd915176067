import { setup } from 'xstate';
import { basinActions } from './basin-actions.ts';
import { basinGuards } from './basin-guards.ts';
import type { BasinContext, BasinEvent, BasinSettings, BasinWant } from './basin-run.ts';
import { actions, engineOf, guards } from './engine.ts';

/**
 * One basin: let out, filled, held in its band by exchange, let out again. The session asks for ready water and is told
 * of it; what runs in goes through the interlock, and what the level and the thermometer say comes from the watch. The
 * drain stands open by itself: only a basin that is wanted holds it shut.
 */
const letOut = { target: '#basin.draining', actions: 'let everything out' } as const;
const anew = { target: '#basin.emptying', actions: 'empty it first' } as const;
const failsAtLevel = (actions: 'say that it does not fill' | 'say that it does not drain') =>
  ({ guard: 'the level is late', target: '#basin.failed', actions }) as const;
const rests = { target: '#basin.resting', actions: 'let it stand' } as const;

export const basinMachine = setup({
  types: { context: {} as BasinContext, events: {} as BasinEvent, input: {} as BasinSettings },
  actions: actions<BasinContext, BasinEvent, BasinWant, keyof typeof basinActions>(basinActions),
  guards: guards<BasinContext, BasinEvent, keyof typeof basinGuards>(basinGuards),
}).createMachine({
  id: 'basin',
  context: ({ input }) => ({
    settings: input,
    goal: null,
    targetC: null,
    filledC: null,
    filledAtMs: null,
    fillingSinceMs: null,
    bandByMs: null,
    inBand: false,
    banded: false,
    occupied: false,
    exchange: null,
    deadlines: {},
  }),
  initial: 'empty',
  on: { occupied: { actions: 'note who is in' } },
  states: {
    empty: { on: { prepare: anew } },
    emptying: {
      on: {
        emptied: { target: 'shutting', actions: 'hold the drain shut' },
        clock: failsAtLevel('say that it does not drain'),
        rest: letOut,
        empty: letOut,
      },
    },
    shutting: {
      on: {
        shut: { target: 'filling', actions: 'fill it' },
        rest: letOut,
        empty: letOut,
      },
    },
    filling: {
      on: {
        filled: { target: 'settling', actions: 'let the thermometer come up' },
        clock: failsAtLevel('say that it does not fill'),
        rest: letOut,
        empty: letOut,
      },
    },
    settling: {
      on: {
        settled: [
          { guard: 'the supply is fit', target: 'standing', actions: 'hold what it makes' },
          { target: 'failed', actions: 'say what is wrong with the supply' },
        ],
        rest: letOut,
        empty: letOut,
      },
    },
    standing: {
      on: {
        banded: { actions: 'say that it is ready' },
        unbanded: { actions: 'say that it is not ready' },
        drift: { guard: 'an exchange helps', target: 'letting', actions: 'let a portion out' },
        prepare: { guard: 'it is too old to begin', ...anew },
        clock: { guard: 'it has grown old and nobody is in', target: 'emptying', actions: 'fill it anew' },
        rest: rests,
        empty: letOut,
      },
    },
    letting: {
      on: {
        banded: { actions: 'say that it is ready' },
        unbanded: { actions: 'say that it is not ready' },
        'let-out': { target: 'sealing', actions: 'hold the drain shut again' },
        clock: failsAtLevel('say that it does not drain'),
        rest: rests,
        empty: letOut,
      },
    },
    sealing: {
      on: {
        banded: { actions: 'say that it is ready' },
        unbanded: { actions: 'say that it is not ready' },
        shut: { target: 'topping', actions: 'make the portion good' },
        rest: rests,
        empty: letOut,
      },
    },
    topping: {
      on: {
        banded: { actions: 'say that it is ready' },
        unbanded: { actions: 'say that it is not ready' },
        filled: { target: 'standing', actions: 'let it stand in its band' },
        clock: failsAtLevel('say that it does not fill'),
        rest: rests,
        empty: letOut,
      },
    },
    resting: {
      on: {
        prepare: [
          { guard: 'it is too old to begin', ...anew },
          { target: 'standing', actions: 'take it up again' },
        ],
        empty: letOut,
      },
    },
    draining: {
      on: {
        emptied: { target: 'empty', actions: 'say that it is empty' },
        clock: failsAtLevel('say that it does not drain'),
        prepare: anew,
      },
    },
    /** Its drain stands open. Whatever was wrong, the next session begins with emptying it. */
    failed: {
      on: {
        emptied: { target: 'empty', actions: 'say that it is empty' },
        prepare: anew,
      },
    },
  },
});

export const basin = engineOf<BasinWant, typeof basinMachine>(basinMachine);
