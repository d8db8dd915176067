import { resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { formatProblem, hasErrors } from '../config/index.ts';
import type { Problem } from '../config/index.ts';
import { checkFile } from '../protocols/index.ts';
import { calendarProblems } from './check-calendars.ts';
import { addFormat, formatOf } from './options.ts';
import { CONFIG_FILE, shownName } from './output.ts';
import type { Context } from './output.ts';

const FORMATS = ['text', 'json', 'github'] as const;

export function register(program: Command, context: Context): void {
  const command = program
    .command('check')
    .description('check config and protocol files against their schemas and the safety envelope')
    .argument('[files...]', 'config and protocol files (default: ebb.yaml in this folder)')
    .action(async (files: unknown, options: unknown) => {
      await check(z.array(z.string()).parse(files), options, context);
    });
  addFormat(command, FORMATS);
}

async function check(named: readonly string[], options: unknown, context: Context): Promise<void> {
  const format = formatOf(options, context.env, FORMATS);
  const files = named.length === 0 ? [CONFIG_FILE] : named;
  const problems: Problem[] = [];
  for (const file of files) problems.push(...(await problemsOf(file, named.length === 0, context)));
  const ok = !hasErrors(problems);
  switch (format) {
    case 'json':
      context.printJson({ ok, problems: problems.map(plain) });
      break;
    case 'github':
      for (const problem of problems) context.print(annotation(problem));
      break;
    case 'text':
      for (const problem of problems) context.print(formatProblem(problem));
      context.print(summary(files, problems));
      break;
  }
  context.finish(ok ? 0 : 2);
}

/** The problems of one file. One file may be named twice, or be a library file of another: nothing is left out. */
async function problemsOf(
  file: string,
  byDefault: boolean,
  { cwd, env }: Context,
): Promise<readonly Problem[]> {
  const checked = checkFile(shownName(cwd, resolve(cwd, file)), { env });
  const calendars =
    checked.kind === 'config' && checked.config !== null ? await calendarProblems(checked.config) : [];
  const problems = [
    ...checked.problems,
    ...calendars.map((problem) => ({ ...problem, file: shownName(cwd, problem.file) })),
  ];
  if (!byDefault) return problems;
  // The file nobody named and that is not there: the remedy is not to spell it differently.
  return problems.map((problem) =>
    problem.code === 'unreadable' && problem.message.includes('ENOENT')
      ? { ...problem, message: `there is no ${CONFIG_FILE} here; write one with "ebb init", or name a file` }
      : problem,
  );
}

/** The promised fields, and nothing that the promise does not know but the severity. */
function plain({ file, line, column, path, code, message, severity }: Problem): Problem {
  return { file, line, column, path, code, message, severity };
}

function summary(files: readonly string[], problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const what = files.length === 1 ? (files[0] ?? '') : `${files.length} files`;
  const remarks = warnings === 0 ? '' : `, ${counted(warnings, 'warning')}`;
  if (errors > 0) return `${what}: ${counted(errors, 'error')}${remarks}`;
  const cues = problems.some(({ code }) => code === 'no_scald_guard')
    ? ' (cue mode only: no water opens)'
    : '';
  return `${what}: ok${remarks}${cues}`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** A workflow command of GitHub Actions: line feeds and the signs that end a value are written as it wants them. */
function annotation({ file, line, column, path, message, severity }: Problem): string {
  const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  const where = `file=${property(file)},line=${line},col=${column}`;
  return `::${severity} ${where}::${data(path === '' ? message : `${path}: ${message}`)}`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
