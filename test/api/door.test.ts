/**
 * If these fail, a page of some other site, or anybody in the house's network, can open the water.
 */
import { openPasswords } from '../../src/auth/passwords.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {} from '../support/external.ts';
import { until } from '../support/until.ts';
import { openHouse } from '../support/house.ts';
import type { House } from '../support/house.ts';
import { cleanUp } from '../support/process.ts';
import { PASSWORD, jsonCommand, listen, openSite, sendRaw } from './support.ts';
import type { Ask } from './support.ts';

type Site = Awaited<ReturnType<typeof openSite>>;

let house: House;
const sites: Site[] = [];

beforeAll(async () => {
  house = await openHouse(1);
});
afterEach(async () => {
  await Promise.all(sites.splice(0).map((site) => site.close()));
});
afterAll(async () => {
  await house.close();
  await cleanUp();
});

async function site(options: Parameters<typeof openSite>[1] = {}): Promise<Site> {
  const opened = await openSite(house.running, options);
  sites.push(opened);
  return opened;
}

const stop = (headers: Readonly<Record<string, string>>): Ask => {
  const ask = jsonCommand({ command: 'stop' });
  return { ...ask, headers: { ...ask.headers, ...headers } };
};
const COMMANDS = '/api/v1/stations/foot-bath/commands';

describe('on this computer alone', () => {
  test('a request that names another host is refused, whatever it asks for', async () => {
    const { ask, port } = await site({ hosts: ['ebb.local', 'Bath.Example'] });
    const status = async (host: string, path: string): Promise<number> =>
      (await ask(path, { headers: { host } })).status;
    for (const own of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`])
      expect(await status(own, '/api/v1/me'), own).toBe(200);
    for (const named of ['ebb.local', 'ebb.local:8080', `bath.example:${port}`])
      expect(await status(named, '/api/v1/me'), named).toBe(200);
    const foreign = [
      'evil.example',
      `evil.example:${port}`,
      'localhost',
      'localhost:1',
      `127.0.0.2:${port}`,
      `localhost.evil.example:${port}`,
      `0.0.0.0:${port}`,
    ];
    for (const host of foreign)
      for (const path of [
        '/',
        '/app.js',
        '/api/v1/stations',
        '/api/v1/events',
        '/healthz',
        '/metrics',
        '/nothing',
      ])
        expect(await status(host, path), `${host} ${path}`).toBe(403);
  });

  test('a request without a host, or with two, is refused', async () => {
    const { port } = await site();
    expect(await sendRaw(port, 'GET /api/v1/me HTTP/1.1\r\nconnection: close\r\n\r\n')).toContain(' 400 ');
    expect(await sendRaw(port, 'GET /api/v1/me HTTP/1.0\r\n\r\n')).toContain(' 403 ');
    const two = `GET /api/v1/me HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nhost: evil.example\r\nconnection: close\r\n\r\n`;
    expect(await sendRaw(port, two)).toMatch(/ 40[03] /);
  });

  test.each([
    ['a page of another site', { origin: 'https://evil.example' }],
    ['a page that hides who it is', { origin: 'null' }],
    ['another program on this computer', { origin: 'http://127.0.0.1:1' }],
    ['a page of another site, by its mark alone', { 'sec-fetch-site': 'cross-site' }],
    ['a page of the same domain', { 'sec-fetch-site': 'same-site' }],
  ])('%s may not command, nor listen, nor log in', async (_who, headers) => {
    const { ask } = await site();
    expect((await ask(COMMANDS, stop(headers))).status).toBe(403);
    const listens = await ask('/api/v1/events', { headers });
    expect(listens.status).toBe(403);
    expect(JSON.parse(listens.text)).toMatchObject({ code: 'foreign_origin' });
    expect((await ask('/api/v1/login', { ...jsonCommand({ password: 'x' }), headers })).status).toBe(403);
  });

  test('its own page and programs may', async () => {
    const { ask, port } = await site();
    const origin = `http://localhost:${port}`;
    const own = { origin, host: `localhost:${port}`, 'sec-fetch-site': 'same-origin' };
    expect((await ask(COMMANDS, stop(own))).status).toBe(202);
    expect((await ask(COMMANDS, stop({}))).status).toBe(202);
    // The same page under the other name of this computer is another one.
    expect((await ask(COMMANDS, stop({ origin }))).status).toBe(403);
  });

  test('answers carry no leave for other sites, and a policy that runs nothing foreign', async () => {
    const { ask, port } = await site();
    for (const path of ['/', '/api/v1/stations', '/nothing']) {
      const { headers } = await ask(path, { headers: { origin: `http://127.0.0.1:${port}` } });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(headers['content-security-policy']).toBe(
        "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';manifest-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'",
      );
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
    }
    expect((await ask('/api/v1/stations')).headers['cache-control']).toBe('no-store');
  });

  test('nothing beside the page is served', async () => {
    const { ask } = await site();
    expect((await ask('/')).text).toContain('<!doctype html>');
    expect((await ask('/app.js')).headers['content-type']).toContain('javascript');
    for (const path of [
      '/../package.json',
      '/%2e%2e/package.json',
      '/..%2fpackage.json',
      '/types.d.ts',
      '/tsconfig.json',
      '/.env',
      '//etc/passwd',
      '/app.js/..',
      '/app.js%00.html',
    ])
      expect((await ask(path)).status, path).toBeGreaterThanOrEqual(400);
  });

  test.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['a header without end', `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`],
    ['a broken chunk', 'POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
    ['an address that cannot be read', 'GET /%zz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n'],
    [
      'a very long address',
      `GET /${'a'.repeat(5_000)} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`,
    ],
  ])('%s gets a problem and no stack', async (_what, bytes) => {
    const { port } = await site();
    const answer = await sendRaw(port, bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).toContain('application/problem+json');
    expect(answer).not.toMatch(/node_modules|\.ts:\d|\n\s+at /);
  });

  test('asks for no login', async () => {
    const { ask } = await site();
    expect(JSON.parse((await ask('/api/v1/me')).text)).toEqual({ source: 'page', login_needed: false });
    expect((await ask('/api/v1/login', jsonCommand({ password: 'anything' }))).status).toBe(204);
  });
});

