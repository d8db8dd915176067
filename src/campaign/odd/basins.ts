import { hasBasin, say } from './oddity.ts';
import type { Oddity } from './oddity.ts';

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
      faults: dice.some(0.5)
        ? dice.fault('sensor-noise', dice.at('ready', 0, 60), null, { sigmaK: 0.4 })
        : [],
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
    what: 'the pressure drops once it is full, or a thermometer trembles while it is put right',
    weight: 4,
    fits: hasBasin,
    draw: (dice) => ({
      person: { presses: !dice.some(0.3) },
      // Warm enough that it has to be tempered.
      plant: { guardC: dice.random.between(39.4, 40), flowLpm: dice.random.between(6, 9) },
      faults: dice.some(0.6)
        ? dice.fault('supply-pressure-drop', dice.at('at', 60, 150), 60, { share: dice.of(0.2, 0.4, 0.6) })
        : dice.fault('sensor-noise', dice.at(dice.of('at', 'ready'), 60, 150), null, {
            sigmaK: dice.of(0.3, 0.6, 1),
          }),
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
