/**
 * If these fail, `o` in the demo opens nothing and says nothing, or ends the demo where there is no browser.
 */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openInBrowser } from '../../src/cli/session/browser.ts';
import {} from '../support/external.ts';
import { until } from '../support/until.ts';
import { cleanUp, newFolder } from '../support/process.ts';

const URL_SHOWN = 'http://127.0.0.1:7373/?a=1&b=$(touch x)';
const before = process.env['PATH'];

afterEach(async () => {
  process.env['PATH'] = before;
  await cleanUp();
});

/** A computer whose opener is this script; without one there is none. */
function computer(script: string | null): string {
  const folder = newFolder();
  process.env['PATH'] = folder;
  if (script === null) return folder;
  for (const name of ['xdg-open', 'open']) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

test('the address is handed over as it is, and by no shell', async () => {
  const out = join(newFolder(), 'opened');
  computer(`printf '%s' "$1" > '${out}'`);
  const said: string[] = [];
  openInBrowser(URL_SHOWN, (message) => said.push(message));
  await until('it is opened', () => existsSync(out) && readFileSync(out, 'utf8') === URL_SHOWN);
  expect(said).toEqual([]);
});

test.each([
  ['there is no opener', null],
  ['the opener finds no browser', 'exit 3'],
])('where %s the address is told instead', async (_what, script) => {
  computer(script);
  const said: string[] = [];
  openInBrowser(URL_SHOWN, (message) => said.push(message));
  await until('it is told', () => said.length > 0);
  expect(said).toEqual([expect.stringContaining(URL_SHOWN)]);
});
