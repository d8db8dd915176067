import type { Clock } from '../../clock/clock.ts';
import type { DesktopPart } from '../../model/desktop.ts';
import type { Log } from '../../model/log.ts';
import type { Part } from './part.ts';

/** What stands in where the hardware of a config is simulated: it notes what would have been, and nothing rings or pops up. */
export function noted(part: DesktopPart, clock: Clock, log: Log): Part {
  return {
    follow: (_, tell) => {
      clock.at(clock.nowMs(), 'desktop', () => {
        tell(null);
      });
    },
    ask: (device, ask) => {
      log.info({ device, ...ask }, `SIMULATED: a ${part}, noted and not given`);
    },
    close: () => Promise.resolve(),
  };
}
