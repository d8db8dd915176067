import { Option } from 'commander';
import type { Command } from 'commander';
import { z } from 'zod';
import { ConfigError } from '../model/errors.ts';
import type { Environment } from '../config/index.ts';

/** How an answer is written: for people, for programs, or as annotations of a GitHub workflow. */
export const FORMATS = ['text', 'json', 'github'] as const;
export type Format = (typeof FORMATS)[number];

/** Every command that a program may read takes these two; `--json` is short for `--format json`. */
export function addFormat(command: Command, formats: readonly Format[] = ['text', 'json']): Command {
  return command
    .addOption(new Option('--format <format>', 'how the answer is written').choices([...formats]))
    .addOption(new Option('--json', 'short for --format json').implies({ format: 'json' }));
}

/** Every command about a home takes its config file the same way. */
export function addConfig(command: Command): Command {
  return command.option('-c, --config <file>', 'the config file (default: ebb.yaml in this folder)');
}

const formatSchema = z.object({ format: z.enum(FORMATS).optional() });

/**
 * The format asked for. Where nobody asked it is text, or, for a command that has annotations, those while a GitHub
 * workflow runs it.
 */
export function formatOf(options: unknown, env: Environment, formats: readonly Format[] = ['text']): Format {
  const { format } = readOptions(formatSchema, options);
  if (format !== undefined) return format;
  return formats.includes('github') && isSet(env['GITHUB_ACTIONS']) ? 'github' : 'text';
}

/**
 * What commander parsed, held against a schema, so that no option goes on untyped.
 * @throws ConfigError `usage`
 */
export function readOptions<Parsed>(schema: z.ZodType<Parsed>, options: unknown): Parsed {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = String(issue?.path[0] ?? '');
  const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new ConfigError('usage', `--${dashed}: ${issue?.message ?? 'not readable'}`, {
    option: `--${dashed}`,
  });
}

/** A whole number of an option, such as `--limit 20`. */
export function wholeNumber(min: number, max: number) {
  return z.coerce
    .number({ error: `a whole number from ${min} to ${max}` })
    .int(`a whole number from ${min} to ${max}`)
    .min(min, `at least ${min}`)
    .max(max, `at most ${max}`);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
}
