import { BYTE_MS } from '../../../firmware-sim/boards/board.ts';
import { Random } from '../../../src/random/random.ts';
import type { Body, Rig } from './body.ts';
import { bytesOf, framed } from './talk.ts';

/** What is done to a board at a time of its own, milliseconds since it was switched on. */
export interface Act {
  readonly atMs: number;
  readonly what: string;
  readonly kind: 'restart' | 'hang' | 'other';
  readonly run: (body: Body, rig: Rig) => void;
}

/** When a board that is reset begins to count: its milliseconds lie so much behind the reset. */
const START_MS = 2.615;
/** In the middle of a millisecond of the board a request ends: what falls on its edge may be answered either way. */
const PHASE_MS = 0.45;
/** A hang, the start after it, and what that start brings. */
export const HANG_MS = 95;

const TEMPERATURES = [12.25, 20, 36.6, 38, 38, 41, 41.75, 42.5, 43.5, 46, 60, NaN] as const;
const PAUSES_MS = [2, 4, 10, 10, 30, 90, 150, 260, 480, 530, 900, 3_100] as const;

function pick<T>(random: Random, list: readonly T[]): T {
  const one = list[random.int(0, list.length - 1)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
}

const REQUESTS: readonly ((random: Random) => string)[] = [
  (random) => `OPEN ${random.int(1, 4)} ${pick(random, [1, 40, 120, 400, 700, 2_000, 30_000])}`,
  (random) => `OPEN ${random.int(1, 2)} ${random.int(50, 3_000)}`,
  (random) => `OPEN 1 ${random.int(500, 30_000)}`,
  (random) => `OPEN 3 ${random.int(50, 3_000)} ${random.int(0, 9)}`,
  (random) => `OPEN ${random.int(0, 6)} ${pick(random, [0, 1, 30_000, 30_001, 99_999])}`,
  (random) => `CLOSE ${pick(random, ['1', '2', '3', '4', 'ALL', 'ALL', '5', 'all'])}`,
  () => 'BEAT',
  () => 'STAT',
  () => 'STAT',
  () => 'TEMP',
  () => 'HELLO',
  () => 'CLEAR',
  () => 'CLEAR',
  (random) => `TELE ${pick(random, [0, 250, 400, 1_000, 249, 10_001])}`,
  (random) => `LED 1 ${random.int(0, 120)} ${random.int(0, 120)} ${random.int(0, 4)} ${random.int(0, 1)}`,
  (random) =>
    `BUZZ ${pick(random, [0, 0, 0, 200, 99])} ${random.int(0, 90)} ${random.int(0, 90)} ${random.int(0, 3)}`,
  (random) =>
    pick(random, [
      'OPEN',
      'OPEN 1',
      'BEAT 1',
      'NOTHING',
      '',
      'STAT ',
      'CLOSE  1',
      'TELE x',
      'LED 1 1 1 1 1 1',
    ]),
];

const GARBAGE: readonly ((random: Random) => string)[] = [
  () => '\x18',
  (random) => `@1 OPEN ${random.int(1, 4)}\x18 500`,
  () => 'nonsense\n',
  () => '@1 BEAT*0000\n',
  () => `${framed('@1 BEAT')}${framed('@2 STAT')}`,
  () => `@1 BEAT ${'x'.repeat(100)}*1234\n`,
  () => '\n\r\n',
  (random) => {
    const bytes = Array.from({ length: random.int(1, 60) }, () => random.int(0, 255));
    return `${String.fromCharCode(...bytes)}\n`;
  },
];

/** One board's life, drawn by a seed. */
export function script(seed: number, acts: number): readonly Act[] {
  const random = new Random(seed, 'script');
  const made: Act[] = [];
  let baseMs = START_MS;
  let atMs = 40;
  let seq = 0;
  const act = (what: string, run: Act['run'], kind: Act['kind'] = 'other'): void => {
    made.push({ atMs, what, kind, run });
  };
  const settle = (lengthMs: number): void => {
    // Onto the phase at which its last byte arrives.
    atMs = baseMs + Math.ceil(atMs + lengthMs - baseMs) + PHASE_MS - lengthMs;
  };
  const say = (text: string): void => {
    settle(text.length * BYTE_MS);
    act(JSON.stringify(text), (body) => {
      body.send(bytesOf(text));
    });
    atMs += text.length * BYTE_MS;
  };
  const ask = (request: string): void => {
    seq += 1;
    say(framed(`@${seq} ${request}`));
  };
  const restart = (what: string, run: (rig: Rig) => void, afterMs = 0): void => {
    settle(0);
    act(
      what,
      (_body, rig) => {
        run(rig);
      },
      'restart',
    );
    baseMs = atMs + START_MS;
    atMs += 8 + afterMs;
  };
  const press = (times: number): void => {
    for (let i = 0; i < times; i += 1) {
      settle(0);
      const down = i % 2 === 0;
      act(down ? 'press' : 'let go', (_body, rig) => {
        rig.press(down);
      });
      atMs += i === times - 1 ? 0 : pick(random, [2, 5, 15, 60, 300]);
    }
  };
  while (made.length < acts) {
    const kind = random.int(0, 99);
    if (kind < 68) ask(pick(random, REQUESTS)(random));
    else if (kind < 77) say(pick(random, GARBAGE)(random));
    else if (kind < 83) {
      settle(0);
      const tempC = pick(random, [...TEMPERATURES, Infinity]);
      act(`thermistor ${tempC}`, (_body, rig) => {
        rig.thermistorC = tempC;
      });
    } else if (kind < 87) {
      const tempC = pick(random, [...TEMPERATURES, 85, 43]);
      act(`probe ${tempC}`, (_body, rig) => {
        rig.probeC = tempC;
      });
    } else if (kind < 91) press(random.int(1, 3));
    else if (kind < 93) press(2 * random.int(1, 4));
    else if (kind < 95) {
      restart('reset', (rig) => {
        rig.reset();
      });
    } else if (kind < 96) {
      restart('power', (rig) => {
        rig.power(false);
        rig.power(true);
      });
    } else if (kind < 97) {
      settle(0);
      act(
        'hang',
        (_body, rig) => {
          rig.hang();
        },
        'hang',
      );
      atMs += HANG_MS;
      // It starts anew a millisecond earlier or later: brought back into step.
      restart('reset', (rig) => {
        rig.reset();
      });
    } else {
      act('38 C, cleared', (_body, rig) => {
        rig.press(false);
        rig.thermistorC = 38;
        rig.probeC = 38;
      });
      atMs += 60;
      ask('CLEAR');
    }
    atMs += pick(random, PAUSES_MS);
  }
  return made;
}
