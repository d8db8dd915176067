import type { Server } from 'node:http';
import { isLoopback } from './guard.ts';

/** From all, and from one address beyond this computer: nobody there may keep everybody else out. */
const MAX_CONNECTIONS = 256;
const MAX_OF_ONE = 64;

/** Bounds how many connections a server takes. What is too many is closed without a word. */
export function boundConnections(server: Server): void {
  server.maxConnections = MAX_CONNECTIONS;
  const open = new Map<string, number>();
  server.on('connection', (socket) => {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined || isLoopback(remoteAddress)) return;
    const count = (open.get(remoteAddress) ?? 0) + 1;
    open.set(remoteAddress, count);
    socket.once('close', () => {
      const left = (open.get(remoteAddress) ?? 1) - 1;
      if (left === 0) open.delete(remoteAddress);
      else open.set(remoteAddress, left);
    });
    if (count > MAX_OF_ONE) socket.destroy();
  });
}
