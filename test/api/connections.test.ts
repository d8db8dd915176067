/**
 * If these fail, whoever opens many connections keeps everybody else from stopping the water over the page.
 */
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { boundConnections } from '../../src/api/connections.ts';
import {} from '../support/external.ts';
import { openHouse } from '../support/house.ts';
import type { House } from '../support/house.ts';
import { cleanUp } from '../support/process.ts';
import { until } from '../support/until.ts';
import { jsonCommand, openSite } from './support.ts';

const ASK = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';
/** All of it but the body. */
const SLOW = 'POST /api/v1/stations/foot-bath/commands HTTP/1.1\r\nhost: x\r\ncontent-length: 999\r\n\r\n{';

/** A connection from any address, which no test could otherwise come from. */
class FakeSocket extends Duplex {
  readonly remoteAddress: string;
  heard = '';

  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
    this.on('error', () => undefined);
  }

  override _read(): void {
    // What is pushed is what is there.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.heard += chunk.toString();
    done();
  }
}

function openServer(answer: RequestListener = (_request, response) => response.end('yes')) {
  const server = createServer(answer);
  let closed = 0;
  boundConnections(server, () => {
    closed += 1;
  });
  const sockets: FakeSocket[] = [];
  const come = (from: string, bytes = ''): FakeSocket => {
    const socket = new FakeSocket(from);
    sockets.push(socket);
    server.emit('connection', socket);
    if (bytes !== '') socket.push(bytes);
    return socket;
  };
  const many = (count: number, from: string, bytes = ''): FakeSocket[] =>
    Array.from({ length: count }, () => come(from, bytes));
  const end = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return { come, many, end, closed: () => closed };
}

const staying = (sockets: readonly FakeSocket[]): number =>
  sockets.filter(({ destroyed }) => !destroyed).length;
const isAnswered = async (socket: FakeSocket): Promise<void> =>
  until('an answer', () => socket.heard.startsWith('HTTP/1.1 200'));

describe('who makes room', () => {
  let server: ReturnType<typeof openServer>;
  afterEach(() => {
    server.end();
  });

  test('the network never has all places, and its newcomers and this computer are served', async () => {
    server = openServer();
    const flood = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'].flatMap((from) =>
      server.many(100, from),
    );
    expect(staying(flood)).toBe(160);
    expect(server.closed()).toBe(240);
    await isAnswered(server.come('192.0.2.99', ASK));
    await isAnswered(server.come('127.0.0.1', ASK));
    expect(staying(flood)).toBe(159);
  });

  test('one address crowds out its own oldest, and nobody else', () => {
    server = openServer();
    const other = server.come('192.0.2.9');
    const flood = server.many(200, '192.0.2.1');
    expect(staying(flood)).toBe(80);
    expect(flood.slice(0, 120).every(({ destroyed }) => destroyed)).toBe(true);
    expect(other.destroyed).toBe(false);
  });

  test('whoever has most makes room for whoever has little', () => {
    server = openServer();
    const phone = server.come('192.0.2.50');
    server.many(80, '192.0.2.1');
    server.many(79, '192.0.2.2');
    const newcomers = Array.from({ length: 30 }, (_, n) => server.come(`198.51.100.${n}`));
    expect(staying(newcomers)).toBe(30);
    expect(phone.destroyed).toBe(false);
  });

  test('this computer keeps nobody in the network out, by however many addresses', async () => {
    server = openServer();
    const flood = Array.from({ length: 300 }, (_, n) => server.come(`127.0.${n % 200}.1`));
    expect(staying(flood)).toBe(256);
    await isAnswered(server.come('192.0.2.1', ASK));
  });

  test('what was answered and waits for more goes before what is being answered', async () => {
    // The first waits for its answer for ever.
    let asked = 0;
    server = openServer((_request, response) => {
      asked += 1;
      if (asked > 1) response.end('yes');
    });
    const served = server.come('192.0.2.1', ASK);
    await until('it is asked', () => asked === 1);
    const idle = server.come('192.0.2.1', ASK);
    await isAnswered(idle);
    await until('it waits for more', () => idle.heard.includes('yes'));
    server.many(79, '192.0.2.1');
    expect(idle.destroyed).toBe(true);
    expect(served.destroyed).toBe(false);
  });

  test('a request that is not sent to its end makes room, one that is being answered does not', async () => {
    let asked = 0;
    server = openServer(() => {
      asked += 1;
    });
    const slow = server.many(40, '192.0.2.1', SLOW);
    const served = server.many(40, '192.0.2.1', ASK);
    await until('all are asked', () => asked === 80);
    const more = server.many(40, '192.0.2.1', ASK);
    await until('more are asked', () => asked === 120);
    expect([staying(slow), staying(served), staying(more)]).toEqual([0, 40, 40]);
    // Nobody is left to go.
    expect(server.come('192.0.2.1', ASK).destroyed).toBe(true);
    expect(staying([...served, ...more])).toBe(80);
  });

  test('a newcomer is let ask before the next one, beside requests that are never sent to their end', async () => {
    let asked = 0;
    server = openServer((request, response) => {
      asked += 1;
      if (request.method === 'GET') response.end('yes');
    });
    server.many(80, '192.0.2.1', SLOW);
    await until('all are asked', () => asked === 80);
    const [first, second] = [server.come('192.0.2.1', ASK), server.come('192.0.2.1', ASK)];
    await isAnswered(first);
    await isAnswered(second);
  });

  test('whoever does not read its answer makes room', async () => {
    let asked = 0;
    server = openServer((_request, response) => {
      asked += 1;
      response.write('x'.repeat(asked > 1 ? 1 : 100_000));
    });
    const deaf = server.come('192.0.2.1');
    deaf._write = () => undefined;
    deaf.push(ASK);
    await until('it is told', () => deaf.writableLength > 0);
    const others = server.many(79, '192.0.2.1', ASK);
    await until('they are told', () => others.every(({ heard }) => heard !== ''));
    server.come('192.0.2.1', ASK);
    expect(deaf.destroyed).toBe(true);
    expect(staying(others)).toBe(79);
  });
});

describe('a stop on this computer', () => {
  let house: House;
  let site: Awaited<ReturnType<typeof openSite>>;
  const held: Socket[] = [];

  beforeAll(async () => {
    house = await openHouse(1);
    site = await openSite(house.running);
  });
  afterEach(() => {
    for (const socket of held.splice(0)) socket.destroy();
  });
  afterAll(async () => {
    await site.close();
    await house.close();
    await cleanUp();
  });

  test.each([
    ['that say nothing', ''],
    ['that stop in the middle of a request', 'POST / HTTP/1.1\r\nhost'],
    ['that send a body by and by', SLOW],
  ])('is taken beside 300 connections %s', async (_what, bytes) => {
    let connected = 0;
    for (let n = 0; n < 300; n += 1) {
      const socket = connect(site.port, '127.0.0.1', () => {
        connected += 1;
        socket.write(bytes.replace('host: x', `host: 127.0.0.1:${site.port}`));
      });
      socket.on('error', () => undefined);
      held.push(socket);
    }
    await until('all have come', () => connected === 300);
    const answer = await site.ask('/api/v1/stations/foot-bath/commands', jsonCommand({ command: 'stop' }));
    expect(answer.status).toBe(202);
    expect(held.filter(({ destroyed }) => !destroyed).length).toBeGreaterThan(0);
    expect((await site.ask('/metrics')).text).toMatch(/ebb_http_turned_away_total\{why="connections"\} \d+/);
  });
});
