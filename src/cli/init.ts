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
  readonly protocol: string;
}
/** All the templates promised; one that is null is not built yet. The files are examples that ship anyway. */
const TEMPLATES: Readonly<Record<'foot-bath' | 'shower' | 'buckets' | 'desk', Template | null>> = {
  'foot-bath': {
    file: 'foot-bath.yaml',
    what: 'a foot bath on running water',
    protocol: 'contrast-foot-bath',
  },
  shower: { file: 'shower.yaml', what: 'a shower', protocol: 'contrast-shower' },
  buckets: { file: 'buckets.yaml', what: 'two buckets, cues only', protocol: 'contrast-buckets' },
  desk: null,
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
  if (source === null) {
    const built = templateSchema.options.filter((name) => TEMPLATES[name] !== null);
    throw new ConfigError('unsupported', `the template "${template}" is not built in this version`, {
      remedy: `built are ${built.join(', ')}`,
    });
  }
  const file = resolve(context.cwd, CONFIG_FILE);
  write(file, templateText(source.file));
  context.print(`wrote ${CONFIG_FILE}, ${source.what}; its comments say what to fit to yours`);
  context.print('next:');
  context.print('  ebb check                           check it after each change');
  const run = `  ebb run ${source.protocol} --sim`;
  context.print(`${run.padEnd(38)}try a session on simulated hardware`);
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
