import type { Clock } from '../clock/clock.ts';
import { SystemClock } from '../clock/system.ts';
import type { CalendarNews } from '../model/calendar.ts';
import type { DeskSettings } from '../model/desk.ts';
import type { Log } from '../model/log.ts';
import { Calendars } from './follow.ts';
import { readerOn } from './read.ts';

export { readerOn } from './read.ts';
export { getFile, isAddress } from './source.ts';

/** Follows the calendars of all desks until it is closed. `clock` is that of the desks. */
export function followCalendars(
  desks: readonly DeskSettings[],
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  tell: (desk: string, news: CalendarNews) => void,
): { close(): void } {
  // How long a server or a thread may take is real time, however fast a simulation goes.
  const network = new SystemClock();
  const read = readerOn(network);
  const followed = desks
    .filter(({ calendars }) => calendars.length > 0)
    .map(
      ({ id, zone, calendars }) =>
        new Calendars(calendars, { clock, network, log, read, zone }, (news) => {
          tell(id, news);
        }),
    );
  return {
    close: () => {
      for (const one of followed) one.close();
    },
  };
}
