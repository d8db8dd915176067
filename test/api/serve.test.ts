/**
 * If these fail, `ebb serve` has no page, or has one where nobody may have it, or ends it before the water.
 */
import { createServer } from 'node:net';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {} from '../support/external.ts';
import { until } from '../support/until.ts';
import { openBathroom } from '../support/house.ts';
import { cleanUp, freePort, runEbb, writeHome } from '../support/process.ts';
import type { Child } from '../support/process.ts';
import { jsonCommand, listen } from './support.ts';

const SPEED = 4;
const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await cleanUp();
  for (const close of open.splice(0).toReversed()) await close();
});

const fileSchema = z.looseObject({ http: z.string().nullable() });
const controllerFile = (folder: string): string => join(folder, '.ebb', 'controller.json');
const httpOf = (folder: string): string | null =>
  fileSchema.parse(JSON.parse(readFileSync(controllerFile(folder), 'utf8'))).http;
const printed = (child: Child): string => /page +(http:\S+)/.exec(child.out())?.[1] ?? '';

/** With `http:` of its own. */
async function home(http: string): Promise<string> {
  const { folder } = writeHome(`listen: "127.0.0.1:${await freePort()}"`, '', 'valves', http);
  return folder;
}

describe('ebb serve', () => {
  test('serves the page, says where, and on SIGTERM closes the water before it', async () => {
    const bathroom = await openBathroom(SPEED);
    open.push(() => bathroom.close());
    const serve = runEbb(['serve', '--speed', String(SPEED)], bathroom.folder);
    await serve.waitFor(/end it/);
    const url = printed(serve);
    expect(httpOf(bathroom.folder)).toBe(url);
    expect(await (await fetch(url)).text()).toContain('<!doctype html>');
    await until('the devices answer', () => existsSync(controllerFile(bathroom.folder)));
    await expect
      .poll(async () => (await fetch(new URL('/readyz', url))).status, { timeout: 10_000 })
      .toBe(200);
    const live = await listen(url);
    const { body = '', headers = {} } = jsonCommand({ command: 'start' });
    const commands = new URL('/api/v1/stations/foot-bath/commands', url);
    const started = await fetch(commands, { method: 'POST', headers, body });
    expect(started.status, await started.text()).toBe(202);
    const states = (): unknown[] =>
      live.events.filter(({ name }) => name === 'state').map(({ data }) => data['state']);
    const opened = (): boolean =>
      states().some(
        (state) =>
          z.looseObject({ valves: z.looseObject({ hot: z.literal('open') }) }).safeParse(state).success,
      );
    await until('hot water runs', opened, 20_000);
    serve.kill('SIGTERM');
    expect(await serve.exit).toBe(0);
    await until('the stream is over', () => live.over());
    expect(states().at(-1)).toMatchObject({ valves: { hot: 'closed', cold: 'closed' } });
    expect(existsSync(controllerFile(bathroom.folder))).toBe(false);
    await expect(fetch(url)).rejects.toThrow();
  });

  test('opens nothing where the port is taken, and says which key that is', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    open.push(() => new Promise((resolve) => taken.close(resolve)));
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const folder = await home(`{ port: ${port} }`);
    const serve = runEbb(['serve'], folder);
    expect(await serve.exit).toBe(5);
    expect(serve.err()).toMatch(/http\.port.*nothing was opened/);
    expect(serve.err()).toContain('port_in_use');
    expect(existsSync(join(folder, '.ebb', 'journal.db'))).toBe(false);
  });

  test.each(['0.0.0.0', '"::"'])('does not listen on %s without a password', async (host) => {
    const folder = await home(`{ host: ${host}, port: 0 }`);
    const serve = runEbb(['serve'], folder);
    expect(await serve.exit).toBe(2);
    expect(serve.err()).toContain('ebb passwd');
    expect(serve.err()).toContain('password_missing');
    expect(existsSync(join(folder, '.ebb', 'journal.db'))).toBe(false);
  });

  test('names the key of an address that is not one of this computer', async () => {
    const serve = runEbb(['serve'], await home('{ host: 203.0.113.9, port: 0 }'));
    expect(await serve.exit).toBe(2);
    expect(serve.err()).toContain('http.host');
  });
});

test('ebb run serves no page', async () => {
  const folder = await home('{ port: 0 }');
  const run = runEbb(['run', 'contrast-foot-bath', '--json'], folder);
  // One that could not begin says why, and is not waited for.
  const ended = run.exit.then((code) => {
    throw new Error(`it ended with ${String(code)} before it ran:\n${run.err()}`);
  });
  await Promise.race([until('it runs', () => existsSync(controllerFile(folder)), 45_000), ended]);
  ended.catch(() => undefined);
  expect(httpOf(folder)).toBeNull();
});

test('the demo takes another port where the usual one is taken, and shows a simulation', async () => {
  const taken = createServer();
  // Somebody else may have it already: it is taken either way.
  await new Promise<void>((resolve) => {
    taken.once('error', () => {
      resolve();
    });
    taken.listen(7373, '127.0.0.1', resolve);
  });
  open.push(
    () =>
      new Promise((resolve) => {
        taken.close(resolve);
      }),
  );
  const demo = runEbb(['serve', '--demo', '--speed', '60'], await home('{ port: 0 }'));
  await demo.waitFor(/The page is at http:/);
  const url = /The page is at (http:\S+?),/.exec(demo.out())?.[1] ?? '';
  expect(new URL(url).port).not.toBe('7373');
  const stations: unknown = await (await fetch(new URL('/api/v1/stations', url))).json();
  expect(stations).toMatchObject({ simulated: true, stations: [{ state: { simulated: true } }] });
  demo.kill('SIGTERM');
  await demo.exit;
});
