import { isAddress, lookInto } from '../calendar/index.ts';
import type { Config, Problem } from '../config/index.ts';
import { messageOf } from '../model/errors.ts';

/** What is wrong with the calendar files of a config, at their own lines. Addresses are asked by `ebb serve` alone. */
export async function calendarProblems({ desks }: Config): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const { id, calendars, zone } of desks)
    for (const { from } of calendars.filter((one) => !isAddress(one.from)))
      problems.push(...(await problemsOf(from, zone, `stations.${id}.calendar`)));
  return problems;
}

async function problemsOf(file: string, zone: string, path: string): Promise<readonly Problem[]> {
  const at = (line: number, message: string, severity: Problem['severity']): Problem => ({
    ...{ file, line, column: 1, path: '', code: 'calendar', message, severity },
  });
  try {
    const { problems, isCalendar } = await lookInto(file, zone);
    // An event that cannot be read costs none of the others.
    return problems.map(({ line, message }) => at(line, message, isCalendar ? 'warning' : 'error'));
  } catch (error) {
    return [{ ...at(1, `the calendar cannot be read: ${messageOf(error)}`, 'error'), path }];
  }
}
