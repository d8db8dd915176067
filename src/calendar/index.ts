import type { Clock } from '../clock/clock.ts';
import { SystemClock } from '../clock/system.ts';
import type { CalendarNews } from '../model/calendar.ts';
import type { DeskSettings } from '../model/desk.ts';
import type { Log } from '../model/log.ts';
import { Calendars, windowAt } from './follow.ts';
import { Files } from './file.ts';
import { Reader } from './read.ts';
import { isCalendar } from './ics.ts';
import type { CalendarProblem } from './ics.ts';

export { isAddress } from './source.ts';

/** Follows the calendars of all desks until it is closed. `clock` is that of the desks. */
export function followCalendars(
  desks: readonly DeskSettings[],
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  tell: (desk: string, news: CalendarNews) => void,
): { close(): void } {
  // How long a server or a thread may take is real time, however fast a simulation goes.
  const network = new SystemClock();
  const files = new Files(network);
  const reader = new Reader(network);
  const followed = desks
    .filter(({ calendars }) => calendars.length > 0)
    .map(
      ({ id, zone, calendars }) =>
        new Calendars(
          calendars,
          {
            ...{ clock, network, log, zone },
            file: (file, had) => files.get(file, had),
            read: (text, window) => reader.read(text, window),
          },
          (news) => {
            tell(id, news);
          },
        ),
    );
  return {
    close: () => {
      for (const one of followed) one.close();
      files.close();
      reader.close();
    },
  };
}

/**
 * What is wrong with a calendar file, as the controller would find it now, and within the same bounds.
 * @throws Error where it cannot be read at all, for people
 */
export async function lookInto(
  file: string,
  zone: string,
): Promise<{ readonly problems: readonly CalendarProblem[]; readonly isCalendar: boolean }> {
  const clock = new SystemClock();
  const text = (await new Files(clock).get(file, null))?.text ?? '';
  const { problems } = await new Reader(clock).read(text, windowAt(clock.wallMs(), zone));
  return { problems, isCalendar: isCalendar(text) };
}
