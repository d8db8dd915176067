import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { isLoopback } from './guard.ts';

/** From all. This computer may have them all, the network fewer: it cannot keep this computer out. */
const MAX_CONNECTIONS = 256;
const MAX_OF_NETWORK = 160;
/** From one address beyond this computer. More than the live streams there may be: a stop finds a place beside them. */
const MAX_OF_ONE = 80;

/** All of this computer counts as one: it has more addresses than anybody can be given a share for. */
const HERE = 'here';

interface Connection {
  readonly socket: Socket;
  readonly from: string;
  /** Requests that are not answered yet. */
  readonly asked: Set<IncomingMessage>;
}

/**
 * Bounds how many connections a server takes. Where there are as many as there may be, one that only waits makes room
 * for the new one, for that may be a stop; where none does, the new one is closed without a word. `onClosed` hears of
 * each that was closed.
 */
export function boundConnections(server: Server, onClosed: () => void): void {
  /** The one unchanged longest comes first. */
  const open = new Map<Socket, Connection>();
  server.on('connection', (socket) => {
    const { remoteAddress } = socket;
    const from = remoteAddress === undefined || isLoopback(remoteAddress) ? HERE : remoteAddress;
    const scope = fullScope([...open.values()], from);
    if (scope !== null) {
      const least = leastMissed(scope);
      (least?.socket ?? socket).destroy();
      onClosed();
      if (least === null) return;
      open.delete(least.socket);
    }
    open.set(socket, { socket, from, asked: new Set() });
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', (request, response) => {
    const { socket } = request;
    const connection = open.get(socket);
    if (connection === undefined) return;
    const changed = (): void => {
      if (open.delete(socket)) open.set(socket, connection);
    };
    connection.asked.add(request);
    changed();
    response.once('close', () => {
      connection.asked.delete(request);
      changed();
    });
  });
}

/** The connections one of which has to go before another one from there is taken. null: there is room. */
function fullScope(open: readonly Connection[], from: string): readonly Connection[] | null {
  if (from !== HERE) {
    const same = open.filter((one) => one.from === from);
    if (same.length >= MAX_OF_ONE) return same;
    const network = open.filter((one) => one.from !== HERE);
    if (network.length >= MAX_OF_NETWORK) return network;
  }
  return open.length >= MAX_CONNECTIONS ? open : null;
}

/** Of whoever has most, so that a flood crowds out itself; there the idlest, and of these the oldest. */
function leastMissed(scope: readonly Connection[]): Connection | null {
  const counts = new Map<string, number>();
  for (const { from } of scope) counts.set(from, (counts.get(from) ?? 0) + 1);
  const candidates = scope
    .map((connection) => ({
      connection,
      idle: idleness(connection),
      share: counts.get(connection.from) ?? 0,
    }))
    .filter(({ idle }) => idle > 0)
    .toSorted((a, b) => b.share - a.share || b.idle - a.idle);
  return candidates[0]?.connection ?? null;
}

/**
 * 2: has asked for nothing, or not to the end of it; 1: does not read what it is told; 0: is being served. Half a
 * request counts no more than none, or a newcomer would go before it.
 */
function idleness({ socket, asked }: Connection): number {
  if ([...asked].some(({ complete }) => !complete) || asked.size === 0) return 2;
  return socket.writableLength > 0 ? 1 : 0;
}
