/**
 * If these fail, whoever floods or breaks the page delays the water being closed.
 */
import { afterEach, expect, test } from 'vitest';
import { openHistory } from '../../src/journal/index.ts';
import { controlPath } from '../../src/transports/control.ts';
import { connectControl } from '../../src/transports/control-client.ts';
import { openControl } from '../../src/cli/session/controller.ts';
import { isOff, openHouse, runHot } from '../support/house.ts';
import type { House } from '../support/house.ts';
import { cleanUp } from '../support/process.ts';
import { jsonCommand, listen, openSite, real } from './support.ts';

/** T10. */
const BOUND_MS = 250;
const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
  await cleanUp();
});

async function opened(): Promise<{ house: House; site: Awaited<ReturnType<typeof openSite>> }> {
  const house = await openHouse(4);
  open.push(() => house.close());
  const site = await openSite(house.running);
  open.push(() => site.close());
  return { house, site };
}

async function closes(house: House, from: number, sentMs: number): Promise<number> {
  return (await house.sees(isOff, from)).realMs - sentMs;
}

test('2,000 requests do not delay a stop over the control socket', async () => {
  const { house, site } = await opened();
  const control = await openControl(controlPath(house.config.journalPath), { running: house.running });
  open.push(() => control.close());
  const client = await connectControl(control.path);
  const live = await listen(site.url);
  await runHot(house);
  const paths = ['/api/v1/stations', '/api/v1/sessions', '/metrics', '/', '/nothing'];
  const answers: Promise<number>[] = [];
  for (let n = 0; n < 2_000; n += 1) {
    const answer = fetch(new URL(paths[n % paths.length] ?? '/', site.url)).then(async (response) => {
      await response.arrayBuffer();
      return response.status;
    });
    // A connection that is not taken is an answer too.
    answers.push(answer.catch(() => 0));
  }
  // Into the middle of it.
  await Promise.race(answers.slice(200));
  const from = house.seen.length;
  const sentMs = real.nowMs();
  await client.command(house.station, { command: 'stop' });
  expect(await closes(house, from, sentMs)).toBeLessThanOrEqual(BOUND_MS);
  const statuses = new Set(await Promise.all(answers));
  expect(statuses).toContain(200);
  // Some were told that they are too many.
  expect(statuses).toContain(429);
  expect(statuses).not.toContain(500);
  client.close();
  await live.close();
}, 60_000);

test('a stop is taken from somebody who has asked too often for anything else', async () => {
  const { house, site } = await opened();
  await runHot(house);
  const refused = async (): Promise<boolean> => (await site.ask('/api/v1/stations')).status === 429;
  let asked = 0;
  while (!(await refused()) && asked < 2_000) asked += 1;
  expect(asked).toBeGreaterThan(100);
  const pause = await site.ask('/api/v1/stations/foot-bath/commands', jsonCommand({ command: 'pause' }));
  expect(pause.status).toBe(429);
  expect(JSON.parse(pause.text)).toMatchObject({ code: 'too_many_requests' });
  const from = house.seen.length;
  const sentMs = real.nowMs();
  const stop = await site.ask('/api/v1/stations/foot-bath/commands', jsonCommand({ command: 'stop' }));
  expect(stop.status).toBe(202);
  expect(await closes(house, from, sentMs)).toBeLessThanOrEqual(BOUND_MS);
}, 60_000);

test('a route that fails says so without its insides, and the controller goes on', async () => {
  const house = await openHouse(4);
  open.push(() => house.close());
  const history = openHistory(house.config.journalPath);
  history.close();
  const site = await openSite({ ...house.running, history });
  open.push(() => site.close());
  const failed = await site.ask('/api/v1/sessions');
  expect(failed.status).toBe(500);
  expect(failed.headers['content-type']).toContain('application/problem+json');
  expect(JSON.parse(failed.text)).toMatchObject({ code: 'invariant', status: 500 });
  expect(failed.text).not.toMatch(/sqlite|database|journal\.db|\.ts|\n\s+at /i);
  expect((await site.ask('/api/v1/stations')).status).toBe(200);
  await runHot(house);
});

test('before there is a controller every request is told to come back', async () => {
  const site = await openSite(null);
  open.push(() => site.close());
  expect((await site.ask('/healthz')).status).toBe(200);
  expect(JSON.parse((await site.ask('/readyz')).text)).toMatchObject({
    ready: false,
    missing: [{ what: 'controller' }],
  });
  for (const path of ['/api/v1/stations', '/api/v1/events', '/api/v1/sessions']) {
    const answer = await site.ask(path);
    expect(answer.status, path).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'not_ready' });
  }
});
