// If these fail, what people did by hand is lost, counts twice, or is told of somebody else.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../../src/cli/index.ts';
import { openHistory } from '../../src/journal/index.ts';

const DESK = `
timezone: Europe/Berlin
stations:
  desk: { kind: desk, light: { driver: zigbee2mqtt, name: lamp } }
schedule:
  - { reminder: brisk-walk, at: "12:30" }
`;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebb-ticks-'));
  writeFileSync(join(folder, 'ebb.yaml'), DESK);
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

function ticks() {
  const history = openHistory(join(folder, '.ebb', 'journal.db'));
  try {
    return history.records({ types: ['tick'], limit: 10 }).map(({ station, body }) => ({ station, ...body }));
  } finally {
    history.close();
  }
}

test('with no controller it goes straight into the journal; done twice on a day is told and counts once', async () => {
  expect((await ebb('today')).out).toContain('nothing has been done or noted today');
  expect(await ebb('done', 'brisk-walk')).toMatchObject({ code: 0, out: 'Brisk walk: done\n', err: '' });
  const again = await ebb('done', 'brisk-walk');
  expect(again).toMatchObject({ code: 0, err: '' });
  expect(again.out).toMatch(
    /Brisk walk was done today already, at \d\d:\d\d; it counts once a day, so nothing was added/,
  );
  expect(await ebb('log', 'brisk-walk', '25', 'min')).toMatchObject({ code: 0, out: 'Brisk walk: noted\n' });
  expect(ticks()).toEqual([
    {
      station: 'desk',
      item: 'brisk-walk',
      kind: 'done',
      value: null,
      person: null,
      source: 'cli',
      simulated: false,
    },
    {
      station: 'desk',
      item: 'brisk-walk',
      kind: 'log',
      value: '25 min',
      person: null,
      source: 'cli',
      simulated: false,
    },
  ]);
  const { out } = await ebb('today', '--json');
  expect(JSON.parse(out)).toMatchObject({
    done: [{ title: 'Brisk walk' }],
    noted: [{ title: 'Brisk walk', text: '25 min' }],
    ...{ not_done: [], next: [], open: [], running: false },
  });
  expect((await ebb('today')).out).toMatch(
    /done\n {2}\d\d:\d\d {2}Brisk walk\nnoted\n {2}\d\d:\d\d {2}Brisk walk: 25 min\n/,
  );
});

test('what is no item, and nobody, are told with what there is; each person has a day of their own', async () => {
  const unknown = await ebb('done', 'brisk-wlak');
  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain('there is no "brisk-wlak" to tick off; there are ');
  expect(unknown.err).not.toContain('contrast-foot-bath');
  writeFileSync(join(folder, 'ebb.yaml'), `${DESK}people:\n  sam: { name: Sam }\n  mia: { name: Mia }\n`);
  expect((await ebb('done', 'brisk-walk')).err).toContain('whose? name one of sam, mia');
  expect((await ebb('done', 'brisk-walk', '--person', 'tom')).code).toBe(2);
  expect((await ebb('done', 'brisk-walk', '--person', 'sam')).out).toBe('Brisk walk: done\n');
  expect((await ebb('done', 'brisk-walk', '--person', 'mia')).out).toBe('Brisk walk: done\n');
  expect(JSON.parse((await ebb('today', 'mia', '--json')).out)).toMatchObject({ done: [{ text: 'mia' }] });
  expect((await ebb('today', 'tom')).code).toBe(2);
});
