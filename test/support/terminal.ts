import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { programPath } from './programs.ts';
import { newFolder } from './process.ts';
import { until } from './until.ts';

const EBB = join(import.meta.dirname, '..', '..', 'bin', 'ebb.js');

/** `ebb …` in a terminal of its own, with somebody who reads it and presses keys. */
export interface Terminal {
  readonly out: () => string;
  press(key: string): void;
  /** Resolves with the first match from `from` characters on. */
  reads(pattern: RegExp, limitMs: number, from?: number): Promise<RegExpExecArray>;
  readonly exit: Promise<number | null>;
  kill(): void;
}

/** Use it within `describeWith(['script'], …)`. */
export function runInTerminal(args: readonly string[]): Terminal {
  const command = [process.execPath, EBB, ...args].map((word) => `'${word}'`).join(' ');
  const env = { ...process.env, NO_COLOR: '1', TERM: 'xterm', COLUMNS: '200' };
  // A shell that stays around it would end of the Ctrl-C itself, and tell its own code.
  const child = spawn(programPath('script'), ['-qfec', `stty cols 300; exec ${command}`, '/dev/null'], {
    cwd: newFolder(),
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  const exit = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return {
    out: () => out,
    press: (key) => {
      child.stdin.write(key);
    },
    reads: async (pattern, limitMs, from = 0) => {
      const look = (): RegExpExecArray | null => pattern.exec(out.slice(from));
      await until(`the terminal says ${pattern.source}`, () => look() !== null, limitMs).catch(
        (error: unknown) => {
          throw new Error(`${String(error)}; it says ${JSON.stringify(out.slice(-2_000))}`);
        },
      );
      const found = look();
      if (found === null) throw new Error('it was there a moment ago');
      return found;
    },
    exit,
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}
