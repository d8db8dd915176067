import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';
import { z } from 'zod';
import { ConfigError } from '../model/errors.ts';
import { redactLine } from './redact.ts';

export { silentLog } from '../model/log.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export interface LoggerOptions {
  /** Where `EBB_LOG_LEVEL` and `NO_COLOR` are looked up. Default: the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where the lines go, as JSON. Default: stderr, for people where it is a terminal. */
  readonly stream?: pino.DestinationStream;
}

/**
 * The log: to stderr, for answers go to stdout. Secrets never reach it.
 * @throws ConfigError usage, where EBB_LOG_LEVEL names no level
 */
export function createLogger(options: LoggerOptions = {}): Logger {
  const env = options.env ?? process.env;
  const level = z.enum(LEVELS).safeParse(env['EBB_LOG_LEVEL'] ?? 'info');
  if (!level.success) {
    throw new ConfigError(
      'usage',
      `EBB_LOG_LEVEL is "${env['EBB_LOG_LEVEL'] ?? ''}"; it is one of ${LEVELS.join(', ')}`,
      { variable: 'EBB_LOG_LEVEL' },
    );
  }
  // Both write at once: a line about a failure must not be lost with the process.
  const stream =
    options.stream ?? (process.stderr.isTTY ? forPeople(env) : pino.destination({ dest: 2, sync: true }));
  return pino({ level: level.data, base: null, hooks: { streamWrite: redactLine } }, stream);
}

function forPeople(env: Readonly<Record<string, string | undefined>>): pino.DestinationStream {
  const noColor = env['NO_COLOR'];
  return pretty({
    destination: 2,
    sync: true,
    colorize: noColor === undefined || noColor === '',
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname',
  });
}
