import type { z } from 'zod';
import { COMMAND_WORDS, DESK_WORDS } from '../model/command.ts';

const WORDS = [...COMMAND_WORDS, ...DESK_WORDS].join(', ');
const FORM = `a command is a JSON object such as {"command":"start"}, or one word of ${WORDS}`;

export interface Wrong {
  readonly code: 'bad_command';
  /** What is wrong, where, and what would be right. */
  readonly message: string;
}

/** What is wrong with a command that its schema refused with `issue`; `value` is undefined where it is no JSON. */
export function whatIsWrong(value: unknown, issue: z.core.$ZodIssue | undefined): Wrong {
  const bad = (message: string): Wrong => ({ code: 'bad_command', message });
  if (value === undefined || issue === undefined || !isObject(value)) return bad(FORM);
  const word = value['command'];
  if (issue.path.length === 0 && issue.code === 'unrecognized_keys')
    return bad(unknownKeys(issue, String(word)));
  if (issue.path[0] === 'command' || issue.path.length === 0) {
    if (word === undefined) return bad(`command: it is missing; commands are ${WORDS}`);
    return bad(`command: there is no ${show(word)}; commands are ${WORDS}`);
  }
  const where = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') return bad(`${where}: ${unknownKeys(issue, where)}`);
  return bad(`${where}: ${expected(issue)}; found ${show(at(value, issue.path))}`);
}

const KEYS: Readonly<Record<string, string>> = {
  start: 'protocol, person, with, dry and transaction',
  report: 'person, symptom and transaction',
  ack: 'reminder and transaction',
  snooze: 'reminder and transaction',
  skip: 'reminder and transaction',
  quiet: 'one of for, until and off, and transaction',
  not_for_me: 'protocol, off and transaction',
  done: 'item, person and transaction',
  log: 'item, value, person and transaction',
  with: 'cycles, warm, cold, warm_water and cold_water',
};

function unknownKeys({ keys }: { readonly keys: readonly string[] }, of: string): string {
  const named = keys.slice(0, 3).map(show).join(', ');
  return `${of} takes no ${named}; beside itself it takes ${KEYS[of] ?? 'transaction'}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
};

function expected(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `it must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return `it must be at least ${String(issue.minimum)}`;
    case 'too_big':
      return `it must be at most ${String(issue.maximum)}${issue.origin === 'string' ? ' characters long' : ''}`;
    case 'invalid_value':
      return `it must be ${issue.values.map(show).join(' or ')}`;
    case 'invalid_union':
      return 'it must be a text such as "45 s" or "38 C", or a number';
    case 'invalid_format':
    case 'custom':
      // Ids: the schema's own words.
      return issue.message;
    default:
      return 'it is not what it must be';
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const key of path) {
    if (!isObject(found) || !Object.hasOwn(found, key)) return undefined;
    found = found[String(key)];
  }
  return found;
}

/** As JSON, so that nothing of it can act on a terminal, and never long. */
function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
