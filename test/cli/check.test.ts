// If this fails, a file with a mistake passes `ebb check` and is found out with somebody's feet in the water, or a
// script or workflow that reads the answer no longer can.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { main } from '../../src/cli/index.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'bad');
const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');
const folder = mkdtempSync(join(tmpdir(), 'ebb-check-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function ebb(argv: readonly string[], env: Readonly<Record<string, string>> = {}, cwd = folder) {
  let [out, err] = ['', ''];
  const stdout = { write: (text: string) => (out += text) };
  const stderr = { write: (text: string) => (err += text) };
  const code = await main(argv, { stdin: process.stdin, stdout, stderr, env, cwd });
  return { code, out, err };
}

const answerSchema = z.strictObject({
  ok: z.boolean(),
  problems: z.array(
    z.strictObject({
      file: z.string(),
      line: z.int().min(1),
      column: z.int().min(1),
      path: z.string(),
      code: z.string(),
      message: z.string(),
      severity: z.enum(['error', 'warning']),
    }),
  ),
});

describe('a file with one mistake exits 2 and names its line', () => {
  test.each(readdirSync(FIXTURES).sort())('%s', async (name) => {
    const file = join(FIXTURES, name);
    const expected = /^# expect: (\d+) (\w+) ?(.*)$/m.exec(readFileSync(file, 'utf8'));
    const { code, out } = await ebb(['check', '--json', file]);
    expect(code).toBe(2);
    const { ok, problems } = answerSchema.parse(JSON.parse(out));
    expect(ok).toBe(false);
    const errors = problems.filter(({ severity }) => severity === 'error');
    expect(errors.map((problem) => [problem.line, problem.code])).toContainEqual([
      Number(expected?.[1]),
      expected?.[2],
    ]);
  });
});

describe('the answer', () => {
  test('as text names file, line, column, severity and path, and counts at the end', async () => {
    const file = join(FIXTURES, 'guard-above-41.yaml');
    const { code, out, err } = await ebb(['check', file]);
    expect(code).toBe(2);
    expect(err).toBe('');
    const lines = out.trimEnd().split('\n');
    expect(out).toMatch(/guard-above-41\.yaml:\d+:\d+: error: stations\.foot-bath\.scald_guard/);
    expect(lines.at(-1)).toMatch(/: 1 error/);
  });

  test('as annotations where a GitHub workflow runs it, unless another form is asked for', async () => {
    const file = join(FIXTURES, 'tab.yaml');
    const { code, out } = await ebb(['check', file], { GITHUB_ACTIONS: 'true' });
    expect(code).toBe(2);
    expect(out).toMatch(/^::error file=.*tab\.yaml,line=7,col=1::not valid YAML/);
    const asked = await ebb(['check', file, '--format', 'text'], { GITHUB_ACTIONS: 'true' });
    expect(asked.out).not.toContain('::error');
  });

  test('a comma or a percent sign in a file name does not end an annotation early', async () => {
    const file = join(folder, 'a,b 50%.yaml');
    writeFileSync(file, 'stations: []\n');
    const { out } = await ebb(['check', '--format', 'github', file]);
    expect(out).toMatch(/^::error file=[^,]*a%2Cb 50%25\.yaml,line=1,col=\d+::/);
  });

  test('a config that is right is ok, and so is a protocol file', async () => {
    const { code, out } = await ebb(['check', '--json', join(EXAMPLES, 'foot-bath-mixer.yaml')]);
    expect(code).toBe(0);
    expect(answerSchema.parse(JSON.parse(out)).ok).toBe(true);
    const protocol = await ebb(['check', join(EXAMPLES, '..', 'protocols', 'warm-soak.yaml')]);
    expect(protocol).toMatchObject({ code: 0, err: '' });
    expect(protocol.out).toMatch(/warm-soak\.yaml: ok\n$/);
  });

  test('warnings alone exit 0, and a station without a scald guard is said to be in cue mode only', async () => {
    const text = readFileSync(join(EXAMPLES, 'foot-bath.yaml'), 'utf8');
    const file = join(folder, 'no-guard.yaml');
    writeFileSync(file, text.replace(/^ *scald_guard:.*$/m, ''));
    const { code, out } = await ebb(['check', file]);
    expect(code).toBe(0);
    expect(out).toContain(': warning: ');
    expect(out).toContain('cue mode only');
  });
});

describe('a file that is not there is a problem, not a success', () => {
  test('named', async () => {
    const { code, out } = await ebb(['check', '--json', 'nowhere.yaml']);
    expect(code).toBe(2);
    expect(answerSchema.parse(JSON.parse(out)).problems).toMatchObject([{ code: 'unreadable', line: 1 }]);
  });

  test('nobody named one: the answer says how to get one', async () => {
    const { code, out } = await ebb(['check']);
    expect(code).toBe(2);
    expect(out).toContain('ebb init');
  });

  test('one of several', async () => {
    const good = join(EXAMPLES, 'foot-bath.yaml');
    const { code, out } = await ebb(['check', '--json', good, 'nowhere.yaml']);
    expect(code).toBe(2);
    const { problems } = answerSchema.parse(JSON.parse(out));
    expect(problems.map(({ file }) => file)).toContainEqual(expect.stringContaining('nowhere.yaml'));
  });
});

test('a calendar of a desk: each event that cannot be read at its line, and a file that is none is an error', async () => {
  const config = join(folder, 'calendars.yaml');
  writeFileSync(
    config,
    'simulated: true\nstations:\n  desk:\n    kind: desk\n    light: { driver: zigbee2mqtt, name: lamp }\n    calendar: work.ics\n',
  );
  const missing = await ebb(['check', config]);
  expect(missing.code).toBe(2);
  expect(missing.out).toContain('work.ics:1:1: error: stations.desk.calendar: ');
  expect(missing.out).toContain('there is no such file');
  const work = join(folder, 'work.ics');
  writeFileSync(work, 'BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\nEND:VCALENDAR\n');
  const partly = await ebb(['check', config]);
  expect(partly.code).toBe(0);
  expect(partly.out).toContain('work.ics:2:1: warning: an event without DTSTART');
  writeFileSync(work, '<html>');
  const none = await ebb(['check', config]);
  expect(none.code).toBe(2);
  expect(none.out).toContain('work.ics:1:1: error: no calendar');
  rmSync(work);
  execFileSync('mkfifo', [work]);
  const pipe = await ebb(['check', config]);
  expect(pipe.code).toBe(2);
  expect(pipe.out).toContain('it is no file, but a pipe');
});
