import { readFileSync, statSync } from 'node:fs';
import { busyTimes, isAddress } from '../calendar/index.ts';
import type { Config, Problem } from '../config/index.ts';
import { messageOf } from '../model/errors.ts';

/** No file of a calendar that anybody looks at by hand is larger. */
const MAX_BYTES = 20 * 1024 * 1024;

/** What is wrong with the calendar files of a config, at their own lines. Addresses are asked by `ebb serve` alone. */
export function calendarProblems({ desks }: Config): readonly Problem[] {
  const files = desks.flatMap(({ calendars, zone }) =>
    calendars.filter(({ from }) => !isAddress(from)).map(({ from }) => ({ file: from, zone })),
  );
  return files.flatMap(({ file, zone }) => problemsOf(file, zone));
}

function problemsOf(file: string, zone: string): readonly Problem[] {
  const at = (line: number, message: string, severity: Problem['severity']): Problem => ({
    ...{ file, line, column: 1, path: '', code: 'calendar', message, severity },
  });
  try {
    if (statSync(file).size > MAX_BYTES) return [at(1, 'larger than 20 MB, which no calendar is', 'error')];
    const text = readFileSync(file, 'utf8');
    // Only its problems are of interest, and not when its meetings are.
    const { problems } = busyTimes(text, { fromMs: 0, toMs: 0, zone });
    // An event that cannot be read costs none of the others.
    const whole = /^\uFEFF?BEGIN:VCALENDAR/i.test(text);
    return problems.map(({ line, message }) => at(line, message, whole ? 'warning' : 'error'));
  } catch (error) {
    return [at(1, `cannot be read: ${messageOf(error)}`, 'error')];
  }
}