describe('being at the page', () => {
  const source = async ({ ask }: Site, headers: Readonly<Record<string, string>>): Promise<unknown> =>
    JSON.parse((await ask('/api/v1/me', { headers })).text);

  test.each([
    ['via', '1.1 proxy'],
    ['forwarded', 'for=192.0.2.1'],
    ['x-forwarded-for', '127.0.0.1'],
    ['x-forwarded-proto', 'https'],
    ['x-forwarded', '192.0.2.1'],
    ['x-real-ip', '192.0.2.1'],
    ['x-client-ip', '192.0.2.1'],
    ['true-client-ip', '192.0.2.1'],
    ['x-cluster-client-ip', '192.0.2.1'],
    ['x-original-url', '/'],
    ['x-original-host', 'ebb.example'],
    ['cf-connecting-ip', '192.0.2.1'],
    ['cf-ray', '1'],
    ['fly-client-ip', '192.0.2.1'],
    ['fly-region', 'ams'],
    ['tailscale-user-login', 'somebody'],
  ])('is nobody whose request came with %s', async (name, value) => {
    expect(await source(await site(), { [name]: value })).toMatchObject({ source: 'http' });
  });

  test('is nobody whose request came over HTTP/1.0, as nginx without settings sends it', async () => {
    const { port } = await site();
    const answer = await sendRaw(
      port,
      `GET /api/v1/me HTTP/1.0\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n\r\n`,
    );
    expect(answer).toContain('"source":"http"');
  });

  test('is a browser on this computer, with all that it sends', async () => {
    const browser = {
      connection: 'keep-alive',
      'user-agent': 'Mozilla/5.0',
      accept: '*/*',
      'accept-language': 'en',
      'accept-encoding': 'gzip',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'cors',
      'sec-fetch-dest': 'empty',
      'sec-ch-ua-platform': '"Linux"',
      'upgrade-insecure-requests': '1',
      'cache-control': 'no-cache',
      cookie: 'ebb_login=x',
    };
    expect(await source(await site(), browser)).toMatchObject({ source: 'page' });
  });
});

