import { setup } from 'xstate';
import { actions, engineOf, guards } from './engine.ts';
import { sessionActions } from './session-actions.ts';
import { sessionGuards } from './session-guards.ts';
import type { SessionContext, SessionEvent, SessionSettings } from './session-run.ts';
import type { Want } from '../src/model/want.ts';

/**
 * One run of a protocol at a station. States are those of ISA-88; preparing is `starting` (or `restarting` after a
 * pause), contact is permitted in `running` only. Water is asked for as standing wants; opening it is not up to
 * this machine.
 */
const stopped = { target: '#session.stopping', actions: 'stop for a person' } as const;
const reported = { target: '#session.stopping', actions: 'stop for a symptom' } as const;
const noted = { actions: 'note the symptom' } as const;
const tripped = [
  { guard: 'the trip ends', target: '#session.stopping', actions: 'stop for the trip' },
  { target: '#session.aborting', actions: 'abort for the trip' },
] as const;
const held = { guard: 'the trip holds', target: '#session.holding', actions: 'close and pause' } as const;
const paused = { target: '#session.holding', actions: 'close and pause' } as const;
const keepsThePress = { begin: { actions: 'keep the press' } } as const;

/** Water in the band, then offered, then closed until somebody comes: the same before first contact and after a pause. */
const preparing = {
  tempering: {
    on: {
      ...keepsThePress,
      'held-at': { actions: 'keep what it is held at' },
      banded: [
        {
          guard: 'it is a dry run',
          target: '#session.running.contact',
          actions: 'run the step over nobody',
        },
        { guard: 'the press still counts', target: '#session.running.contact', actions: 'permit contact' },
        { target: 'ready', actions: 'offer the water' },
      ],
      clock: [
        { guard: 'nobody came in time', target: 'parked', actions: 'close until somebody comes' },
        { guard: 'nobody came at all', target: '#session.stopping', actions: 'stop since nobody came' },
        // The machines of the basins have bounds of their own; this one rests on nobody.
        {
          guard: 'the valves do not answer',
          target: '#session.aborting',
          actions: 'abort since no water came',
        },
      ],
    },
  },
  ready: {
    on: {
      begin: { target: '#session.running.contact', actions: 'permit contact' },
      unbanded: { target: 'tempering', actions: 'run to the band again' },
      clock: [
        { guard: 'nobody came in time', target: 'parked', actions: 'close until somebody comes' },
        { guard: 'nobody came at all', target: '#session.stopping', actions: 'stop since nobody came' },
      ],
    },
  },
  parked: {
    on: {
      begin: [
        {
          guard: 'there is no water to run',
          target: '#session.running.contact',
          actions: 'permit contact',
        },
        { target: 'tempering', actions: ['keep the press', 'run to the band again'] },
      ],
      clock: { guard: 'nobody came at all', target: '#session.stopping', actions: 'stop since nobody came' },
    },
  },
} as const;

