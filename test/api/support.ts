import { request } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { openHttp } from '../../src/api/index.ts';
import type { HttpOptions, RunningHttp } from '../../src/api/index.ts';
import { openPasswords } from '../../src/auth/passwords.ts';
import { SystemClock } from '../../src/clock/system.ts';
import type { Running } from '../../src/main.ts';
import { silentLog } from '../../src/model/log.ts';
import { loadLibrary, packageRoot } from '../../src/protocols/index.ts';
import { newFolder } from '../support/process.ts';

export const real = new SystemClock();
export const PASSWORD = 'seven small foot baths';

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const { protocols } = loadLibrary([]);

/** The HTTP of a controller on a free port, as `ebb serve` opens it. */
export async function openSite(running: Running | null, options: Partial<HttpOptions> = {}) {
  const passwordsFile = join(newFolder(), 'passwords.json');
  if (options.host === '0.0.0.0') await (await openPasswords(passwordsFile)).set('http', PASSWORD);
  const http: RunningHttp = await openHttp({
    host: '127.0.0.1',
    port: 0,
    hosts: [],
    passwordsFile,
    web: join(packageRoot(), 'web'),
    site: 'home',
    version: '0.0.0',
    temperatureUnit: 'celsius',
    protocols,
    blockList: null,
    log: silentLog,
    ...options,
  });
  if (running !== null) http.serve(running);
  const port = Number(new URL(http.url).port);
  return { ...http, http, port, passwordsFile, ask: asker(port) };
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly host?: string;
}

/** Asks over a socket of its own, with exactly these headers: a `fetch` would put its own in their place. */
function asker(port: number) {
  return (
    path: string,
    { method = 'GET', headers = {}, body, host = '127.0.0.1' }: Ask = {},
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request({ host, port, path, method, headers, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
}

export function jsonCommand(command: object): Ask {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(command),
  };
}

/** Sends bytes and collects what comes back until the other side is done. */
export function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('end', () => {
      resolve(text);
    });
    socket.on('error', reject);
  });
}

export interface LiveEvent {
  readonly name: string;
  readonly data: Record<string, unknown>;
}

/** Listens to the live events, as a browser does. */
export async function listen(url: string, headers: Readonly<Record<string, string>> = {}) {
  const controller = new AbortController();
  const response = await fetch(new URL('/api/v1/events', url), { headers, signal: controller.signal });
  const events: LiveEvent[] = [];
  let over = false;
  const read = async (): Promise<void> => {
    let text = '';
    const decoder = new TextDecoder();
    const body: AsyncIterable<Uint8Array> = response.body ?? Readable.from([]);
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) events.push(parse(block));
    }
  };
  const reading = read().then(
    () => {
      over = true;
    },
    () => {
      over = true;
    },
  );
  return {
    status: response.status,
    headers: response.headers,
    events,
    over: () => over,
    close: async (): Promise<void> => {
      controller.abort();
      await reading;
    },
  };
}

function parse(block: string): LiveEvent {
  const name = /^event: (.*)$/m.exec(block)?.[1] ?? '';
  const data: unknown = JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '{}');
  if (typeof data !== 'object' || data === null) throw new Error(`no object: ${block}`);
  return { name, data: { ...data } };
}
