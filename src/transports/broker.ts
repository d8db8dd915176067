import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { SystemClock } from '../clock/system.ts';
import { ConfigError, LinkError, messageOf } from '../model/errors.ts';
import { silentLog, type Log } from '../model/log.ts';
import { FrameLimit } from './frames.ts';
import { MAX_MESSAGE_BYTES } from './mqtt.ts';

export interface BrokerOptions {
  /** A loopback address: without accounts the broker is for this computer only. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly log?: Log;
}

export interface RunningBroker {
  readonly url: string;
  readonly port: number;
  /** Ends every connection within 500 ms and frees the port. */
  close(): Promise<void>;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
const MAX_CONNECTIONS = 200;
/** Topic and header come on top of the message. */
const MAX_PACKET_BYTES = MAX_MESSAGE_BYTES + 66_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** A client that does not read is cut off; until then it would hold up the others. */
const DRAIN_TIMEOUT_MS = 5_000;
const CLOSE_MS = 300;

/**
 * The embedded MQTT broker, for homes without one.
 * @throws LinkError port_in_use; ConfigError where the host is not this computer.
 */
export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  const { host, port, log = silentLog } = options;
  if (!LOOPBACK.has(host)) {
    throw new ConfigError(
      'unsupported',
      `the embedded broker listens on this computer only, not on ${host}; use 127.0.0.1, or name a broker of your own in mqtt.url`,
      { host },
    );
  }
  const aedes = await Aedes.createBroker({
    connectTimeout: CONNECT_TIMEOUT_MS,
    drainTimeout: DRAIN_TIMEOUT_MS,
  });
  const sockets = new Set<Socket>();
  // noDelay: with Nagle each acknowledged message takes 90 ms.
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    limitPackets(socket, log);
    aedes.handle(socket);
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('drop', () => {
    log.warn({ connections: MAX_CONNECTIONS }, 'the broker has no room for another client');
  });
  for (const event of ['clientError', 'connectionError'] as const) {
    aedes.on(event, (client, error) => {
      log.debug({ client: client.id, error: messageOf(error) }, 'a client of the broker failed');
    });
  }
  try {
    const bound = await listen(server, host, port);
    log.info({ host, port: bound }, 'the embedded broker listens');
    const name = host.includes(':') ? `[${host}]` : host;
    return { url: `mqtt://${name}:${bound}`, port: bound, close: () => shut(aedes, server, sockets) };
  } catch (error) {
    await closed(aedes);
    throw error;
  }
}

/** aedes reads packets of any size; what is bigger than anything of ours ends the connection at its header. */
function limitPackets(socket: Socket, log: Log): void {
  const limit = new FrameLimit(MAX_PACKET_BYTES);
  const read = socket.read.bind(socket);
  // aedes takes its bytes with read() alone, so this is the one door; a stream in between would cost more.
  socket.read = (size?: number): unknown => {
    const chunk: unknown = read(size);
    if (!(chunk instanceof Buffer) || limit.accepts(chunk)) return chunk;
    log.warn(
      { from: socket.remoteAddress },
      'a client sent a packet that is too big; its connection was ended',
    );
    socket.destroy();
    return null;
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') {
        reject(error);
        return;
      }
      const message =
        `something listens on ${host}:${port} already, so the embedded broker cannot; nothing was started. ` +
        `If it is an MQTT broker, use it: mqtt: { url: mqtt://${host}:${port} } (mqtt.url)`;
      reject(new LinkError('port_in_use', message, { host, port }, error));
    });
    server.listen({ host, port }, () => {
      resolve(portOf(server.address(), port));
    });
  });
}

function portOf(address: AddressInfo | string | null, asked: number): number {
  return address === null || typeof address === 'string' ? asked : address.port;
}

function closed(aedes: Aedes): Promise<void> {
  return new Promise((resolve) => {
    aedes.close(resolve);
  });
}

async function shut(aedes: Aedes, server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const clock = new SystemClock();
  const force = clock.at(clock.nowMs() + CLOSE_MS, 'broker close', () => {
    for (const socket of sockets) socket.destroy();
  });
  const freed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  await Promise.all([closed(aedes), freed]);
  force.cancel();
}
