import fc from 'fast-check';
import { PLACES, STREAM_VALVES } from './random-truth.ts';
import type { Truth } from './random-truth.ts';

/**
 * Things that people and the world do to a running station, as commands of fast-check: any order, any moment, shrunk to
 * the fewest that still break a property.
 */
type Words = 'begin' | 'pause' | 'resume' | 'continue' | 'stop' | 'clear' | 'answer';
type Act = fc.Command<Record<string, never>, Truth>;

/** Each act is always possible; what it must not lead to is judged from the plant after it and while time passes. */
function act(said: string, run: (truth: Truth) => void): Act {
  return {
    check: () => true,
    run: (_, truth) => {
      run(truth);
      truth.judge();
    },
    toString: () => said,
  };
}

const words = fc
  .constantFrom<Words>('begin', 'pause', 'resume', 'resume', 'continue', 'clear', 'clear', 'answer')
  .map((word) =>
    act(word, (truth) => {
      truth.say(word);
    }),
  );
const valve = fc.constantFrom(...STREAM_VALVES);
const link = fc.constantFrom('bath-valves', 'controller');

const stop = fc.constant(
  act('stop', (truth) => {
    truth.stop();
  }),
);
const world: fc.Arbitrary<Act> = fc.oneof(
  valve.map((name) =>
    act(`jam ${name} where it is`, (truth) => {
      truth.jam(name);
    }),
  ),
  valve.map((name) =>
    act(`free ${name}`, (truth) => {
      truth.free(name);
    }),
  ),
  fc.constantFrom('dead', 'stuck', 'warm', 'whole').map((how) =>
    act(`probe ${how}`, (truth) => {
      truth.probe(how);
    }),
  ),
  link.map((who) =>
    act(`disconnect ${who}`, (truth) => {
      truth.disconnect(who);
    }),
  ),
  link.map((who) =>
    act(`reconnect ${who}`, (truth) => {
      truth.reconnect(who);
    }),
  ),
  fc.constant(
    act('reboot', (truth) => {
      truth.reboot();
    }),
  ),
);

/** Long enough for a lease, a pause, a leg of the proof test, a step; and short enough to fall between two messages. */
const passes = fc.constantFrom(1, 40, 300, 700, 2_000, 5_000, 12_000, 31_000, 65_000).map((ms) =>
  act(`${ms} ms`, (truth) => {
    truth.run(ms);
  }),
);
const start = fc.constant(
  act('start', (truth) => {
    truth.start();
  }),
);
const press = fc.constant(
  act('press', (truth) => {
    truth.press();
  }),
);

export const runs = (most: number) =>
  fc.record({
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    place: fc.constantFrom(...PLACES),
    acts: fc.commands<Record<string, never>, Truth>(
      // Time twice and once more: without it nothing comes of anything.
      [words, start, press, stop, passes, passes, passes, world],
      { maxCommands: most, size: 'max' },
    ),
  });
