// If this fails, a script takes a failure for a success by its exit code, a typing mistake is silently ignored, or a
// pipe that closes early ends in a stack trace.
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { main } from '../../src/cli/index.ts';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'ebb.js');
const NOT_BUILT = ['plans', 'screen', 'people', 'report', 'backup', 'restore'];

async function ebb(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  let [out, err] = ['', ''];
  const stdout = { write: (text: string) => (out += text) };
  const stderr = { write: (text: string) => (err += text) };
  const code = await main(argv, { stdin: process.stdin, stdout, stderr, env, cwd: tmpdir() });
  return { code, out, err };
}

test('an unknown command exits 2 and says what was probably meant', async () => {
  const { code, out, err } = await ebb(['chek']);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^ebb: unknown command 'chek'/);
  expect(err).toContain('Did you mean check?');
});

test('an unknown option exits 2 and says what was probably meant', async () => {
  const { code, err } = await ebb(['check', '--jsn']);
  expect(code).toBe(2);
  expect(err).toContain("unknown option '--jsn'");
  expect(err).toContain('Did you mean --json?');
});

test('a form that a command does not have, and an option without its value, exit 2', async () => {
  expect((await ebb(['protocols', '--format', 'github'])).code).toBe(2);
  expect((await ebb(['history', '--limit'])).code).toBe(2);
  expect((await ebb(['history', '--limit', '0'])).code).toBe(2);
});

test('no command exits 2 with the help on stderr; --help and --version exit 0 on stdout', async () => {
  const none = await ebb([]);
  expect(none).toMatchObject({ code: 2, out: '' });
  expect(none.err).toContain('Usage: ebb');
  const help = await ebb(['--help']);
  expect(help).toMatchObject({ code: 0, err: '' });
  for (const word of ['init', 'check', 'protocols', 'history', 'run', 'status', 'stop'])
    expect(help.out).toMatch(new RegExp(`^ {2}${word}\\b`, 'm'));
  const version = await ebb(['--version']);
  expect(version.code).toBe(0);
  expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await ebb(['check', '--help'])).out).toContain('Usage: ebb check');
});

test.each(NOT_BUILT)(
  '%s is promised and not built: it says so and exits 2, whatever follows',
  async (name) => {
    for (const rest of [[], ['--faults', 'all', 'x'], ['--help']]) {
      const { code, out, err } = await ebb([name, ...rest]);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain(`"ebb ${name}" is not built in this version`);
    }
  },
);

test('an error tells what to do, its code, and its stack only when asked to debug', async () => {
  const { code, err } = await ebb(['history']);
  expect(code).toBe(2);
  expect(err).toContain('ebb: there is no ebb.yaml here');
  expect(err).toContain('ebb init');
  expect(err).toContain('config_unreadable');
  expect(err).not.toContain('    at ');
  expect((await ebb(['history'], { EBB_LOG_LEVEL: 'debug' })).err).toContain('    at ');
});

test('a reader that goes away (| head) ends the answer quietly', async () => {
  const child = spawn(process.execPath, [BIN, 'protocols', 'show', 'contrast-foot-bath'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, err }).toEqual({ code: 0, err: '' });
});