export const sessionMachine = setup({
  types: { context: {} as SessionContext, events: {} as SessionEvent, input: {} as SessionSettings },
  actions: actions<SessionContext, SessionEvent, Want, keyof typeof sessionActions>(sessionActions),
  guards: guards<SessionContext, SessionEvent, keyof typeof sessionGuards>(sessionGuards),
}).createMachine({
  id: 'session',
  context: ({ input }) => ({ settings: input, run: null, deadlines: {}, continuableUntilMs: null }),
  initial: 'idle',
  states: {
    idle: {
      on: {
        start: { target: 'starting', actions: 'take the request' },
        continue: { guard: 'it may be continued', target: 'starting', actions: 'take up where it ended' },
        report: { actions: 'continue no more' },
      },
    },
    starting: {
      initial: 'closing',
      on: { stop: stopped, report: reported, pause: paused, trip: [held, ...tripped] },
      states: {
        closing: {
          on: {
            ...keepsThePress,
            closed: [
              {
                guard: 'somebody pressed and nothing is to be measured',
                target: '#session.running.contact',
                actions: 'permit contact',
              },
              { guard: 'there is no water to run', target: 'ready', actions: 'offer the water' },
              { guard: 'the water stands in basins', target: 'tempering', actions: 'run to the band' },
              { guard: 'the line is to be flushed', target: 'flushing', actions: 'flush the first side' },
              { target: 'proving', actions: 'prove from the first leg' },
            ],
            clock: {
              guard: 'the valves do not answer',
              target: '#session.aborting',
              actions: 'abort unverified',
            },
          },
        },
        flushing: {
          on: {
            ...keepsThePress,
            opened: { guard: 'the side to flush begins to run', actions: 'count the flow' },
            clock: [
              { guard: 'the side is flushed and another is left', actions: 'flush the next side' },
              {
                guard: 'the line is flushed',
                target: 'proving',
                actions: ['note the flush', 'prove from the first leg'],
              },
              { guard: 'the valves do not answer', target: '#session.aborting', actions: 'abort unverified' },
            ],
          },
        },
        proving: {
          on: {
            ...keepsThePress,
            steady: [
              { guard: 'another leg is left', actions: ['keep the plateau', 'prove the next leg'] },
              { target: 'tempering', actions: ['keep the plateau', 'run to the band'] },
            ],
            clock: { guard: 'the leg is over', target: '#session.aborting', actions: 'abort unsteady' },
          },
        },
        ...preparing,
      },
    },
    running: {
      initial: 'contact',
      on: { stop: stopped, report: reported, pause: paused, trip: [held, ...tripped] },
      states: {
        contact: {
          on: {
            seen: { guard: 'nobody was seen yet', actions: 'note who is there' },
            answer: { guard: 'a question is open', actions: 'note the answer' },
            clock: [
              {
                guard: 'the step is over and another follows',
                target: 'switching',
                actions: 'change the water',
              },
              { guard: 'the last step is over', target: '#session.completing', actions: 'end the last step' },
              { guard: 'the countdown is due', actions: 'count down' },
              { guard: 'the question is due and answered', actions: 'ask nobody' },
              { guard: 'the question is due', actions: 'ask whether all is well' },
            ],
          },
        },
        switching: {
          on: {
            opened: { guard: 'it is the side wanted', target: 'contact', actions: 'start the step' },
            begin: { guard: 'the person moves', target: 'contact', actions: 'start the step' },
            clock: [
              { guard: 'the move is over', target: 'contact', actions: 'start the step' },
              { guard: 'the valves do not answer', target: '#session.aborting', actions: 'abort unverified' },
            ],
          },
        },
      },
    },
    holding: {
      on: {
        stop: stopped,
        report: reported,
        trip: [{ guard: 'the trip holds' }, ...tripped],
        fresh: { actions: 'note the fresh reading' },
        closed: { target: 'held', actions: 'wait out the pause' },
        clock: { guard: 'the valves do not answer', target: 'aborting', actions: 'abort unverified' },
      },
    },
    held: {
      on: {
        stop: stopped,
        report: reported,
        trip: [{ guard: 'the trip holds' }, ...tripped],
        fresh: { actions: 'note the fresh reading' },
        resume: [
          {
            guard: 'somebody pressed and there is no water to run',
            target: 'running.contact',
            actions: ['keep the press', 'permit contact'],
          },
          {
            guard: 'there is no water to run',
            target: 'restarting.ready',
            actions: ['keep the press', 'offer the water'],
          },
          {
            guard: 'the water was proved',
            target: 'restarting',
            actions: ['keep the press', 'run to the band again'],
          },
          {
            guard: 'the line is to be flushed and readings are fresh',
            target: 'starting.flushing',
            actions: ['keep the press', 'flush the first side'],
          },
          {
            guard: 'readings are fresh',
            target: 'starting.proving',
            actions: ['keep the press', 'prove from the first leg'],
          },
        ],
        clock: [
          { guard: 'readings stayed away', target: 'aborting', actions: 'abort stale' },
          { guard: 'the pause is over', target: 'stopping', actions: 'stop since the pause ran out' },
        ],
      },
    },
    restarting: {
      initial: 'tempering',
      on: { stop: stopped, report: reported, pause: paused, trip: [held, ...tripped] },
      states: preparing,
    },
    completing: {
      on: {
        report: noted,
        // Nothing merely ends what has ended: L8 is over with the last contact.
        trip: tripped.slice(1),
        closed: { target: 'complete', actions: 'record complete' },
        clock: { guard: 'the valves do not answer', target: 'aborting', actions: 'abort unverified' },
      },
    },
    complete: {
      on: {
        start: { target: 'starting', actions: 'take the request' },
        clock: { guard: 'the rest is over', target: 'idle', actions: 'put away' },
      },
    },
    stopping: {
      on: {
        report: noted,
        trip: tripped.slice(1),
        closed: { target: 'stopped', actions: 'record stopped' },
        clock: { guard: 'the valves do not answer', target: 'aborting', actions: 'abort unverified' },
      },
    },
    stopped: {
      on: {
        start: { target: 'starting', actions: 'take the request' },
        continue: { guard: 'it may be continued', target: 'starting', actions: 'take up where it ended' },
        report: { actions: 'continue no more' },
        clock: { guard: 'the rest is over', target: 'idle', actions: 'put away' },
      },
    },
    aborting: {
      on: {
        report: noted,
        closed: { target: 'aborted', actions: 'record aborted' },
        clock: { guard: 'the valves do not answer', target: 'aborted', actions: 'record aborted' },
      },
    },
    aborted: {
      on: {
        clear: { target: 'idle', actions: 'put away' },
        trip: { guard: 'the trip latches', actions: 'continue no more' },
        report: { actions: 'continue no more' },
      },
    },
  },
});

export const session = engineOf<Want, typeof sessionMachine>(sessionMachine);
