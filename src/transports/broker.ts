import { BlockList, createServer, isIP, isIPv6, type AddressInfo, type Server, type Socket } from 'node:net';
import { Aedes, type AedesOptions } from 'aedes';
import type { Clock } from '../clock/clock.ts';
import { SystemClock } from '../clock/system.ts';
import { ConfigError, LinkError, messageOf } from '../model/errors.ts';
import { silentLog, type Log } from '../model/log.ts';
import { Door, type BrokerPassword, type OwnLogin } from './broker-login.ts';
import { rulesOf } from './broker-rules.ts';
import { FrameLimit } from './frames.ts';
import { MAX_LIST_BYTES } from './mqtt.ts';

export type { BrokerPassword, OwnLogin } from './broker-login.ts';

export interface BrokerOptions {
  /** An address of this computer. Any but loopback needs a password. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Asked for where others reach the broker; without one it is for this computer only. */
  readonly password?: BrokerPassword;
  /** Topic filters that only the controller may publish to, where there is a password. */
  readonly commandTopics?: readonly string[];
  readonly clock?: Clock;
  readonly log?: Log;
}

export interface RunningBroker {
  /** Where a program on this computer reaches it. */
  readonly url: string;
  readonly port: number;
  /** How the controller logs in; null where nobody has to. */
  readonly login: OwnLogin | null;
  /** Ends every connection within 500 ms and frees the port. */
  close(): Promise<void>;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

const MAX_CONNECTIONS = 200;
/** Of one address that is not this computer, so that nobody keeps the controller out by taking every place. */
const MAX_OF_ONE_ADDRESS = 50;
/** Of the network together: the rest is kept for this computer. */
const MAX_OF_NETWORK = 150;
/** Topic and header come on top of the message. */
const MAX_PACKET_BYTES = MAX_LIST_BYTES + 66_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** A client that does not read is cut off; until then it would hold up the others. */
const DRAIN_TIMEOUT_MS = 5_000;
const CLOSE_MS = 300;

/**
 * The embedded MQTT broker, for homes without one. On loopback anybody on this computer may join it. On any other
 * address everybody needs the password, and only the controller commands devices.
 * @throws LinkError port_in_use; ConfigError password_missing where others reach the address and no password is set.
 */
export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  const { host, port, password, clock = new SystemClock(), log = silentLog } = options;
  const sockets = new Set<Socket>();
  // noDelay: with Nagle each acknowledged message takes 90 ms.
  const handle: { socket: ((socket: Socket) => void) | null } = { socket: null };
  const server = createServer({ noDelay: true }, (socket) => {
    // Whoever is there before the broker is ready comes again.
    if (handle.socket === null) socket.destroy();
    else handle.socket(socket);
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('drop', () => {
    log.warn({ connections: MAX_CONNECTIONS }, 'the broker has no room for another client');
  });
  const bound = await listen(server, host, port);
  try {
    // What counts is what was bound: a name may stand for any address.
    const local = isLoopback(bound.address);
    const door = local || password?.has() !== true ? null : new Door(password, clock, log);
    if (!local && door === null) throw passwordMissing(host, bound.port);
    const aedes = await createAedes(door, options, log);
    handle.socket = (socket) => {
      const others = [...sockets].map(({ remoteAddress = '' }) => remoteAddress);
      if (!hasRoom(socket.remoteAddress ?? '', others)) {
        log.debug(
          { from: socket.remoteAddress },
          'the broker has no room for another client of this address',
        );
        socket.destroy();
        return;
      }
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      limitPackets(socket, log);
      aedes.handle(socket);
    };
    log.info({ host, port: bound.port, login: door !== null }, 'the embedded broker listens');
    const close = (): Promise<void> => shut(aedes, server, sockets);
    return { url: urlOf(bound), port: bound.port, login: door?.own ?? null, close };
  } catch (error) {
    await new Promise((resolve) => server.close(resolve));
    throw error;
  }
}

function passwordMissing(host: string, port: number): ConfigError {
  const message =
    `the embedded broker would listen on ${host}:${port}, where others reach it, and it has no password; nothing was ` +
    'started. Set one with "ebb passwd --mqtt", or listen on 127.0.0.1 (mqtt.listen), or name a broker of your own (mqtt.url)';
  return new ConfigError('password_missing', message, { host, port });
}

async function createAedes(door: Door | null, options: BrokerOptions, log: Log): Promise<Aedes> {
  const { commandTopics = [] } = options;
  const isController: Door['isController'] = (client) => door?.isController(client) === true;
  const guarded: AedesOptions =
    door === null
      ? {}
      : { authenticate: door.authenticate, ...rulesOf({ isController, commandTopics, log }) };
  const aedes = await Aedes.createBroker({
    connectTimeout: CONNECT_TIMEOUT_MS,
    drainTimeout: DRAIN_TIMEOUT_MS,
    // Kept for whoever is away, an open would come out when nobody expects water, and the memory would fill.
    preConnect: (_client, packet, done) => {
      packet.clean = true;
      done(null, true);
    },
    ...guarded,
  });
  for (const event of ['clientError', 'connectionError'] as const) {
    aedes.on(event, (client, error) => {
      log.debug({ client: client.id, error: messageOf(error) }, 'a client of the broker failed');
    });
  }
  return aedes;
}

function isLoopback(address: string): boolean {
  // A socket that is gone already has no address.
  return isIP(address) !== 0 && LOOPBACK.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** The address of any interface is that of this computer as well. */
function urlOf({ address, port }: { readonly address: string; readonly port: number }): string {
  if (address === '0.0.0.0') return `mqtt://127.0.0.1:${port}`;
  if (address === '::') return `mqtt://[::1]:${port}`;
  return `mqtt://${isIPv6(address) ? `[${address}]` : address}:${port}`;
}

/** Whether one more connection from an address is let in beside those from `others`. */
export function hasRoom(from: string, others: readonly string[]): boolean {
  if (isLoopback(from)) return true;
  const network = others.filter((address) => !isLoopback(address));
  const same = network.filter((address) => address === from);
  return network.length < MAX_OF_NETWORK && same.length < MAX_OF_ONE_ADDRESS;
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

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(notListening(error, host, port));
    });
    server.listen({ host, port }, () => {
      const address = server.address();
      if (address !== null && typeof address !== 'string') resolve(address);
    });
  });
}

function notListening(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE': {
      const message =
        `something listens on ${host}:${port} already, so the embedded broker cannot; nothing was started. ` +
        `If it is an MQTT broker, use it: mqtt: { url: ${urlOf({ address: host, port })} } (mqtt.url)`;
      return new LinkError('port_in_use', message, { host, port }, error);
    }
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EACCES': {
      const message = `the embedded broker cannot listen on ${host}:${port} (${error.code}); nothing was started. Choose an address of this computer in mqtt.listen, such as 0.0.0.0:1883`;
      return new ConfigError('config_invalid', message, { host, port }, error);
    }
    default:
      return error;
  }
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
