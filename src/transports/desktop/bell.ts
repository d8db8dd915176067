import type { Clock } from '../../clock/clock.ts';
import type { Part } from './part.ts';

/** Where a terminal may be: the streams of a process. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const BEL = '\u0007';
const NO_TERMINAL =
  'Ebb runs in no terminal, so there is no bell to ring; start it in one, or use `as: notification` or a buzzer';

/** The bell of the first of these that is a terminal. Anything else, a file or a pipe, gets nothing. */
export function bellOf(outputs: readonly Output[], clock: Clock): Part {
  const terminal = outputs.find(({ isTTY }) => isTTY === true) ?? null;
  return {
    follow: (_, tell) => {
      clock.at(clock.nowMs(), 'bell', () => {
        tell(terminal === null ? NO_TERMINAL : null);
      });
    },
    ask: (_, ask) => {
      if (ask.do === 'ring') terminal?.write(BEL);
    },
    close: () => Promise.resolve(),
  };
}
