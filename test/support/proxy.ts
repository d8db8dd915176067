import { createConnection, createServer, type Socket } from 'node:net';

/** A network between two programs that a test can cut. */
export interface Proxy {
  readonly port: number;
  /** Bytes stop flowing both ways and no connection ends: a pulled cable, a dead switch. New ones hang as well. */
  cut(): void;
  /** What was held back goes on; connections that ended meanwhile are gone. */
  mend(): void;
  close(): Promise<void>;
}

/** Passes everything on to `port` on loopback. */
export async function startProxy(port: number): Promise<Proxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isCut = false;
  const server = createServer((near) => {
    const far = createConnection({ host: '127.0.0.1', port, noDelay: true });
    near.setNoDelay(true);
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (chunk) => to.write(chunk));
      // The other side hears of an end only where the network carries it.
      from.once('close', () => {
        pairs.delete(pair);
        if (!isCut) to.destroy();
      });
      from.on('error', () => undefined);
      if (isCut) from.pause();
    }
  });
  const listening = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const each = (act: (socket: Socket) => void): void => {
    for (const pair of pairs) for (const socket of pair) act(socket);
  };
  return {
    port: listening,
    cut: () => {
      isCut = true;
      each((socket) => socket.pause());
    },
    mend: () => {
      isCut = false;
      each((socket) => socket.resume());
    },
    close: () =>
      new Promise((resolve) => {
        each((socket) => {
          socket.destroy();
        });
        server.close(() => {
          resolve();
        });
      }),
  };
}
