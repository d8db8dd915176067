import type { Config, ProtocolDefaults } from '../config/index.ts';
import { readDocument } from '../config/document.ts';
import { suggestion } from '../config/issues.ts';
import { sortProblems } from '../config/problem.ts';
import type { Path, Problem } from '../config/problem.ts';
import { Report } from '../config/report.ts';
import { valueAt } from '../config/value.ts';
import { pickChoices } from './choices.ts';
import { guideOf } from './guide.ts';
import type { Protocol } from './protocol.ts';

/** The `defaults` of a config and of its people, held against the protocols they are for. `file` is the name shown. */
export function checkDefaults(
  config: Config,
  protocols: readonly Protocol[],
  file: string = config.file,
): readonly Problem[] {
  const { document } = readDocument(file);
  if (document === null) return [];
  const report = new Report(document);
  const check = (defaults: ProtocolDefaults, path: Path): void => {
    for (const [id, choices] of Object.entries(defaults)) {
      const protocol = protocols.find((candidate) => candidate.id === id);
      if (protocol === undefined) {
        const names = protocols.map((candidate) => candidate.id);
        const nearest = suggestion(id, names);
        const known = nearest === '' ? `; protocols: ${names.join(', ')}` : nearest;
        report.error([...path, id], 'unknown_id', `there is no protocol "${id}"${known}`, 'key');
        continue;
      }
      for (const problem of pickChoices(protocol, [choices]).problems) {
        report.error([...path, id, problem.path], problem.code, problem.message);
      }
    }
  };
  checkReminders(config, protocols, document.value, report);
  check(config.defaults, ['defaults']);
  for (const person of config.people) check(person.defaults, ['people', person.id, 'defaults']);
  return sortProblems(report.problems);
}

/** What the schedule reminds of is in the library, and is something to be done at a desk. */
function checkReminders(
  { desks }: Config,
  protocols: readonly Protocol[],
  written: unknown,
  report: Report,
): void {
  for (const { reminders } of desks) {
    for (const id of reminders.flatMap((one) => one.protocols)) {
      const protocol = protocols.find((one) => one.id === id);
      if (protocol !== undefined && guideOf(protocol) !== null) continue;
      const able = protocols.filter((one) => guideOf(one) !== null).map((one) => one.id);
      const message =
        protocol === undefined
          ? `there is no protocol "${id}"${suggestion(id, able) || `; there are ${able.join(', ')}`}`
          : `${id} is of kind ${protocol.kind}, which is nothing to be done at a desk; there are ${able.join(', ')}`;
      report.error(placeOf(written, id), 'unknown_id', message);
    }
  }
}

/** Where the schedule names a protocol. */
function placeOf(written: unknown, id: string): Path {
  const schedule = valueAt(written, ['schedule']);
  if (!Array.isArray(schedule)) return ['schedule'];
  for (const index of schedule.keys()) {
    const reminder = valueAt(written, ['schedule', index, 'reminder']);
    if (reminder === id) return ['schedule', index, 'reminder'];
    const at = Array.isArray(reminder) ? reminder.indexOf(id) : -1;
    if (at >= 0) return ['schedule', index, 'reminder', at];
  }
  return ['schedule'];
}
