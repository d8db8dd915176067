// If this fails, somebody chooses a session by figures that are not those it will run with, or learns only at the bath
// that it is refused.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { main } from '../../src/cli/index.ts';
import { openJournal } from '../../src/journal/index.ts';
import type { SessionResult } from '../../src/model/state.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'foot-bath.yaml');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebb-protocols-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});
const config = (more = '') => {
  writeFileSync(join(folder, 'ebb.yaml'), `${readFileSync(EXAMPLE, 'utf8')}\n${more}`);
};

async function ebb(...argv: readonly string[]) {
  let [out, err] = ['', ''];
  const stdout = { write: (text: string) => (out += text) };
  const stderr = { write: (text: string) => (err += text) };
  const code = await main(argv, { stdin: process.stdin, stdout, stderr, env: {}, cwd: folder });
  return { code, out, err };
}

const shownSchema = z.object({
  station: z.string().nullable(),
  cycles: z.number().nullable(),
  steps: z.array(z.object({ kind: z.string(), start_s: z.number(), duration_s: z.number() })),
  totals: z
    .object({ warm_s: z.number(), cold_s: z.number(), dose: z.number(), litres: z.number().nullable() })
    .nullable(),
  notes: z.array(z.string()),
  refused: z.array(z.object({ code: z.string(), message: z.string() })),
});
const show = async (...rest: readonly string[]) => {
  const { code, out } = await ebb('protocols', 'show', 'contrast-foot-bath', '--json', ...rest);
  return { code, ...shownSchema.parse(JSON.parse(out)) };
};

test('the list works without a config', async () => {
  const { code, out, err } = await ebb('protocols');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^contrast-foot-bath +contrast +Contrast foot bath/);
  const json = z
    .object({ protocols: z.array(z.object({ id: z.string(), kind: z.string() })) })
    .parse(JSON.parse((await ebb('protocols', '--json')).out));
  expect(json.protocols).toContainEqual({ id: 'warm-soak', kind: 'soak' });
});

test('one protocol: source, evidence, timeline, and its totals beside the limits', async () => {
  const { code, out } = await ebb('protocols', 'show', 'contrast-foot-bath');
  expect(code).toBe(0);
  expect(out).toContain('000_38e1a837041fee5a.txt');
  expect(out).toContain('evidence  low');
  expect(out).toMatch(/10:00 +cold +cycle 3 of 3 +30 s +15\.0 C +\(10\.0 to 15\.6 C\)/);
  expect(out).toMatch(/warm contact +9 min +of at most 20 min \(L6\)/);
  expect(out).toMatch(/cold contact +1 min 30 s +of at most 5 min \(L7\)/);
  expect(out).toMatch(/session +10 min 30 s +of at most 40 min \(L8\)/);
  expect(out).toMatch(/heat dose +0\.02 +of at most 0\.30 \(L12\)/);
  expect(out).toMatch(/water +-$/m);
});

test('as JSON, with choices for one session', async () => {
  const shown = await show('--with', 'cycles=4,cold=45s');
  expect(shown).toMatchObject({ code: 0, cycles: 4, station: null, refused: [] });
  expect(shown.steps).toHaveLength(8);
  expect(shown.steps[1]).toEqual({ kind: 'cold', start_s: 180, duration_s: 45 });
  expect(shown.totals).toMatchObject({ warm_s: 720, cold_s: 180, litres: null });
});

test('what would be refused is said with the reason, and exits 2', async () => {
  const shown = await show('--with', 'cold=90s');
  expect(shown).toMatchObject({ code: 2, steps: [], totals: null });
  expect(shown.refused[0]?.message).toContain('cold must be 15 s to 1 min');
  const { out } = await ebb('protocols', 'show', 'contrast-foot-bath', '--with', 'cold=90s');
  expect(out).toContain('would be refused:');
});

test('what the config says of station, defaults, flow and unit is what is shown', async () => {
  config('defaults: { contrast-foot-bath: { cycles: 4 } }\nsim: { plant: { flow: 6 l/min } }\n');
  expect(await show()).toMatchObject({ station: 'foot-bath', cycles: 4, totals: { litres: 84 } });
  expect((await show('--with', 'cycles=3')).cycles).toBe(3);
  config('units: { temperature: fahrenheit }\n');
  const { out } = await ebb('protocols', 'show', 'contrast-foot-bath');
  expect(out).toContain('100.4 F  (98.0 to 104.0 F)');
});

test('for the guest of a real station the cold starts at 15 s', async () => {
  config();
  const shown = await show('--person', 'guest', '--with', 'cold=45s');
  expect(shown.steps[1]?.duration_s).toBe(15);
  expect(shown.notes).toContainEqual(expect.stringContaining('L13'));
});

test('who had water an hour ago is told that it is too soon', async () => {
  config();
  const now = new Date();
  const ended = new Date(now.getTime() - 3_600_000).toISOString();
  const result: SessionResult = {
    ...{ id: 's-1', station: 'foot-bath', protocol: 'contrast-foot-bath', person: 'guest' },
    ...{ outcome: 'complete', reason: 'completed', started_at: ended, ended_at: ended },
    ...{ contact_s: 630, dose: 0.02, steps: [], symptoms: [], simulated: false },
  };
  const { journal, history } = await openJournal(join(folder, '.ebb', 'journal.db'));
  history.close();
  const body = z.record(z.string(), z.json()).parse({ result });
  journal.append([
    { at: ended, atMs: 0, boot: 'b', station: 'foot-bath', session: 's-1', type: 'end', body },
  ]);
  await journal.close();
  const shown = await show('--person', 'guest');
  expect(shown.code).toBe(0);
  expect(shown.refused.map(({ code }) => code)).toContain('too_soon');
});

test.each([
  [['protocols', 'show', 'contrast-foot-bat'], 'did you mean "contrast-foot-bath"?'],
  [['protocols', 'sow'], 'did you mean "show"?'],
  [['protocols', 'show'], "missing required argument 'id'"],
  [['protocols', 'show', 'warm-soak', '--with', 'nonsense'], '--with'],
  [['protocols', 'show', 'warm-soak', '--station', 'bath'], 'no station "bath"'],
  [['protocols', 'show', 'warm-soak', '--person', 'sam'], 'no person "sam"'],
  [['protocols', '--config', 'nowhere.yaml'], 'there is no nowhere.yaml here'],
])('%j exits 2', async (argv, message) => {
  const { code, err } = await ebb(...argv);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test('with a config, its stations and people are those there are', async () => {
  config('people: { sam: { name: Sam } }\n');
  const at = await ebb('protocols', 'show', 'warm-soak', '--station', 'foot-bat');
  expect(at.code).toBe(2);
  expect(at.err).toContain('did you mean "foot-bath"?');
  const who = await ebb('protocols', 'show', 'warm-soak', '--person', 'pat');
  expect(who.code).toBe(2);
  expect(who.err).toContain('it has sam');
  const sam = await ebb('protocols', 'show', 'warm-soak', '--person', 'sam');
  expect(sam.out).toContain('has not been screened');
});

test('a config that is not right is not worked with', async () => {
  config('unknown: 1\n');
  const { code, err } = await ebb('protocols', 'show', 'warm-soak');
  expect(code).toBe(2);
  expect(err).toMatch(/ebb\.yaml:\d+:\d+: error: unknown/);
});
