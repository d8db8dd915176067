// If these fail, whatever listens where Home Assistant should (a router's page, a proxy, a mistake, somebody who means
// harm) ends the controller, and the bath with it.
import { createServer } from 'node:net';
import type { Socket as TcpSocket } from 'node:net';
import { createHash } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { SystemClock } from '../../../src/clock/system.ts';
import type { Socket } from '../../../src/model/homeassistant.ts';
import { silentLog } from '../../../src/model/log.ts';
import { VirtualClock } from '../../../src/clock/virtual.ts';
import { Random } from '../../../src/random/random.ts';
import { HomeAssistantBus } from '../../../src/transports/homeassistant/bus.ts';
import { HomeAssistantLink } from '../../../src/transports/homeassistant/link.ts';
import { openWebSocket } from '../../../src/transports/homeassistant/socket.ts';
import { LoneBus } from '../../../src/transports/lone-bus.ts';
import { MemorySockets } from '../../../src/transports/memory-sockets.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0).toReversed()) close();
});

/** A server of bare TCP that is sent a request and answers what it likes. */
async function answering(answer: (socket: TcpSocket, request: string) => void): Promise<string> {
  const sockets: TcpSocket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      answer(socket, data.toString());
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return `http://127.0.0.1:${port}`;
}

function linkedTo(url: string) {
  const told: string[] = [];
  const link = new HomeAssistantLink({
    ...{ url, token: 'secret', open: openWebSocket, clock: new SystemClock(), log: silentLog },
    random: new Random(1, 'link'),
    onLink: (news) => told.push(news.up ? 'up' : news.why.replace(`Home Assistant at ${url}: `, '')),
    onState: () => undefined,
    onFailed: () => undefined,
  });
  closers.push(() => {
    link.close();
  });
  const first = (): Promise<string> =>
    expect
      .poll(() => told[0], { timeout: 5_000, interval: 5 })
      .toBeDefined()
      .then(() => told[0] ?? '');
  return { told, first };
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** Says yes to the WebSocket, with headers of its own. */
function greet(socket: TcpSocket, request: string, more = ''): void {
  const key = /sec-websocket-key: (\S+)/i.exec(request)?.[1] ?? '';
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${more}\r\n`,
  );
}
const frame = (first: number, length: bigint, payload: Uint8Array = Buffer.alloc(0)): Buffer => {
  const head = Buffer.alloc(10);
  head.writeUInt8(first, 0);
  head.writeUInt8(127, 1);
  head.writeBigUInt64BE(length, 2);
  return Buffer.concat([head, payload]);
};

test.each([
  ['a page', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi', 'answers 200'],
  [
    'a way elsewhere',
    'HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.test/\r\nContent-Length: 0\r\n\r\n',
    'answers 301',
  ],
  ['a login', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n', 'answers 403'],
  ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', ''],
])('%s instead of a WebSocket is told', async (_, said, words) => {
  const url = await answering((socket) => socket.write(said));
  expect(await linkedTo(url).first()).toContain(words);
});

test.each<[string, (socket: TcpSocket, request: string) => void]>([
  [
    'a length of 64 bits',
    (socket, request) => {
      greet(socket, request);
      socket.write(frame(0x81, 0xffff_ffff_ffff_ffffn));
    },
  ],
  [
    'a message of 5 GB',
    (socket, request) => {
      greet(socket, request);
      socket.write(frame(0x81, 5_000_000_000n));
    },
  ],
  [
    'a message of 5 MB',
    (socket, request) => {
      greet(socket, request);
      socket.write(frame(0x81, 5_000_000n, Buffer.alloc(5_000_000, 32)));
    },
  ],
  [
    'a message in pieces without end',
    (socket, request) => {
      greet(socket, request);
      socket.write(frame(0x01, 1_000_000n, Buffer.alloc(1_000_000, 32)));
      for (let i = 0; i < 8; i += 1) socket.write(frame(0x00, 1_000_000n, Buffer.alloc(1_000_000, 32)));
    },
  ],
  [
    'a compression that nobody asked for',
    (socket, request) => {
      greet(socket, request, 'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=1000\r\n');
      socket.write(Buffer.from([0xc1, 0x03, 1, 2, 3]));
    },
  ],
  [
    'text that is none',
    (socket, request) => {
      greet(socket, request);
      socket.write(Buffer.from([0x81, 0x02, 0xc3, 0x28]));
    },
  ],
  [
    'a wrong opcode',
    (socket, request) => {
      greet(socket, request);
      socket.write(Buffer.from([0x8b, 0x00, 0xff, 0xff]));
    },
  ],
])('%s ends the connection, and nothing else', async (_, answer) => {
  const url = await answering(answer);
  expect(await linkedTo(url).first()).not.toContain('does not answer');
});

test('what is nested too deep to be told again is dropped, and nothing else', () => {
  const clock = new VirtualClock();
  const sockets = new MemorySockets(clock);
  const url = 'http://ha.local:8123';
  const clients: Socket[] = [];
  sockets.listen('ws://ha.local:8123/api/websocket', (client) => {
    clients.push(client);
    return { text: () => undefined, closed: () => undefined };
  });
  const heard: string[] = [];
  const parts = { open: sockets.open, clock, random: new Random(1, 'link'), log: silentLog };
  const bus = new HomeAssistantBus(new LoneBus(), [{ url, token: 'secret' }], parts);
  bus.onMessage(({ topic }) => heard.push(topic));
  bus.subscribe([`ha:${url}/light.desk`]);
  clock.runUntil(100);
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  clients[0]?.send('{"type":"auth_ok"}');
  clients[0]?.send(`{"id":1,"type":"event","event":{"a":{"light.desk":{"s":"on","a":{"x":${deep}}}}}}`);
  clients[0]?.send('{"id":1,"type":"event","event":{"a":{"light.desk":{"s":"on","a":{}}}}}');
  clock.runUntil(1_000);
  expect(heard).toEqual([`ha:${url}/link`, `ha:${url}/light.desk`]);
});
