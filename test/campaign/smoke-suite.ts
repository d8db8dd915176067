import { main } from '../../src/cli/index.ts';
import { packageRoot } from '../../src/protocols/index.ts';

/** A campaign as somebody would run it, on worker threads. Returns its exit code and everything it printed. */
export async function campaign(...args: readonly string[]): Promise<{ code: number; out: string }> {
  let out = '';
  const code = await main(['sim', ...args], {
    stdin: process.stdin,
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (out += text) },
    env: {},
    cwd: packageRoot(),
  });
  return { code, out };
}
