import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError, messageOf } from '../model/errors.ts';
import type { Document } from './document.ts';
import type { Path } from './problem.ts';
import { HIDDEN, Report } from './report.ts';
import type { Secret } from './report.ts';
import { isRecord, mapScalars } from './value.ts';

/** Variables by name; what `process.env` is. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Keys whose value is never shown, wherever it came from. */
const SECRET_KEY = /^(password|token|secret)$/;

/**
 * The `.env` beside `file` first, then `env`. A file that is not there has no variables.
 * @throws ConfigError `config_unreadable` where there is one that cannot be read.
 */
export function variablesFor(file: string, env: Environment): (name: string) => string | undefined {
  const beside = join(dirname(file), '.env');
  const own = existsSync(beside) ? readEnv(beside) : {};
  return (name) => (Object.hasOwn(own, name) ? own[name] : Object.hasOwn(env, name) ? env[name] : undefined);
}

function readEnv(file: string): Environment {
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(
      'config_unreadable',
      `${file} could not be read: ${messageOf(error)}`,
      { file },
      error,
    );
  }
}

export interface Substituted {
  readonly value: unknown;
  /** Everything that came from a variable, and every password or token. */
  readonly secrets: readonly Secret[];
  readonly report: Report;
}

/**
 * Puts variables in place of `${NAME}` in every scalar. An unquoted scalar that is nothing but a variable becomes a
 * number or a truth value where its text is one, as it would have in the file; in quotes it stays text.
 */
export function substitute(document: Document, lookup: (name: string) => string | undefined): Substituted {
  const secrets: Secret[] = [];
  const unknown: { path: Path; message: string }[] = [];
  const value = mapScalars(document.value, (scalar, path) => {
    const last = path.at(-1);
    if (typeof last === 'string' && SECRET_KEY.test(last) && !String(scalar).includes('${')) {
      secrets.push({ path, text: String(scalar), shownAs: HIDDEN });
    }
    if (typeof scalar !== 'string' || !scalar.includes('${')) return scalar;
    const filled = scalar.replace(/\$\{([^}]*)\}?/g, (whole, name: string) => {
      const found = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && whole.endsWith('}') ? lookup(name) : null;
      if (typeof found === 'string') {
        secrets.push({ path, text: found, shownAs: whole });
        return found;
      }
      const message =
        found === null
          ? `"${whole}" is not a variable: write \${NAME}, with letters, digits and underscores`
          : `the variable ${name} is set neither in .env beside the file nor in the environment`;
      unknown.push({ path, message });
      return whole;
    });
    return /^\$\{\w+\}$/.test(scalar) && document.isPlain(path) ? asScalar(filled) : filled;
  });
  const report = new Report(document, secrets);
  for (const { path, message } of unknown) report.error(path, 'unknown_variable', message);
  return { value: isRecord(value) ? value : document.value, secrets, report };
}

function asScalar(text: string): string | number | boolean {
  if (/^-?\d{1,15}(\.\d{1,6})?$/.test(text)) return Number(text);
  return text === 'true' ? true : text === 'false' ? false : text;
}
