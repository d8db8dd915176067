// If these fail, somebody who is at their desk counts as away and is never reminded, or somebody who has left counts as
// there for ever: because the screen was locked, a program was not there, or the helper died.
import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { main } from '../../src/cli/index.ts';
import { judge, wordOf } from '../../src/cli/presence/judge.ts';
import { lookerOf } from '../../src/cli/presence/look.ts';
import type { Run } from '../../src/cli/presence/look.ts';
import { overHttp } from '../../src/cli/presence/tell.ts';
import { SystemClock } from '../../src/clock/system.ts';
import { silentLog } from '../../src/model/log.ts';
import { startBroker } from '../../src/transports/broker.ts';
import { connectMqtt } from '../../src/transports/mqtt.ts';

const FIVE_MIN = 300_000;

describe('what a look means', () => {
  test.each([
    [{ idleMs: 0, locked: false }, true],
    [{ idleMs: 299_999, locked: null }, true],
    [{ idleMs: 300_000, locked: false }, false],
    [{ idleMs: 0, locked: true }, false],
    [{ idleMs: null, locked: true }, false],
    [{ idleMs: null, locked: false }, true],
    [{ idleMs: null, locked: null }, null],
  ])('%j: %s', (look, present) => {
    expect(judge(look, FIVE_MIN).present).toBe(present);
  });

  test.each([
    ['present', true],
    ['Away ', false],
    ['locked', false],
    ['unlocked', true],
    ['idle 4 min', true],
    ['idle 6 min', false],
    ['unknown', null],
  ])('the line "%s": %s', (line, present) => {
    expect(wordOf(line, FIVE_MIN)?.present).toBe(present);
  });

  test('a line that means nothing means nothing', () => {
    for (const line of ['', 'idle', 'idle soon', 'idle -5 min', 'presents', '{"present":true}'])
      expect(wordOf(line, FIVE_MIN)).toBeNull();
  });
});

describe('how it is known', () => {
  const running =
    (programs: Readonly<Record<string, string>>): Run =>
    (program) => {
      const said = programs[program];
      return said === undefined
        ? Promise.reject(new Error(`spawn ${program} ENOENT`))
        : Promise.resolve(said);
    };
  const LOGIND = 'Id=2\nIdleHint=no\nLockedHint=no\n';

  test.each([
    ['linux', { loginctl: LOGIND, xprintidle: '1234\n' }, { idleMs: 1_234, locked: false }],
    [
      'linux',
      { loginctl: LOGIND.replace('LockedHint=no', 'LockedHint=yes') },
      { idleMs: null, locked: true },
    ],
    [
      'linux',
      { loginctl: LOGIND.replace('IdleHint=no', 'IdleHint=yes') },
      { idleMs: Infinity, locked: false },
    ],
    ['linux', { gdbus: '(uint64 5678,)\n' }, { idleMs: 5_678, locked: null }],
    ['linux', { xprintidle: '9\n', gdbus: '(uint64 5678,)\n' }, { idleMs: 9, locked: null }],
    [
      'darwin',
      { ioreg: '  | |   "HIDIdleTime" = 4200000000\n  "CGSSessionScreenIsLocked"=Yes\n' },
      { idleMs: 4_200, locked: true },
    ],
  ])('%s with %j', async (platform, programs, expected) => {
    const { look } = await lookerOf(platform, running(programs), {});
    expect(await look()).toEqual(expected);
  });

  test('where nothing can tell, it says so and what to do instead', async () => {
    for (const platform of ['linux', 'darwin', 'win32'])
      await expect(
        lookerOf(platform, running({ loginctl: 'Could not get properties' }), {}),
      ).rejects.toMatchObject({
        code: 'unsupported',
        fields: { remedy: expect.stringContaining('--stdin') as unknown },
      });
  });
});

const folder = mkdtempSync(join(tmpdir(), 'ebb-presence-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** `ebb presence` as a process, and everything that it says at a real broker. */
async function helper(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const broker = await startBroker({ host: '127.0.0.1', port: 0, log: silentLog });
  const bus = connectMqtt({ url: broker.url, clientId: 'listener', clock: new SystemClock() });
  const heard: string[] = [];
  bus.subscribe(['ebb-presence/#']);
  bus.onMessage(({ topic, payload, retained }) =>
    heard.push(`${topic} ${payload}${retained ? ' (retained)' : ''}`),
  );
  await new Promise<void>((resolve) => {
    bus.onLink((up) => {
      if (up) resolve();
    });
  });
  const bin = join(import.meta.dirname, '..', '..', 'bin', 'ebb.js');
  const child = spawn(
    process.execPath,
    [bin, 'presence', '--broker', broker.url, '--name', 'laptop', ...args],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    },
  );
  let err = '';
  child.stderr.on('data', (more: Buffer) => (err += more.toString()));
  const has = (what: string): Promise<void> =>
    expect.poll(() => heard.at(-1), { timeout: 20_000, interval: 20 }).toBe(`ebb-presence/laptop ${what}`);
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exit;
    await bus.close();
    await broker.close();
  };
  return { child, has, exit, close, err: () => err };
}

