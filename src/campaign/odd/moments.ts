import type { Moment } from '../moment.ts';
import type { Act } from '../scenario.ts';
import { hasWater, isStream, say } from './oddity.ts';
import type { Dice, Oddity } from './oddity.ts';

const always = (): boolean => true;
const WORDS: readonly Act['word'][] = [
  'stop',
  'report',
  'pause',
  'resume',
  'begin',
  'start',
  'continue',
  'clear',
];
const BREAKS = ['valve', 'valve', 'sensor', 'sense', 'supply', 'bus', 'time', 'process'] as const;

/** How a session comes to each of the states that last a second or two: that one first, and what follows it. */
interface Way {
  readonly acts: readonly Act[];
  readonly then: readonly [Moment['from'], ...Moment['from'][]];
}
const WAYS: readonly [(dice: Dice) => Way, ...((dice: Dice) => Way)[]] = [
  (dice) => ({
    acts: [
      say('pause', dice.at(dice.of('at', 'ready', 'warm', 'change'), 0, 40)),
      say('resume', dice.at('held', 4, 45)),
    ],
    then: ['holding', 'holding', 'held', 'restarting'],
  }),
  (dice) => ({
    acts: [say('stop', dice.at(dice.of('at', 'ready', 'warm', 'change'), 0, 40))],
    then: ['stopping', 'end'],
  }),
  () => ({ acts: [], then: ['completing', 'end'] }),
];

/** A way, and a moment in one of its states. */
function onTheWay(dice: Dice): { readonly acts: readonly Act[]; readonly at: string } {
  const [first, ...others] = WAYS;
  const { acts, then } = dice.of(first, ...others)(dice);
  const from = dice.of(...then);
  const lastsS = from === 'held' || from === 'restarting' ? 30 : from === 'end' ? 15 : 1;
  return { acts, at: dice.at(from, 0, lastsS) };
}

/** What goes wrong in the moments that are seldom met by chance. */
export const ODD_MOMENTS: readonly Oddity[] = [
  {
    what: 'something is said while valves close, a pause lasts, or water comes back',
    weight: 6,
    fits: always,
    draw: (dice) => {
      const { acts, at } = onTheWay(dice);
      const word = dice.some(0.4) ? 'report' : dice.of('stop', ...WORDS);
      return { person: { acts: [...acts, say(word, at)] } };
    },
  },
  {
    what: 'something breaks while valves close, a pause lasts, or water comes back',
    weight: 7,
    fits: always,
    draw: (dice) => {
      const { acts, at } = onTheWay(dice);
      return { person: { acts }, faults: dice.any(BREAKS, at, dice.of(null, 3, 20)) };
    },
  },
  {
    what: 'the broker goes away just as the valves are told to close, and nobody knows whether they did',
    weight: 3,
    fits: hasWater,
    draw: (dice) => {
      const [first, ...others] = WAYS;
      const { acts, then } = dice.of(first, ...others)(dice);
      const at = dice.at(then[0], 0, 0.3);
      return {
        person: { acts },
        faults: dice.fault('bus-cut', at, null, { backMs: dice.random.int(9_000, 20_000) }),
      };
    },
  },
  {
    what: 'a valve says nothing any more; somebody clears that and starts again, and then its network goes too',
    weight: 2,
    fits: hasWater,
    draw: (dice) => ({
      person: {
        staysMs: 60_000,
        acts: [
          say('clear', dice.at('end', 1, 2)),
          say('start', dice.at('end', 3)),
          say('begin', dice.at('end', 3.1, 4.5)),
        ],
      },
      faults: [
        ...dice.fault('valve-no-ack', dice.at('at', 0, 30)),
        ...(dice.some(0.6) ? dice.fault('bus-cut', dice.at('end', 3.1, 4), null, { backMs: 15_000 }) : []),
      ],
    }),
  },
  {
    what: 'something breaks early; somebody clears it and starts again, over and over',
    weight: 6,
    fits: hasWater,
    draw: (dice) => ({
      person: { staysMs: 90_000, acts: [...again(dice, 1), ...again(dice, 2), ...again(dice, 3)] },
      faults: [
        ...dice.any(
          ['valve', 'valve', 'sensor', 'sense', 'supply', 'bus'],
          dice.at('at', 0, 40),
          dice.of(null, 30, 90),
        ),
        ...(dice.some(0.3) ? dice.fault('person-silent', dice.at('at', 0)) : []),
      ],
    }),
  },
  {
    what: 'the scald guard fails for a while; somebody clears the fault and starts again',
    weight: 3,
    fits: isStream,
    draw: (dice) => ({
      person: {
        staysMs: 120_000,
        acts: [
          say('clear', dice.at('end', 0.5, 4)),
          say('clear', dice.at('end', 20, 60)),
          say('clear', dice.at('end', 61, 100)),
          say('start', dice.at('end', 101, 110)),
        ],
      },
      faults: [
        ...dice.fault('supply-guard-60', dice.at(dice.of('at', 'ready', 'warm'), 1, 20), 15),
        ...(dice.some(0.5)
          ? dice.fault(
              dice.of('process-crash', 'process-crash', 'process-torn-journal'),
              dice.at('end', 0, 30),
            )
          : []),
      ],
    }),
  },
  {
    what: 'a valve hangs open, and then the scald guard fails as well',
    weight: 1,
    fits: isStream,
    draw: (dice) => ({
      person: { staysMs: 60_000 },
      faults: [
        ...dice.fault('valve-stuck-open', dice.at('warm', 5, 60), dice.of(20, 60)),
        ...dice.fault('supply-guard-60', dice.at(dice.of('aborting', 'end'), 0, 8), 40),
      ],
    }),
  },
  {
    what: 'the controller hangs while a thermometer is silent and a question waits for its answer',
    weight: 1,
    fits: isStream,
    draw: (dice) => ({
      person: { begins: 'page', answers: false },
      // Asked 20 s into the step, to be answered within 30.
      faults: [
        ...dice.fault('sensor-absent', dice.at('warm', 47, 48.5), 60),
        ...dice.fault('time-stall', dice.at('warm', 48.8, 49.5), null, { forMs: 6_000 }),
      ],
    }),
  },
  {
    what: 'a lease so short that it is renewed while the valve still moves',
    weight: 1,
    fits: ({ station }) => station.leaseMs !== null && station.leaseMs < 3_000,
    draw: (dice) => ({
      faults: dice.some(0.5) ? dice.fault('valve-late-ack', dice.at('at', 0, 60), 60) : [],
    }),
  },
];

function again(dice: Dice, nth: number): readonly Act[] {
  const clearS = dice.random.int(1, 30);
  return [
    say('clear', dice.at('end', clearS, clearS, nth)),
    say('start', dice.at('end', clearS + dice.of(1, 2, 8), clearS + 10, nth)),
  ];
}
