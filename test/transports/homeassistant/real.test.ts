// If this fails, Ebb speaks with a Home Assistant of its own tests and with no real one: over a real WebSocket.
import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { HomeAssistant } from '../../../firmware-sim/gadgets/homeassistant.ts';
import { SystemClock } from '../../../src/clock/system.ts';
import { silentLog } from '../../../src/model/log.ts';
import { Random } from '../../../src/random/random.ts';
import { HomeAssistantLink } from '../../../src/transports/homeassistant/link.ts';
import { openWebSocket } from '../../../src/transports/homeassistant/socket.ts';
import { SocketServers } from '../../../src/transports/socket-server.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0).toReversed()) close();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('greeted, told, asked, cut off, and back', async () => {
  const clock = new SystemClock();
  const url = `http://127.0.0.1:${await freePort()}`;
  const told: string[] = [];
  const has = (what: string): Promise<void> =>
    expect.poll(() => told.some((one) => one.includes(what)), { timeout: 10_000, interval: 10 }).toBe(true);
  const link = new HomeAssistantLink({
    ...{ url, token: 'secret', open: openWebSocket, clock, random: new Random(1, 'link'), log: silentLog },
    onLink: (news) => told.push(news.up ? 'up' : `down: ${news.why}`),
    onState: (entity, { state }) => told.push(`${entity} ${String(state)}`),
    onFailed: (entity, why) => told.push(`${entity} failed: ${why}`),
  });
  closers.push(() => {
    link.close();
  });
  link.follow('switch.lamp');
  await has('it cannot be reached');
  const failures: string[] = [];
  const servers = new SocketServers((error) => failures.push(error.message));
  closers.push(() => {
    servers.close();
  });
  const entities = [{ id: 'switch.lamp', state: 'off', attributes: {} }];
  const house = new HomeAssistant({ clock, seed: 1, listen: servers.listen, url, token: 'secret', entities });
  await has('switch.lamp off');
  link.call('switch.lamp', { domain: 'switch', service: 'turn_on', data: {}, targeted: true });
  await has('switch.lamp on');
  link.call('notify.x', { domain: 'notify', service: 'x', data: {}, targeted: false });
  await has('notify.x failed: Service notify.x not found.');
  told.length = 0;
  house.reconnect();
  await has('it closed the connection');
  await has('switch.lamp on');
  expect(failures).toEqual([]);
  // Who listens there already is named.
  servers.listen(`${url.replace('http', 'ws')}/api/websocket`, () => ({
    text: () => undefined,
    closed: () => undefined,
  }));
  await expect.poll(() => failures).toEqual([expect.stringContaining('cannot listen at 127.0.0.1')]);
});
