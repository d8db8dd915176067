import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { styleText } from 'node:util';
import { formatProblem, hasErrors } from '../config/index.ts';
import type { Config, Environment, Problem } from '../config/index.ts';
import { createLogger } from '../logging/index.ts';
import { ConfigError } from '../model/errors.ts';
import type { Log } from '../model/log.ts';
import { checkFile, loadLibrary } from '../protocols/index.ts';
import type { Protocol } from '../protocols/index.ts';

/** 0 done · 1 unexpected · 2 usage, config or refused · 3 ended by people or time · 4 safety · 5 not reached. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5;

/** Where text goes; a stream of Node, or a test that listens. */
export interface Out {
  write(text: string): unknown;
}

/** Where a command runs: the process in real life, and whatever a test puts in its place. */
export interface Host {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: Out & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Out & { readonly isTTY?: boolean };
  readonly env: Environment;
  readonly cwd: string;
}

/** A home as a command gets it: the same that `src/main.ts` composes, and what is to be said about its file. */
export interface LoadedHome {
  readonly config: Config;
  readonly protocols: readonly Protocol[];
  readonly log: Log;
  readonly warnings: readonly Problem[];
}

/** What each command module is handed by `register(program, context)`. */
export interface Context {
  readonly stdin: NodeJS.ReadStream;
  /** Answers. Once its reader is gone, writing to it does nothing. */
  readonly stdout: Out;
  /** Logs, errors, and whatever is no part of the answer. */
  readonly stderr: Out;
  readonly env: Environment;
  readonly cwd: string;
  /** stdout is a terminal that can be redrawn. */
  readonly isTTY: boolean;
  /** Colour on stdout: a terminal, and no NO_COLOR. */
  readonly colour: boolean;
  /** As wide as the terminal is right now; 80 where there is none. */
  readonly columns: number;
  /** Aborted once the reader of stdout is gone (`| head`): whoever goes on for long ends then. */
  readonly outputClosed: AbortSignal;
  /** One line of the answer. */
  print(line?: string): void;
  printJson(value: unknown): void;
  /** The config file a command means, absolute; null where none is named and there is no `ebb.yaml` here. */
  configFile(option: string | undefined): string | null;
  /**
   * Finds, checks and loads a config and its library.
   * @throws ConfigError `config_unreadable`, `config_invalid` with every problem in its message
   */
  loadHome(option: string | undefined): LoadedHome;
  /** The one log of this process, made when first asked for. */
  sharedLog(): Log;
  /** What the process will exit with; the default is 0, an error that is thrown decides by itself. */
  finish(code: ExitCode): void;
}

export interface ContextHandle {
  readonly context: Context;
  /** The reader of stdout went away. */
  readonly outputGone: () => void;
  readonly exitCode: () => ExitCode;
}

export function createContext(host: Host): ContextHandle {
  const { env, cwd } = host;
  const closed = new AbortController();
  const isTTY = host.stdout.isTTY === true && env['TERM'] !== 'dumb';
  let log: Log | null = null;
  let exitCode: ExitCode = 0;
  const sharedLog = (): Log => (log ??= createLogger({ env }));
  const stdout: Out = {
    write: (text) => (closed.signal.aborted ? false : host.stdout.write(text)),
  };
  const context: Context = {
    stdin: host.stdin,
    stdout,
    stderr: host.stderr,
    env,
    cwd,
    isTTY,
    colour: isTTY && (env['NO_COLOR'] ?? '') === '',
    get columns() {
      return host.stdout.columns ?? 80;
    },
    outputClosed: closed.signal,
    print: (line = '') => {
      stdout.write(`${line}\n`);
    },
    printJson: (value) => {
      stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    configFile: (option) => findConfig(cwd, option),
    loadHome: (option) => loadHome(cwd, env, option, sharedLog),
    sharedLog,
    finish: (code) => {
      exitCode = code;
    },
  };
  return {
    context,
    outputGone: () => {
      closed.abort();
    },
    exitCode: () => exitCode,
  };
}

/** What `--config` is by default. */
export const CONFIG_FILE = 'ebb.yaml';

function findConfig(cwd: string, option: string | undefined): string | null {
  const file = resolve(cwd, option ?? CONFIG_FILE);
  return option !== undefined || existsSync(file) ? file : null;
}

function loadHome(cwd: string, env: Environment, option: string | undefined, log: () => Log): LoadedHome {
  const file = findConfig(cwd, option);
  if (file === null || !existsSync(file)) {
    const shown = option ?? CONFIG_FILE;
    throw new ConfigError('config_unreadable', `there is no ${shown} here`, {
      file: shown,
      remedy:
        option === undefined ? 'write one with "ebb init", or name one with --config' : 'check the name',
    });
  }
  const checked = checkFile(shownName(cwd, file), { env });
  if (checked.kind === 'protocol') {
    throw new ConfigError('config_invalid', `${shownName(cwd, file)} is a protocol file, not a config`, {
      file: shownName(cwd, file),
    });
  }
  const { config, problems } = checked;
  if (config === null || hasErrors(problems)) {
    const lines = problems.filter(({ severity }) => severity === 'error').map(formatProblem);
    throw new ConfigError('config_invalid', `the config cannot be used:\n${lines.join('\n')}`, {
      remedy: 'put these right and try "ebb check"',
    });
  }
  const { protocols } = loadLibrary(config.library);
  return { config, protocols, log: log(), warnings: problems };
}

/** A file as messages name it: beside or below the working folder by its short name. */
export function shownName(cwd: string, file: string): string {
  const short = relative(cwd, file);
  return short === '' || short.startsWith('..') || resolve(short) !== file ? file : short;
}

export type Style = Parameters<typeof styleText>[0];

/** Colours where they are wanted, and the bare text elsewhere. */
export function painter(colour: boolean): (style: Style, text: string) => string {
  return (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
}

/** Columns as wide as their widest cell, two spaces between them; `right` names those aligned right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return right.includes(index) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
