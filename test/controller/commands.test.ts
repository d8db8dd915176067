// If this fails, a command from afar permits contact, or a person at the bath is not heard.
import { expect, test } from 'vitest';
import { refuseSource } from '../../src/controller/commands.ts';
import type { CommandWord } from '../../src/model/command.ts';
import { COMMAND_WORDS, SOURCES } from '../../src/model/command.ts';
import { exampleConfig } from '../support/simulate.ts';

const [station] = exampleConfig('foot-bath').stations;
const LOCAL = ['button', 'page', 'cli'];
/** Who may say what where the config lists nothing: everybody may stop, pause and report a symptom, the rest is local. */
const FROM_ANYWHERE: readonly CommandWord[] = ['stop', 'pause', 'report'];

const rows = COMMAND_WORDS.flatMap((command) =>
  SOURCES.map(
    (source) => [command, source, FROM_ANYWHERE.includes(command) || LOCAL.includes(source)] as const,
  ),
);

test.each(rows)('%s from %s is taken: %s', (command, source, taken) => {
  if (station === undefined) throw new Error('the example has no station');
  const refusal = refuseSource(station, command, source);
  expect(refusal === null).toBe(taken);
  if (refusal === null) return;
  expect(refusal.code).toBe('not_local');
  expect(refusal.message).toContain(source);
});

test.each([
  ['start', true],
  ['resume', true],
  ['begin', false],
  ['continue', false],
  ['clear', false],
  ['answer', false],
] as const)('a source that may only prepare may %s: %s', (command, taken) => {
  if (station === undefined) throw new Error('the example has no station');
  const remote = { ...station, prepareFrom: [...station.prepareFrom, 'http' as const] };
  expect(refuseSource(remote, command, 'http') === null).toBe(taken);
});
