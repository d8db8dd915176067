import type { BusMessage } from '../model/bus.ts';
import type { AnyCommand, CommandError } from '../model/command.ts';
import { COMMAND_WORDS, DESK_WORDS, anyCommandSchema } from '../model/command.ts';
import { whatIsWrong } from './what-is-wrong.ts';
import type { Wrong } from './what-is-wrong.ts';

/** A command is never longer, in characters. */
const MAX_LENGTH = 16_384;
const MAX_DEPTH = 8;
const PLAIN_STOP = /^(?:stop|\{ ?"command" ?: ?"stop" ?\})$/;

export type Parsed =
  | { readonly ok: true; readonly command: AnyCommand }
  | {
      readonly ok: false;
      readonly word: string;
      readonly code: 'bad_command';
      readonly message: string;
      readonly transaction?: string;
    };

/**
 * One payload of `ebb/<station>/set`: a JSON object, or a command's word alone. A stop is taken in any form that can be
 * meant as one.
 */
export function parseSet(payload: string): Parsed {
  // As most stops are written: nothing is looked at that could wait.
  if (PLAIN_STOP.test(payload)) return { ok: true, command: { command: 'stop' } };
  const text = payload.length > MAX_LENGTH ? '' : payload.trim();
  const word = [...COMMAND_WORDS, ...DESK_WORDS].find((one) => one === text.toLowerCase());
  const value: unknown = word === undefined ? json(text) : { command: word };
  const parsed = value === undefined ? null : anyCommandSchema.safeParse(value);
  if (parsed?.success === true) return { ok: true, command: parsed.data };
  if (meansStop(payload)) return { ok: true, command: { command: 'stop', ...transactionOf(value) } };
  const given =
    typeof value === 'object' && value !== null && 'command' in value && typeof value.command === 'string'
      ? value.command.slice(0, 40)
      : '';
  const wrong = tooMuch(payload, text) ?? whatIsWrong(value, parsed?.error.issues[0]);
  return { ok: false, word: given, ...wrong, ...transactionOf(value) };
}

/** What is not even parsed. */
function tooMuch(payload: string, text: string): Wrong | null {
  if (payload.length > MAX_LENGTH) {
    const message = `a command has at most ${MAX_LENGTH} characters, this one has ${payload.length}`;
    return { code: 'bad_command', message };
  }
  if (depthOf(text) <= MAX_DEPTH) return null;
  return {
    code: 'bad_command',
    message: `a command is at most ${MAX_DEPTH} brackets deep, this one is deeper`,
  };
}

/** Only in a text that is no valid other command: the word `stop` standing by itself. */
export function meansStop(payload: string): boolean {
  return /(^|[^a-z])stop([^a-z]|$)/i.test(payload.slice(0, MAX_LENGTH));
}

function json(text: string): unknown {
  if (depthOf(text) > MAX_DEPTH) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How deep the brackets go, without parsing: a hostile text must not get as far as the parser. */
function depthOf(text: string): number {
  let [depth, most] = [0, 0];
  for (const char of text) {
    if (char === '{' || char === '[') most = Math.max(most, (depth += 1));
    else if (char === '}' || char === ']') depth -= 1;
  }
  return most;
}

function transactionOf(value: unknown): { transaction?: string } {
  if (typeof value !== 'object' || value === null || !('transaction' in value)) return {};
  return typeof value.transaction === 'string' ? { transaction: value.transaction.slice(0, 100) } : {};
}

/** What a message on `ebb/<station>/set` asks for, or how it is answered. A retained command is never carried out. */
export function receiveSet(message: BusMessage): { command: AnyCommand } | { error: CommandError } {
  const parsed = parseSet(message.payload);
  if (!parsed.ok) {
    const { word, code, message: text, transaction } = parsed;
    return { error: withTransaction({ command: word, code, message: text }, transaction) };
  }
  const { command } = parsed;
  if (!message.retained || command.command === 'stop') return { command };
  const text = 'a retained command is never carried out; publish it without retain';
  return {
    error: withTransaction(
      { command: command.command, code: 'retained', message: text },
      command.transaction,
    ),
  };
}

export function withTransaction(error: CommandError, transaction: string | undefined): CommandError {
  return transaction === undefined ? error : { ...error, transaction };
}
