/**
 * If these fail, somebody's own CI says that their water is safe and nobody has looked: `ebb test` must run what the file
 * says, fail where it does not hold, and say at which line.
 */
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/index.ts';
import { packageRoot } from '../../src/protocols/index.ts';

async function ebb(
  args: readonly string[],
  cwd = packageRoot(),
): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await main(args, {
    stdin: process.stdin,
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: {},
    cwd,
  });
  return { code, out, err };
}

function fileOf(text: string): { cwd: string; file: string } {
  const cwd = mkdtempSync(join(tmpdir(), 'ebb-scenario-'));
  writeFileSync(join(cwd, 'one.yaml'), text);
  return { cwd, file: 'one.yaml' };
}

const STOP = 'run: contrast-foot-bath\nseed: 7\ndo:\n  - { at: cold 1 + 5 s, person: stop }\nexpect:\n';

describe('ebb test', () => {
  test('the scenarios of the examples hold', async () => {
    const folder = join('examples', 'ci', 'scenarios');
    const files = readdirSync(join(packageRoot(), folder)).map((name) => join(folder, name));
    expect(files.length).toBeGreaterThan(1);
    const { code, out } = await ebb(['test', ...files]);
    expect(out).toContain(`${files.length} passed, 0 failed`);
    expect(code).toBe(0);
  });

  test('what does not hold is said at its line, with what was seen instead', async () => {
    const { cwd, file } = fileOf(
      `${STOP}  - { outcome: stopped }\n  - { within: 100 ms, of: end, valves: open }\n  - { never: permitted }\n`,
    );
    const { code, out } = await ebb(['test', file], cwd);
    expect(code).toBe(4);
    expect(out).toMatch(
      /one\.yaml:7:\d+ expected within: 100 ms, of: end, valves: open; the valves were never open/,
    );
    expect(out).toMatch(/one\.yaml:8:\d+ expected never: permitted; it happened at \d/);
    expect(out).not.toContain('expected outcome');
  });

  test.each([
    [
      'a moment that is none',
      `run: contrast-foot-bath\ndo:\n  - { at: hot 1, person: stop }\nexpect: [{ outcome: stopped }]\n`,
      /:3:\d+/,
    ],
    [
      'a fault that is none',
      `run: contrast-foot-bath\ndo:\n  - { at: 1 s, fault: nothing }\nexpect: [{ outcome: stopped }]\n`,
      /there is no fault/,
    ],
    ['nothing expected', `run: contrast-foot-bath\nexpect: []\n`, /:2:\d+/],
    ['a protocol that does not run there', `run: warm-bath\nexpect: [{ outcome: stopped }]\n`, /warm-bath/],
    [
      'a key that is none',
      `run: contrast-foot-bath\nexpects: 1\nexpect: [{ outcome: stopped }]\n`,
      /expects/,
    ],
  ])('%s is refused with its place, and nothing runs', async (_, text, says) => {
    const { cwd, file } = fileOf(text);
    const { code, out } = await ebb(['test', file], cwd);
    expect(code).toBe(2);
    expect(out).toMatch(says);
    expect(out).toContain('not run');
  });

  test.each([
    ['the landmark never came', 'warm 99', 'complete', 'the session (complete) never came to it'],
    ['the session was over before', 'cold 4 + 90 min', 'complete', 'the session (complete) was over before'],
  ])('what was not done was not tested: %s', async (_, at, outcome, why) => {
    const { cwd, file } = fileOf(
      `run: contrast-foot-bath\nwith: { cycles: 4 }\ndo:\n  - { at: ${at}, person: stop }\n  - { at: ready, person: begin }\nexpect:\n  - { outcome: ${outcome} }\n`,
    );
    const { code, out } = await ebb(['test', file], cwd);
    expect(code).toBe(4);
    expect(out).toContain(`"stop" at "${at}" was not done: ${why}`);
    expect(out).toMatch(/one\.yaml:4:\d+ /);
    expect(out).not.toContain('"begin" at');
  });

  test('JUnit and GitHub are told the same', async () => {
    const { cwd, file } = fileOf(`${STOP}  - { outcome: complete }\n`);
    const junit = await ebb(['test', file, '--format', 'junit'], cwd);
    expect(junit.out).toContain('tests="1" failures="1"');
    expect(junit.out).toContain(
      '<failure message="expected outcome: complete; it was stopped (stopped_by_person)"',
    );
    const github = await ebb(['test', file, '--format', 'github'], cwd);
    expect(github.out).toMatch(
      /^::error file=\S*one\.yaml,line=6,col=\d+,title=\S*one\.yaml::expected outcome/m,
    );
  });
});