test('over a real broker: what other programs tell it, nothing of it kept, and dead it is told to be', async () => {
  const { child, has, close, err } = await helper(['--stdin']);
  try {
    child.stdin.write('present\n');
    await has('{"present":true,"why":"said"}');
    child.stdin.write('nonsense\nidle 7 min\n');
    await has('{"present":false,"why":"idle"}');
    expect(err()).toContain('"nonsense" means nothing');
    child.kill('SIGKILL');
    await has('{"present":null,"why":"gone"}');
  } finally {
    await close();
  }
});

test.runIf(process.platform === 'linux')('what loginctl says, and goodbye at the end', async () => {
  const programs = join(folder, 'bin');
  const [loginctl, xprintidle] = [join(programs, 'loginctl'), join(programs, 'xprintidle')];
  await new Promise((resolve) => execFile('mkdir', [programs], resolve));
  writeFileSync(loginctl, '#!/bin/sh\necho IdleHint=no\necho LockedHint=yes\n');
  writeFileSync(xprintidle, '#!/bin/sh\necho 100\n');
  chmodSync(loginctl, 0o755);
  chmodSync(xprintidle, 0o755);
  const { child, has, exit, close } = await helper([], { PATH: `${programs}:${process.env['PATH'] ?? ''}` });
  try {
    await has('{"present":false,"why":"locked"}');
    child.kill('SIGTERM');
    await has('{"present":null,"why":"gone"}');
    expect(await exit).toBe(0);
  } finally {
    await close();
  }
});

test('over HTTP at a running Ebb: told of, and unknown once it ends; a name that no desk has is said', async () => {
  const config = join(folder, 'ebb.yaml');
  writeFileSync(
    config,
    `simulated: true
mqtt: { listen: 127.0.0.1:${await freePort()} }
http: { port: 0 }
stations: { desk: { kind: desk, light: { driver: zigbee2mqtt, name: lamp }, presence: { driver: presence, name: laptop } } }
`,
  );
  const bin = join(import.meta.dirname, '..', '..', 'bin', 'ebb.js');
  const start = (args: readonly string[]) => {
    const child = spawn(process.execPath, [bin, ...args], { cwd: folder });
    const said = { out: '' };
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (more: Buffer) => (said.out += more.toString()));
    const exit = new Promise((resolve) => child.on('exit', resolve));
    return { child, said, exit };
  };
  const serve = start(['serve', '--config', config]);
  const helpers: ReturnType<typeof start>[] = [];
  try {
    await expect.poll(() => serve.said.out, { timeout: 30_000 }).toMatch(/page +http/);
    const url = /page +(http:\S+)/.exec(serve.said.out)?.[1] ?? '';
    const telling = start(['presence', '--url', url, '--name', 'laptop', '--stdin']);
    helpers.push(telling);
    telling.child.stdin.write('present\n');
    const reading = async (): Promise<string> => {
      let out = '';
      const write = (text: string): unknown => (out += text);
      const host = { stdin: process.stdin, stdout: { write }, stderr: { write }, env: {}, cwd: folder };
      await main(['devices', '--config', config, '--json'], host);
      return out;
    };
    await expect.poll(reading, { timeout: 30_000 }).toContain('"reading":{"value":"present"');
    telling.child.stdin.end();
    await telling.exit;
    await expect.poll(reading, { timeout: 30_000 }).toContain('"reading":{"value":null');
    const other = start(['presence', '--url', url, '--name', 'other', '--stdin']);
    helpers.push(other);
    await expect.poll(() => other.said.out, { timeout: 30_000 }).toContain('404 no desk has');
  } finally {
    for (const { child } of [...helpers, serve]) child.kill('SIGTERM');
    await Promise.all([serve, ...helpers].map(({ exit }) => exit));
  }
});

test('where the page has a password, it is given to the page alone, and asked for where it is missing', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (more: Buffer) => (body += more.toString()));
    request.on('end', () => {
      asked.push(
        `${request.url ?? ''} ${body}${request.headers.cookie === undefined ? '' : ' with its login'}`,
      );
      if (request.url === '/api/v1/login')
        response.writeHead(204, { 'set-cookie': 'ebb_login=abc; HttpOnly' }).end();
      else response.writeHead(request.headers.cookie === 'ebb_login=abc' ? 204 : 401).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const hopeless: string[] = [];
  const teller = (env: Readonly<Record<string, string>>) =>
    overHttp(`http://127.0.0.1:${port}`, {
      ...{ name: 'laptop', username: undefined, env, clock: new SystemClock(), ready: () => undefined },
      trouble: (message) => asked.push(message),
      hopeless: ({ code }) => hopeless.push(code),
    });
  try {
    teller({ EBB_PASSWORD: 'pass' }).tell({ present: true, why: 'active' });
    const word = '{"present":true,"why":"active"}';
    await expect
      .poll(() => asked)
      .toEqual([
        `/api/v1/presence/laptop ${word}`,
        '/api/v1/login {"password":"pass"}',
        `/api/v1/presence/laptop ${word} with its login`,
      ]);
    teller({}).tell({ present: true, why: 'active' });
    await expect.poll(() => hopeless).toEqual(['password_missing']);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}
