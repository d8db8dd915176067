import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { InvariantError, LinkError, messageOf } from '../model/errors.ts';
import type { Accept } from '../model/homeassistant.ts';

/** A simulated Home Assistant is asked for little. */
const MAX_BYTES = 1024 * 1024;

/**
 * Real WebSockets for a simulated server, each at the host and port of its address. Node has none of its own to listen
 * with; `ws` is the one that the MQTT client brings along already.
 */
export class SocketServers {
  readonly #open = new Set<() => void>();
  readonly #failed: (error: LinkError) => void;

  /** `failed`: nobody can listen there. */
  constructor(failed: (error: LinkError) => void) {
    this.#failed = failed;
  }

  readonly listen = (address: string, accept: Accept): { close(): void } => {
    const { hostname, port, pathname, protocol } = new URL(address);
    if (protocol !== 'ws:')
      throw new InvariantError('invariant', 'a simulated server has no certificate: http:// alone');
    const http = createServer((_, response) => {
      response.writeHead(404).end();
    });
    const server = new WebSocketServer({ server: http, path: pathname, maxPayload: MAX_BYTES });
    server.on('connection', (socket) => {
      const client = accept({
        send: (text) => {
          socket.send(text);
        },
        close: () => {
          socket.close();
        },
      });
      socket.on('message', (data, isBinary) => {
        if (!isBinary && Buffer.isBuffer(data)) client.text(data.toString('utf8'));
      });
      socket.on('close', () => {
        client.closed();
      });
      // What is wrong with one connection ends it, and `close` follows.
      socket.on('error', () => undefined);
    });
    // The server of sockets says what is wrong with the one below it.
    server.on('error', (error) => {
      const message = `a simulated Home Assistant cannot listen at ${hostname}:${port}: ${messageOf(error)}`;
      this.#failed(new LinkError('port_in_use', message, { host: hostname, port }));
    });
    http.listen(Number(port), hostname);
    const close = (): void => {
      this.#open.delete(close);
      for (const socket of server.clients) socket.terminate();
      server.close();
      http.close();
    };
    this.#open.add(close);
    return { close };
  };

  close(): void {
    for (const close of this.#open) close();
  }
}