describe('bound beyond this computer', () => {
  const beyond = (): Promise<Site> => site({ host: '0.0.0.0', hosts: ['ebb.local'] });
  const login = (password: string): Ask => jsonCommand({ password });
  const cookieOf = (header: readonly string[] | undefined): string =>
    /^[^;]+/.exec(header?.[0] ?? '')?.[0] ?? '';

  test('does not start without a password, by what it is bound to', async () => {
    for (const host of ['0.0.0.0', '::']) {
      const without = openSite(house.running, { host, passwordsFile: '/nonexistent/passwords.json' });
      await expect(without, host).rejects.toMatchObject({
        code: 'password_missing',
        fields: { remedy: expect.stringContaining('ebb passwd') as string },
      });
    }
  });

  test('shows nothing but the page before the password, also to this computer', async () => {
    const { ask } = await beyond();
    for (const path of ['/', '/app.js', '/healthz', '/api/v1/me'])
      expect((await ask(path)).status, path).toBe(200);
    for (const path of [
      '/api/v1/stations',
      '/api/v1/events',
      '/api/v1/sessions',
      '/api/v1/protocols',
      '/api/v1/openapi.json',
      '/metrics',
      '/readyz',
      '/api/v1/nothing',
    ]) {
      const answer = await ask(path);
      expect(answer.status, path).toBe(401);
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'login_needed' });
    }
    // Nothing else either, whoever asks may be anybody.
    expect(JSON.parse((await ask('/api/v1/me')).text)).toEqual({ source: 'page', login_needed: true });
  });

  test('the password opens it until the logout, with a cookie that no script reads', async () => {
    const { ask } = await beyond();
    const wrong = await ask('/api/v1/login', login('not the password'));
    expect(wrong.status).toBe(401);
    expect(wrong.headers['set-cookie']).toBeUndefined();
    expect(JSON.parse(wrong.text)).toMatchObject({ code: 'wrong_password' });
    const right = await ask('/api/v1/login', login(PASSWORD));
    expect(right.status).toBe(204);
    expect(right.headers['set-cookie']?.[0]).toMatch(
      /^ebb_login=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const cookie = cookieOf(right.headers['set-cookie']);
    expect((await ask('/api/v1/stations', { headers: { cookie } })).status).toBe(200);
    expect((await ask(COMMANDS, stop({ cookie }))).status).toBe(202);
    expect(JSON.parse((await ask('/api/v1/me', { headers: { cookie } })).text)).toMatchObject({
      login_needed: false,
    });
    // A new login is a new cookie, and the old one is over.
    const again = await ask('/api/v1/login', {
      ...login(PASSWORD),
      headers: { 'content-type': 'application/json', cookie },
    });
    const fresh = cookieOf(again.headers['set-cookie']);
    expect(fresh).not.toBe(cookie);
    expect((await ask('/api/v1/stations', { headers: { cookie } })).status).toBe(401);
    expect((await ask('/api/v1/stations', { headers: { cookie: fresh } })).status).toBe(200);
    expect((await ask('/api/v1/logout', { method: 'POST', headers: { cookie: fresh } })).status).toBe(204);
    expect((await ask('/api/v1/stations', { headers: { cookie: fresh } })).status).toBe(401);
  });

  test('a new password ends every login and every stream', async () => {
    const { ask, url, passwordsFile } = await beyond();
    const cookie = cookieOf((await ask('/api/v1/login', login(PASSWORD))).headers['set-cookie']);
    const live = await listen(url, { cookie });
    await until('it hears', () => live.events.length > 0);
    await (await openPasswords(passwordsFile)).set('http', 'another long password');
    expect((await ask('/api/v1/stations', { headers: { cookie } })).status).toBe(401);
    await until('the stream is over', () => live.over());
    expect((await ask('/api/v1/login', login(PASSWORD))).status).toBe(401);
    expect((await ask('/api/v1/login', login('another long password'))).status).toBe(204);
  });

  test('tried passwords are bounded before they are looked at, and stay so', async () => {
    const { ask } = await beyond();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => ask('/api/v1/login', login(`guess number ${n}`))),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(refused).toHaveLength(20);
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(100);
    // The right one has to wait too, or it could be found by trying.
    expect((await ask('/api/v1/login', login(PASSWORD))).status).toBe(429);
    expect((await ask('/healthz')).status).toBe(200);
  });

  test('goes by the address it was reached at and by the names of the config', async () => {
    const { ask, port } = await beyond();
    const status = async (host: string): Promise<number> =>
      (await ask('/healthz', { headers: { host } })).status;
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `ebb.local:${port}`])
      expect(await status(host), host).toBe(200);
    for (const host of [`0.0.0.0:${port}`, `192.0.2.1:${port}`, `evil.example:${port}`])
      expect(await status(host), host).toBe(403);
    // Reached at another address of this computer, that address is its name, and nobody there is at the page.
    const other = await ask('/api/v1/me', { host: '127.0.0.2', headers: { host: `127.0.0.2:${port}` } });
    expect(JSON.parse(other.text)).toMatchObject({ source: 'http' });
  });
});
