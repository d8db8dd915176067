// If this fails, people do not see what their sessions were, or looking at them disturbs the controller that writes.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { main } from '../../src/cli/index.ts';
import { openJournal } from '../../src/journal/index.ts';
import type { Journal } from '../../src/journal/index.ts';
import { sessionResultSchema } from '../../src/model/state.ts';
import type { SessionResult } from '../../src/model/state.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'foot-bath.yaml');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebb-history-'));
  writeFileSync(join(folder, 'ebb.yaml'), `timezone: Europe/Berlin\n${readFileSync(EXAMPLE, 'utf8')}`);
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

const STEP = { kind: 'warm', cycle: 1, planned_s: 180, in_band_s: 60, target_c: 38, water_c: null } as const;
const RESULT: SessionResult = {
  id: 's-1',
  station: 'foot-bath',
  protocol: 'contrast-foot-bath',
  person: 'guest',
  outcome: 'complete',
  reason: 'completed',
  started_at: '2026-03-01T19:30:00.000Z',
  ended_at: '2026-03-01T19:45:00.000Z',
  contact_s: 630,
  dose: 0.02,
  steps: [
    { ...STEP, actual_s: 180 },
    { ...STEP, actual_s: 0 },
  ],
  symptoms: [],
  simulated: false,
};
const ABORTED: SessionResult = {
  ...RESULT,
  ...{ id: 's-2', outcome: 'aborted', reason: 'over_temperature', person: null, contact_s: 12 },
};

/** A controller's journal with these sessions, on disk and still open. */
async function journalWith(results: readonly SessionResult[]): Promise<Journal> {
  const { journal, history } = await openJournal(join(folder, '.ebb', 'journal.db'));
  history.close();
  await new Promise<void>((resolve, reject) => {
    const durable = (error: Error | null) => {
      if (error === null) resolve();
      else reject(error);
    };
    const records = results.map((result, index) => ({
      ...{ at: result.ended_at, atMs: index, boot: 'b', station: result.station, session: result.id },
      ...{ type: 'end', body: z.record(z.string(), z.json()).parse({ result }) },
    }));
    journal.append(records, { durable });
  });
  return journal;
}

test('before the first session it says that there is none yet, which is no error', async () => {
  const { code, out, err } = await ebb('history');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('no session has been recorded yet');
  expect(JSON.parse((await ebb('history', '--json')).out)).toEqual({ sessions: [] });
});

test('while a controller writes: when, where, who, how it ended and why in words', async () => {
  const journal = await journalWith([RESULT, ABORTED]);
  const { code, out } = await ebb('history');
  await journal.close();
  expect(code).toBe(0);
  const lines = out.trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  // In the time zone of the home; one of the two steps ran.
  expect(lines[1]).toMatch(
    /^2026-03-01 20:30 +foot-bath +contrast-foot-bath +guest +complete +10 min 30 s +1$/,
  );
  expect(lines[2]).toMatch(/ - +aborted +12 s +1 +the water was scalding$/);
});

test('a simulated session is told from a real one', async () => {
  const journal = await journalWith([{ ...RESULT, simulated: true }]);
  expect((await ebb('history')).out).toContain('SIMULATED');
  await journal.close();
});

test('as JSON it gives the session results, the latest of them last and no more than asked for', async () => {
  const journal = await journalWith([RESULT, ABORTED]);
  await journal.close();
  const { out } = await ebb('history', '--format', 'json', '--limit', '1');
  const { sessions } = z.strictObject({ sessions: z.array(sessionResultSchema) }).parse(JSON.parse(out));
  expect(sessions).toEqual([ABORTED]);
});

test('a journal that is something else is an error, and stays as it is', async () => {
  await (await journalWith([])).close();
  const file = join(folder, '.ebb', 'journal.db');
  writeFileSync(file, 'not a journal at all, but long enough to be looked at\n'.repeat(4));
  const { code, out, err } = await ebb('history');
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/journal_(foreign|damaged)/);
  expect(readFileSync(file, 'utf8')).toContain('not a journal at all');
});
