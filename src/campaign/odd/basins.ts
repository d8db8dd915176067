import type { ScheduledFault } from '../scenario.ts';
import { hasBasin, isPutRight, say } from './oddity.ts';
import type { Dice, Oddity } from './oddity.ts';

/** What happens to water that stands. */
export const ODD_BASINS: readonly Oddity[] = [
  {
    what: 'somebody pauses again and again, while the water is put right',
    weight: 3,
    fits: hasBasin,
    draw: (dice) => ({
      person: {
        acts: Array.from({ length: 16 }, (_, n) => {
          const atS = dice.random.int(5, 20) + n * 24;
          return [say('pause', dice.at('warm', atS)), say('resume', dice.at('warm', atS + 3, atS + 6))];
        }).flat(),
      },
      faults: trembles(dice, dice.at('ready', 0, 60)),
    }),
  },
  {
    what: 'somebody pauses while it is being filled, and again',
    weight: 2,
    fits: hasBasin,
    draw: (dice) => ({
      person: {
        acts: [
          say('pause', dice.at('at', 50, 150)),
          say('resume', dice.at('held', 2, 10)),
          ...[1, 2].flatMap((nth) => [
            say('pause', dice.at('restarting', 50, 150, nth)),
            say('resume', dice.at('held', 2, 10, nth + 1)),
          ]),
        ],
      },
    }),
  },
  {
    what: 'somebody comes when the water has almost grown old, and pauses until it has',
    weight: 2,
    fits: hasBasin,
    draw: (dice) => ({
      person: {
        presses: false,
        acts: [
          say('begin', dice.at('ready', 300, 700)),
          say('pause', dice.at('warm', 30, 160)),
          say('resume', dice.at('held', 5, 50)),
        ],
      },
    }),
  },
  {
    what: 'nobody comes to water that fills slowly',
    weight: 1,
    fits: hasBasin,
    draw: (dice) => ({
      person: { presses: false },
      plant: { flowLpm: dice.random.between(2.1, 3) },
    }),
  },
  {
    what: 'a thermometer trembles while the water is put right, and nobody comes for a while',
    weight: 4,
    fits: isPutRight,
    draw: (dice) => ({
      person: { presses: !dice.some(0.6) },
      // Hardly warm enough, so that it is put right again and again.
      plant: { guardC: dice.random.between(37.2, 37.8) },
      faults: dice.some(0.7)
        ? [
            // What passes in half a second takes one or two: the drain is late to say that it is shut.
            ...dice.fault('bus-delay', dice.at('ready', 0), null, { delayMs: dice.of(700, 900, 1_100) }),
            ...flickers(dice),
          ]
        : trembles(dice, dice.at(dice.of('at', 'ready'), 60, 150)),
    }),
  },
  {
    what: 'its level falls silent, or the pressure drops, while a slow supply makes a portion good',
    weight: 4,
    fits: isPutRight,
    // The allowance of a portion is that of a whole filling: longer than a step, and than most people are away.
    draw: (dice) => ({
      person: { presses: !dice.some(0.8) },
      plant: { guardC: dice.random.between(37.2, 37.8), flowLpm: dice.random.between(2.1, 2.6) },
      faults: dice.some(0.8)
        ? [
            ...trembles(dice, dice.at('ready', 0)),
            ...dice.fault('sense-level-silent', dice.at(dice.of('ready', 'warm'), 0, 200)),
          ]
        : dice.fault('supply-pressure-drop', dice.at('ready', 0, 100), null),
    }),
  },
  {
    what: 'its drain jams, or its supply ends, while it is put right; then it is cleared and started again',
    weight: 5,
    fits: hasBasin,
    draw: (dice) => ({
      person: {
        presses: dice.some(0.5),
        staysMs: 300_000,
        acts: [
          ...(dice.some(0.4) ? [say('stop', dice.at('at', 30, 200))] : []),
          say('clear', dice.at('end', 2, 10)),
          say('start', dice.at('end', 11, 30)),
          say('clear', dice.at('end', 2, 10, 2)),
          say('start', dice.at('end', 11, 30, 2)),
        ],
      },
      faults: dice.fault(
        dice.of(
          'valve-drain-stuck-shut',
          'valve-drain-stuck-shut',
          'valve-no-motion',
          'valve-stuck-closed',
          'supply-pressure-drop',
        ),
        dice.at(dice.of('at', 'ready'), 10, 150),
        dice.of(null, 250, 400),
      ),
    }),
  },
];

/** Now and then a reading is off by so much that the water is put right, and seldom by more than its band. */
function trembles(dice: Dice, at: string): readonly ScheduledFault[] {
  return dice.some(0.85)
    ? dice.fault('sensor-spike', at, null, {
        byK: dice.of(-0.85, -0.75, -0.65),
        share: dice.of(0.05, 0.1, 0.2),
      })
    : dice.fault('sensor-noise', at, null, { sigmaK: dice.of(0.2, 0.3, 0.6) });
}

/** It reads a little low, so that the water is put right all the time, and each dozen of seconds low for a moment. */
function flickers(dice: Dice): readonly ScheduledFault[] {
  const everyS = dice.random.between(12, 15);
  const [one] = dice.fault('sensor-offset', dice.at('ready', 0));
  if (one === undefined) return [];
  const reads = (atS: number, byK: number): ScheduledFault => ({
    ...one,
    at: dice.at('ready', atS),
    args: { ...one.args, byK },
  });
  return Array.from({ length: 24 }, (_, n) => [
    reads(n * everyS, -0.5),
    reads((n + 1) * everyS - 1.2, -1.1),
  ]).flat();
}
