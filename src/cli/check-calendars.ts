import { getFile, isAddress, readerOn } from '../calendar/index.ts';
import { SystemClock } from '../clock/system.ts';
import type { Config, Problem } from '../config/index.ts';
import { messageOf } from '../model/errors.ts';

/** What is wrong with the calendar files of a config, at their own lines. Addresses are asked by `ebb serve` alone. */
export async function calendarProblems({ desks }: Config): Promise<readonly Problem[]> {
  const files = desks.flatMap(({ calendars, zone }) =>
    calendars.filter(({ from }) => !isAddress(from)).map(({ from }) => ({ file: from, zone })),
  );
  const found: Problem[] = [];
  for (const { file, zone } of files) found.push(...(await problemsOf(file, zone)));
  return found;
}

/** Read as the controller reads it: within its bounds of size and time, in a thread of its own. */
async function problemsOf(file: string, zone: string): Promise<readonly Problem[]> {
  const at = (line: number, message: string, severity: Problem['severity']): Problem => ({
    ...{ file, line, column: 1, path: '', code: 'calendar', message, severity },
  });
  const clock = new SystemClock();
  try {
    const text = (await getFile(file, null, clock))?.text ?? '';
    // Only its problems are of interest, and not when its meetings are.
    const { problems } = await readerOn(clock)(text, { fromMs: 0, toMs: 0, zone });
    // An event that cannot be read costs none of the others.
    const whole = /^\uFEFF?BEGIN:VCALENDAR/i.test(text);
    return problems.map(({ line, message }) => at(line, message, whole ? 'warning' : 'error'));
  } catch (error) {
    return [at(1, `cannot be read: ${messageOf(error)}`, 'error')];
  }
}
