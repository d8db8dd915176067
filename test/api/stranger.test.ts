/**
 * If these fail, somebody whose login is over cannot stop the water, or somebody without a login does more than that.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stateObjectSchema } from '../../src/model/state.ts';
import {} from '../support/external.ts';
import { isOff, openHouse, runHot } from '../support/house.ts';
import type { House } from '../support/house.ts';
import { cleanUp } from '../support/process.ts';
import { PASSWORD, jsonCommand, openSite, real } from './support.ts';
import type { Ask } from './support.ts';

const COMMANDS = '/api/v1/stations/foot-bath/commands';
/** T10. */
const BOUND_MS = 250;

let house: House;
let site: Awaited<ReturnType<typeof openSite>>;

beforeAll(async () => {
  house = await openHouse(4);
  site = await openSite(house.running, { host: '0.0.0.0' });
});
afterAll(async () => {
  await site.close();
  await house.close();
  await cleanUp();
});

const stop = (headers: Readonly<Record<string, string>> = {}): Ask => ({
  method: 'POST',
  headers,
  body: 'stop',
});

test('a stop without a login closes the water, and tells nothing', async () => {
  await runHot(house);
  const from = house.seen.length;
  const sentMs = real.nowMs();
  const answer = await site.ask(COMMANDS, jsonCommand({ command: 'stop', transaction: 'mine' }));
  expect((await house.sees(isOff, from)).realMs - sentMs).toBeLessThanOrEqual(BOUND_MS);
  expect(answer.status).toBe(202);
  expect(JSON.parse(answer.text)).toEqual({ accepted: true, transaction: 'mine' });
});

describe.each([
  ['no login', {}],
  ['a login that is over', { cookie: 'ebb_login=of-yesterday' }],
])('with %s', (_what, cookie) => {
  test.each([
    ['a word', stop(cookie)],
    ['a broken object', { ...stop(cookie), body: '{"command": stop!' }],
    ['a body of a megabyte', { ...stop(cookie), body: `stop ${'x'.repeat(1_000_000)}` }],
  ])('a stop is taken as %s', async (_form, ask) => {
    const answer = await site.ask(COMMANDS, ask);
    expect(answer.status).toBe(202);
    expect(JSON.parse(answer.text)).toEqual({ accepted: true });
  });

  test.each([
    ['a start', JSON.stringify({ command: 'start' })],
    ['a pause', JSON.stringify({ command: 'pause' })],
    ['a clear', JSON.stringify({ command: 'clear' })],
    ['an answer', JSON.stringify({ command: 'answer' })],
    ['a start that speaks of a stop', JSON.stringify({ command: 'start', transaction: 'no stop' })],
    ['an unknown command', JSON.stringify({ command: 'boil' })],
    ['a malformed command', '{"command":"start","with":'],
    ['a body that is too long', 'x'.repeat(20_000)],
    ['nothing', ''],
  ])('%s is told of the login and of nothing else', async (_what, body) => {
    const answer = await site.ask(COMMANDS, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...cookie },
      body,
    });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.text)).toMatchObject({
      code: 'login_needed',
      message: expect.stringMatching(/^the password is needed first/) as string,
    });
  });
});

test('what stations there are is not told', async () => {
  const answer = await site.ask('/api/v1/stations/sauna/commands', stop());
  expect(answer.status).toBe(404);
  expect(answer.text).not.toContain('foot-bath');
  expect(JSON.parse(answer.text)).toMatchObject({ code: 'unknown_station' });
});

test('a page of another site may not stop, nor one under another name', async () => {
  for (const headers of [{ origin: 'https://evil.example' }, { host: 'evil.example' }] as const)
    expect((await site.ask(COMMANDS, stop({ ...headers }))).status).toBe(403);
});

test('with a login the answer says where the water stands', async () => {
  const login = await site.ask('/api/v1/login', jsonCommand({ password: PASSWORD }));
  const cookie = /^[^;]+/.exec(login.headers['set-cookie']?.[0] ?? '')?.[0] ?? '';
  const answer = await site.ask(COMMANDS, stop({ cookie }));
  expect(answer.status).toBe(202);
  const body: unknown = JSON.parse(answer.text);
  expect(body).toMatchObject({ accepted: true });
  expect(stateObjectSchema.safeParse((body as { state?: unknown }).state).success).toBe(true);
});

test('neither tried passwords nor a thousand stops keep the next stop out, and they do not flood the devices', async () => {
  for (let n = 0; n < 12; n += 1) await site.ask('/api/v1/login', jsonCommand({ password: `guess ${n}` }));
  expect((await site.ask('/api/v1/login', jsonCommand({ password: PASSWORD }))).status).toBe(429);
  const from = house.seen.length;
  const statuses = new Set<number>();
  for (let n = 0; n < 50; n += 1) {
    const some = await Promise.all(Array.from({ length: 20 }, () => site.ask(COMMANDS, stop())));
    for (const { status } of some) statuses.add(status);
  }
  expect([...statuses]).toEqual([202]);
  expect(house.seen.slice(from).filter(isOff).length).toBeLessThan(60);
  await runHot(house);
  const before = house.seen.length;
  expect((await site.ask(COMMANDS, stop())).status).toBe(202);
  await house.sees(isOff, before);
}, 60_000);
