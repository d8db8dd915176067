import type { Config, ProtocolDefaults } from '../config/index.ts';
import { readDocument } from '../config/document.ts';
import { suggestion } from '../config/issues.ts';
import { sortProblems } from '../config/problem.ts';
import type { Path, Problem } from '../config/problem.ts';
import { Report } from '../config/report.ts';
import { pickChoices } from './choices.ts';
import type { Protocol } from './protocol.ts';
import { checkReminders } from './reminders.ts';

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
