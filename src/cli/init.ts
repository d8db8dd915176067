import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { z } from 'zod';
import { ConfigError, messageOf } from '../model/errors.ts';
import { packageRoot } from '../protocols/index.ts';
import { readOptions } from './options.ts';
import { CONFIG_FILE } from './output.ts';
import type { Context } from './output.ts';

interface Template {
  readonly file: string;
  readonly what: string;
  /** The command to try next, and what it does. */
  readonly try: readonly [command: string, what: string];
}
const sim = (protocol: string): Template['try'] => [
  `ebb run ${protocol} --sim`,
  'try a session on simulated hardware',
];

/** All the templates promised. The files are examples that ship anyway. */
const TEMPLATES: Readonly<Record<'foot-bath' | 'shower' | 'buckets' | 'desk', Template>> = {
  'foot-bath': {
    file: 'foot-bath.yaml',
    what: 'a foot bath on running water',
    try: sim('contrast-foot-bath'),
  },
  shower: { file: 'shower.yaml', what: 'a shower', try: sim('contrast-shower') },
  buckets: { file: 'buckets.yaml', what: 'two buckets, cues only', try: sim('contrast-buckets') },
  desk: { file: 'desk.yaml', what: 'a desk with reminders', try: ['ebb serve', 'remind at the desk'] },
};
const templateSchema = z.enum(['foot-bath', 'shower', 'buckets', 'desk']);
const optionsSchema = z.object({ template: templateSchema });

export function register(program: Command, context: Context): void {
  program
    .command('init')
    .description(`write a commented ${CONFIG_FILE} to start from; never overwrites one`)
    .addOption(
      new Option('--template <template>', 'what the station is')
        .choices(templateSchema.options)
        .default('foot-bath'),
    )
    .action((options: unknown) => {
      init(readOptions(optionsSchema, options).template, context);
    });
}

function init(template: z.infer<typeof templateSchema>, context: Context): void {
  const source = TEMPLATES[template];
  const file = resolve(context.cwd, CONFIG_FILE);
  write(file, templateText(source.file));
  context.print(`wrote ${CONFIG_FILE}, ${source.what}; its comments say what to fit to yours`);
  context.print('next:');
  context.print('  ebb check                           check it after each change');
  const [command, what] = source.try;
  context.print(`${`  ${command}`.padEnd(38)}${what}`);
}

/** The example, with what points at its own place in the package taken out. */
function templateText(source: string): string {
  const text = readFileSync(join(packageRoot(), 'examples', source), 'utf8');
  return text.replace(/^# yaml-language-server: .*\n(#\n)?/, '');
}

/** `wx`: the file system itself refuses to overwrite, so that no race can lose somebody's config. */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new ConfigError(
        'config_exists',
        `there is an ${CONFIG_FILE} here already; it was left as it is`,
        {
          file,
          remedy: 'check it with "ebb check", or go to another folder',
        },
      );
    }
    throw new ConfigError(
      'config_unreadable',
      `${file} could not be written: ${messageOf(error)}`,
      { file },
      error,
    );
  }
}
