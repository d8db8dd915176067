// Without these: `ebb stop` would need a broker, a crash would leave a socket that no controller can take again, or
// anybody's program could flood or confuse the controller that holds the water.
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { AnyCommand } from '../../src/model/command.ts';
import { connectControl } from '../../src/transports/control-client.ts';
import { controlPath, startControl } from '../../src/transports/control.ts';
import type { ControlNews, ControlOptions, RunningControl } from '../../src/transports/control.ts';
import { cleanUp, newFolder, runNode } from '../support/process.ts';

const servers: RunningControl[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await cleanUp();
});

async function start(options: Partial<ControlOptions> = {}): Promise<RunningControl> {
  const folder = join(newFolder(), 'private');
  const server = await startControl({
    path: join(folder, 'c.sock'),
    time: () => ({ nowMs: 5, wallMs: 1_000, speed: 1 }),
    onCommand: () => Promise.resolve(null),
    states: () => ({}),
    devices: () => [],
    subscribe: () => () => undefined,
    ...options,
  });
  servers.push(server);
  return server;
}

/** Says raw bytes and returns the first line that comes back. */
function raw(path: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (!text.includes('\n')) return;
      socket.destroy();
      resolve(text.split('\n')[0] ?? '');
    });
    socket.once('error', reject);
    socket.write(bytes);
  });
}

describe('the control socket', () => {
  it('carries a command and the refusal of it', async () => {
    const heard: [string, AnyCommand][] = [];
    const { path } = await start({
      onCommand: (station, command) => {
        heard.push([station, command]);
        const refusal = { command: command.command, code: 'busy', message: 'no' };
        return Promise.resolve(command.command === 'stop' ? null : refusal);
      },
    });
    const client = await connectControl(path);
    expect(await client.command('bath', { command: 'stop' })).toEqual({ error: null, atMs: 5 });
    const refused = await client.command('bath', { command: 'begin' });
    expect(refused.error).toEqual({ command: 'begin', code: 'busy', message: 'no' });
    expect(heard.map(([, { command }]) => command)).toEqual(['stop', 'begin']);
    client.close();
  });

  it('tells news to those who watch, in order, and ends with them', async () => {
    const listeners = new Set<(news: ControlNews) => void>();
    const { path } = await start({
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    });
    const client = await connectControl(path);
    const told: unknown[] = [];
    const three = new Promise<void>((resolve) => {
      void client.watch(({ news }) => {
        told.push(news);
        if (told.length === 3) resolve();
      });
    });
    await client.states();
    for (const n of [1, 2, 3])
      for (const listener of listeners) listener({ station: 'bath', at_ms: n, news: { n } });
    await three;
    expect(told).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    client.close();
    await expect.poll(() => listeners.size).toBe(0);
  });

  it.each([
    ['no JSON', 'hello\n'],
    ['another shape', '{"id":1,"type":"command","station":"bath","command":{"command":"open"}}\n'],
    ['an unknown key', '{"id":1,"type":"state","more":true}\n'],
    ['a station that is a path', '{"id":1,"type":"command","station":"../x","command":{"command":"stop"}}\n'],
    ['a line without an end', 'x'.repeat(40_000)],
  ])('answers %s with an error and lives on', async (_, bytes) => {
    const { path } = await start();
    expect(JSON.parse(await raw(path, bytes))).toMatchObject({ ok: false });
    const client = await connectControl(path);
    expect(await client.states()).toEqual({});
    client.close();
  });

  it('is for the user alone', async () => {
    const { path } = await start();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
  });

  it('does not move into a folder that others may write', async () => {
    const folder = join(newFolder(), 'open');
    mkdirSync(folder, { mode: 0o777 });
    await expect(start({ path: join(folder, 'c.sock') }))
      .resolves.toBeDefined()
      .catch(() => undefined);
    const { chmodSync } = await import('node:fs');
    chmodSync(folder, 0o777);
    await expect(start({ path: join(folder, 'd.sock') })).rejects.toThrow(/not a folder of yours alone/);
  });

  it('refuses a second controller, by name of the code', async () => {
    const { path } = await start();
    await expect(start({ path })).rejects.toMatchObject({ code: 'controller_running' });
  });

  it('takes the place of a socket that a dead process left behind', async () => {
    const folder = newFolder();
    const path = join(folder, 'c.sock');
    const program = join(folder, 'dies.mjs');
    writeFileSync(
      program,
      `import net from 'node:net'; net.createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'));`,
    );
    await runNode([program], folder).exit;
    expect(statSync(path).isSocket()).toBe(true);
    const server = await start({ path });
    const client = await connectControl(server.path);
    expect(await client.states()).toEqual({});
    client.close();
  });

  it('tells the one who asked when the controller goes away', async () => {
    const server = await start();
    const client = await connectControl(server.path);
    const lost = new Promise((resolve) => {
      client.onLost(resolve);
    });
    await client.states();
    await server.close();
    await expect(lost).resolves.toMatchObject({ code: 'controller_unreachable' });
    await expect(client.states()).rejects.toMatchObject({ code: 'controller_unreachable' });
  });

  it('says that nobody is there', async () => {
    await expect(connectControl(join(newFolder(), 'none.sock'))).rejects.toMatchObject({
      code: 'controller_unreachable',
    });
  });

  it('has a path short enough for every system, one for each journal', () => {
    const path = controlPath('/somewhere/'.repeat(30));
    expect(Buffer.byteLength(path)).toBeLessThan(104);
    expect(controlPath('/a/journal.db')).not.toBe(controlPath('/b/journal.db'));
  });

  it('leaves the socket of another program alone as long as it lives', async () => {
    const path = join(newFolder(), 'other.sock');
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(path, resolve);
    });
    await expect(start({ path })).rejects.toMatchObject({ code: 'controller_running' });
    await new Promise((resolve) => {
      other.close(resolve);
    });
  });
});
