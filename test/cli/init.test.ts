// If this fails, the first thing a newcomer does ends in a file that does not pass its own check, or `ebb init`
// overwrites the config of a house that works.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../../src/cli/index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebb-init-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function ebb(...argv: readonly string[]) {
  let [out, err] = ['', ''];
  const stdout = { write: (text: string) => (out += text) };
  const stderr = { write: (text: string) => (err += text) };
  const code = await main(argv, { stdin: process.stdin, stdout, stderr, env: {}, cwd: folder });
  return { code, out, err };
}
const written = () => readFileSync(join(folder, 'ebb.yaml'), 'utf8');

test('writes a commented config that passes its own check, and says the next command', async () => {
  const { code, out, err } = await ebb('init');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('ebb check');
  expect(out).toContain('ebb run contrast-foot-bath --sim');
  expect(written()).toContain('# The thermostatic mixing valve upstream of `hot`.');
  // A schema beside the package, not beside this file.
  expect(written()).not.toContain('$schema');
  expect(await ebb('check')).toMatchObject({ code: 0, err: '' });
});

test('never overwrites', async () => {
  writeFileSync(join(folder, 'ebb.yaml'), 'mine\n');
  const { code, out, err } = await ebb('init', '--template', 'foot-bath');
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('config_exists');
  expect(written()).toBe('mine\n');
});

test.each([
  ['foot-bath', 'contrast-foot-bath', 'kind: bath'],
  ['shower', 'contrast-shower', 'kind: shower'],
  ['buckets', 'contrast-buckets', 'kind: buckets'],
])('the template %s passes its check, and what it says to try runs', async (name, protocol, kind) => {
  const { code, out } = await ebb('init', '--template', name);
  expect(code).toBe(0);
  expect(out).toContain(`  ebb run ${protocol} --sim  `);
  expect(written()).toContain(kind);
  expect(written()).not.toContain('$schema');
  const checked = await ebb('check');
  expect(checked).toMatchObject({ code: 0, err: '' });
  const ran = await ebb('run', protocol, '--sim', '--speed', 'max', '--seed', '1');
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.out).toContain('Complete.');
});

test('the template desk passes its check, and says what to try', async () => {
  const { code, out } = await ebb('init', '--template', 'desk');
  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('  ebb serve  ') as string });
  expect(written()).toContain('kind: desk');
  expect(await ebb('check')).toMatchObject({ code: 0, err: '' });
});

test('a template that nobody promised is a usage error', async () => {
  const { code, err } = await ebb('init', '--template', 'sauna');
  expect(code).toBe(2);
  expect(err).toContain('sauna');
});
