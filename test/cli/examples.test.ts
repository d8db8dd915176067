// If these fail, what people start from does not run: the bath, the desk, and the home that somebody's own CI tries.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/index.ts';
import { packageRoot } from '../../src/protocols/index.ts';

const EXAMPLES = join(packageRoot(), 'examples');
const elsewhere = mkdtempSync(join(tmpdir(), 'ebb-examples-'));
afterAll(() => {
  rmSync(elsewhere, { recursive: true, force: true });
});

async function ebb(argv: readonly string[], cwd: string) {
  let [out, err] = ['', ''];
  const stdout = { write: (text: string) => (out += text) };
  const stderr = { write: (text: string) => (err += text) };
  const code = await main(argv, { stdin: process.stdin, stdout, stderr, env: {}, cwd });
  return { code, out, err };
}

const MAX = ['--sim', '--speed', 'max', '--seed', '1'];

describe('examples that run without hardware, a broker or a network', () => {
  test.each([
    ['foot-bath.yaml', 'contrast-foot-bath', /SIMULATED[^]*heat dose 0\.\d+ of at most/],
    ['desk.yaml', 'calf-raises', /SIMULATED {2}Done, and counted: 10 repetitions, said by button\./],
  ])('%s: %s', async (name, protocol, ended) => {
    const config = join(EXAMPLES, name);
    const checked = await ebb(['check', config], elsewhere);
    expect(checked.code, checked.out + checked.err).toBe(0);
    const { code, out, err } = await ebb(['run', protocol, '--config', config, ...MAX], elsewhere);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(ended);
    // Nothing of a simulation stays behind.
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test('ci: the three commands of its workflow, in its folder', async () => {
    const ci = join(EXAMPLES, 'ci');
    expect(await ebb(['check'], ci)).toMatchObject({ code: 0, err: '' });
    const files = readdirSync(join(ci, 'scenarios')).map((name) => join('scenarios', name));
    const tried = await ebb(['test', ...files], ci);
    expect(tried.code, tried.out + tried.err).toBe(0);
    expect(tried.out).toContain(`${files.length} passed, 0 failed`);
    const { code, out, err } = await ebb(
      ['sim', '--config', 'ebb.yaml', '-n', '8', '--workers', '1', '--json'],
      ci,
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ sessions: 8, seed: { first: 1, last: 8 } });
  });
});
