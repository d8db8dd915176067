import type { Act } from '../scenario.ts';
import { hasWater, isAfar, isMovedBetween, isStream, say } from './oddity.ts';
import type { Dice, Oddity } from './oddity.ts';

/** From a session's end until the station shows it no more, and a little longer. */
const SHOWN_S = 300;

const always = (): boolean => true;

/** Somebody who begins at the page by themselves, soon after the water is ready, and is not asked twice. */
const once = (dice: Dice): Act => say('begin', dice.at('ready', 1, 4));

/** What people do whose ways are not those of most. */
export const ODD_PEOPLE: readonly Oddity[] = [
  {
    what: 'comes late, after the water was closed for want of anybody, or not at all',
    weight: 2,
    fits: always,
    draw: (dice) => ({
      person: {
        presses: false,
        acts: dice.some(0.6) ? [say('begin', dice.at('parked', 1, 700))] : [],
      },
    }),
  },
  {
    what: 'is resumed from afar, and comes late, or not at all',
    weight: 5,
    fits: isAfar,
    draw: (dice) => ({
      person: {
        presses: false,
        acts: [
          once(dice),
          say('pause', dice.at(dice.of('warm', 'warm', 'change'), 1, 60)),
          say('resume', dice.at('held', 3, 40), dice.of('mqtt', 'http')),
          ...comesBack(dice),
        ],
      },
      faults: dice.of(
        [],
        // Its water leaves the band while it is offered.
        dice.fault('sensor-offset', dice.at('ready', 1, 40, 2), dice.of(20, 120), {
          byK: dice.of(-2.1, -1.4, 1.2, 1.4),
        }),
        dice.fault('supply-pressure-drop', dice.at('ready', 1, 20, 2), 60),
        dice.fault('sensor-noise', dice.at('restarting', 0, 20), 60, { sigmaK: dice.of(0.5, 1) }),
      ),
    }),
  },
  {
    what: 'pauses again and again, until the time for a session is up',
    weight: 3,
    fits: hasWater,
    draw: (dice) => ({ person: { begins: 'button', acts: dawdles(dice) } }),
  },
  {
    what: 'presses too early, and in the middle of a change',
    weight: 2,
    fits: always,
    draw: (dice) => ({
      person: {
        acts: [
          say('begin', dice.at('at', 0, 3)),
          say('begin', dice.at('at', 3, 60)),
          say('begin', dice.at('change', 0, 4, dice.of(1, 2))),
        ],
      },
    }),
  },
  {
    what: 'says at a move that they are in',
    weight: 1,
    fits: isMovedBetween,
    draw: (dice) => ({
      person: {
        acts: [1, 2, 3, 4].map((nth) =>
          say('begin', dice.at('change', 0.5, 4.5, nth), dice.of('page', 'button')),
        ),
      },
    }),
  },
  {
    what: 'stays until the station is idle again, and wants more',
    weight: 3,
    fits: always,
    draw: (dice) => {
      const word = dice.of('continue', 'start', 'report', 'begin');
      const early = dice.some(0.7);
      return {
        person: {
          staysMs: 400_000,
          acts: [
            ...(early ? [say('stop', dice.at(dice.of('warm', 'ready'), 1, 40))] : []),
            say(word, dice.at('end', dice.of(1, SHOWN_S + 2), SHOWN_S + 60)),
          ],
        },
      };
    },
  },
  {
    what: 'runs it dry first',
    weight: 3,
    fits: hasWater,
    draw: (dice) => {
      const again = dice.at('end', 2, 18);
      return {
        person: {
          dry: true,
          acts: [
            ...(dice.some(0.6)
              ? [
                  say('pause', dice.at(dice.of('at', 'warm', 'warm', 'cold'), 2, 40)),
                  say('resume', dice.at('held', 2, 40)),
                ]
              : []),
            dice.some(0.5) ? say('start', again) : { ...say('start', again), dry: true },
          ],
        },
        faults: dice.some(0.3) ? dice.any(['valve', 'sensor'], dice.at('warm', 0, 100), 20) : [],
      };
    },
  },
  {
    what: 'comes to a station that was left latched, clears it, and starts again',
    weight: 1,
    fits: isStream,
    draw: (dice) => ({
      person: {
        latched: true,
        acts: [
          say('clear', dice.at('at', 1, 5)),
          say('clear', dice.at('at', 7, 15)),
          say('start', dice.at('at', 16, 19)),
        ],
      },
    }),
  },
  {
    what: 'stops at once where nothing is to be measured, and goes on',
    weight: 1,
    fits: ({ station }) => station.plumbing === 'cues',
    draw: (dice) => ({
      person: {
        acts: [
          say('stop', dice.at('warm', 1, 100)),
          say('continue', dice.at('end', 1, 15)),
          say('pause', dice.at('warm', 1, 30, 2)),
          say('resume', dice.at('held', 1, 30)),
        ],
      },
    }),
  },
];

/** After a resume from afar: at once, when the water was closed again, or never. */
function comesBack(dice: Dice): readonly Act[] {
  return dice.of(
    [],
    [say('begin', dice.at('parked', 1, 600))],
    [say('begin', dice.at('restarting', 0, 30))],
    [say(dice.of('stop', 'report', 'pause'), dice.at('restarting', 0, 60))],
  );
}

/** Fifty seconds of pause in each eighty, from the first minute on. */
function dawdles(dice: Dice): readonly Act[] {
  const fromS = dice.random.int(10, 60);
  const everyS = dice.random.int(75, 95);
  const acts = Array.from({ length: 10 }, (_, n): readonly Act[] => {
    const pauseS = fromS + n * everyS;
    return [
      say('pause', dice.at('warm', pauseS)),
      say('resume', dice.at('warm', pauseS + dice.random.int(30, 55))),
    ];
  }).flat();
  // L8 of who cannot be asked ends 15 min after the first contact: here while the valves close.
  return dice.some(0.4) ? [...acts, say('pause', dice.at('warm', 899, 899.9))] : acts;
}
