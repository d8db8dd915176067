// If these fail, a desk's light stays dark because Home Assistant was restarted, Home Assistant shuts Ebb out for trying a
// wrong token again and again, or the token stands in a log.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { HomeAssistant } from '../../../firmware-sim/gadgets/homeassistant.ts';
import { VirtualClock } from '../../../src/clock/virtual.ts';
import type { Accept, HaCall, Socket } from '../../../src/model/homeassistant.ts';
import { silentLog } from '../../../src/model/log.ts';
import type { Log } from '../../../src/model/log.ts';
import { Random } from '../../../src/random/random.ts';
import { HomeAssistantLink } from '../../../src/transports/homeassistant/link.ts';
import { MemorySockets } from '../../../src/transports/memory-sockets.ts';

const linesSchema = z.array(
  z.strictObject({ from: z.enum(['controller', 'device']), text: z.string(), note: z.string().optional() }),
);
const recorded = (name: string) => {
  const file = new URL(`../../recordings/homeassistant/${name}.json`, import.meta.url);
  return linesSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
};
const URL_ = 'http://ha.local:8123';
const TOKEN = 'ABCDEFGH';
const LIGHT: HaCall = {
  ...{ domain: 'light', service: 'turn_on', targeted: true },
  data: { brightness: 255, rgb_color: [255, 255, 255], transition: 0 },
};
const NOBODY: HaCall = { domain: 'notify', service: 'nobody', data: {}, targeted: false };

/** A link at a server that is played by hand, or by the fake. */
function linked(accept: Accept | null, token = TOKEN) {
  const clock = new VirtualClock();
  const sockets = new MemorySockets(clock);
  const told: string[] = [];
  const logged: string[] = [];
  const write = (...parts: readonly unknown[]): void => {
    logged.push(JSON.stringify(parts));
  };
  const log: Log = { debug: write, info: write, warn: write, error: write };
  let connections = 0;
  const listen = (): { close(): void } =>
    sockets.listen('ws://ha.local:8123/api/websocket', (client) => {
      connections += 1;
      return accept?.(client) ?? { text: () => undefined, closed: () => undefined };
    });
  const link = new HomeAssistantLink({
    ...{ url: URL_, token, open: sockets.open, clock, random: new Random(1, 'link'), log },
    onLink: (news) => told.push(news.up ? 'up' : `down: ${news.why}`),
    onState: (entity, { state, first }) => told.push(`${entity} ${String(state)}${first ? ' first' : ''}`),
    onFailed: (entity, why) => told.push(`${entity} failed: ${why}`),
  });
  link.follow('light.desk');
  link.follow('event.knob');
  const run = (ms: number): readonly string[] => {
    clock.runUntil(clock.nowMs() + ms);
    return told.splice(0);
  };
  return { clock, sockets, link, told, logged, listen, run, connections: () => connections };
}

function fake(home: ReturnType<typeof linked>, token = TOKEN): HomeAssistant {
  return new HomeAssistant({
    ...{ clock: home.clock, seed: 1, url: URL_, token },
    listen: (url, accept) => home.sockets.listen(url, accept),
    entities: [
      {
        ...{ id: 'light.desk', state: 'off' },
        attributes: { supported_color_modes: ['rgb'], supported_features: 40, friendly_name: 'light.desk' },
      },
      { id: 'event.knob', state: 'unknown', attributes: {} },
    ],
  });
}

describe('the recorded exchange', () => {
  test('is what the link says', () => {
    const lines = recorded('session');
    const said: string[] = [];
    const clients: Socket[] = [];
    const home = linked((client) => {
      clients.push(client);
      return { text: (text) => said.push(text), closed: () => undefined };
    });
    home.listen();
    const causes = [
      () => {
        home.link.call('light.desk', LIGHT);
      },
      () => home.run(31_000),
      () => {
        home.link.call('notify.nobody', NOBODY);
      },
    ];
    home.run(100);
    let heard = 0;
    for (const { from, text } of lines) {
      if (from === 'device') {
        clients[0]?.send(text);
        home.run(10);
        continue;
      }
      if (said.length === heard) causes.shift()?.();
      home.run(10);
      expect(said[heard]).toBe(text);
      heard += 1;
    }
    expect(said).toHaveLength(heard);
  });

  test.each([
    ['session', TOKEN],
    ['refused', TOKEN],
  ])('%s is what the fake says, but for times and contexts', (name, token) => {
    const home = linked(null);
    home.link.close();
    const house = fake(home, token);
    const heard: string[] = [];
    const socket = home.sockets.open('ws://ha.local:8123/api/websocket', {
      open: () => undefined,
      text: (text) => heard.push(text),
      closed: () => heard.push('closed'),
    });
    home.run(10);
    for (const { from, text } of recorded(name)) {
      if (from === 'controller') {
        socket.send(text);
        home.run(10);
        continue;
      }
      const plain = heard.shift()?.replaceAll(/"c":"[A-Z0-9]{26}"/g, '"c":"CONTEXT"');
      expect(
        plain?.replaceAll(/"id":"[A-Z0-9]{26}"/g, '"id":"CONTEXT"').replaceAll(/"lc":[\d.]+/g, '"lc":0'),
      ).toBe(text);
    }
    expect(heard).toEqual(name === 'refused' ? ['closed'] : []);
    expect(house.called).toHaveLength(name === 'refused' ? 0 : 2);
  });
});

describe('the link', () => {
  test('tells how everything stands, then what changes; what is not there it says', () => {
    const home = linked(null);
    const house = fake(home);
    home.link.follow('switch.none');
    expect(home.run(1_000)).toEqual([
      'up',
      'light.desk off first',
      'event.knob unknown first',
      'switch.none null first',
    ]);
    house.change('event.knob', '2026-01-01T00:00:00', { event_type: 'press' });
    expect(home.run(100)).toEqual(['event.knob 2026-01-01T00:00:00']);
    house.remove('light.desk');
    house.place({ id: 'switch.none', state: 'on', attributes: {} });
    expect(home.run(100)).toEqual(['light.desk null', 'switch.none on']);
    home.link.call('notify.nobody', NOBODY);
    expect(home.run(100)).toEqual(['notify.nobody failed: Service notify.nobody not found.']);
  });

  test('a wrong token: told once with the remedy, and not tried again for an hour', () => {
    const home = linked(null, 'WRONG');
    fake(home);
    const told = home.run(59 * 60_000);
    expect(told).toEqual([
      expect.stringMatching(/^down: .*refuses the token; make a new one there .* restart Ebb$/),
    ]);
    expect(home.logged.filter((line) => line.includes('away'))).toHaveLength(1);
    expect(home.run(10 * 60_000)).toEqual([]);
    expect(home.logged.join()).not.toContain('WRONG');
  });

  test('the token stands in no log, whatever happens', () => {
    const home = linked(null);
    const house = fake(home);
    home.run(5_000);
    house.reboot();
    home.run(60_000);
    home.link.call('notify.nobody', NOBODY);
    home.run(1_000);
    expect(home.logged.length).toBeGreaterThan(1);
    expect(home.logged.join()).not.toContain(TOKEN);
    expect(home.told.join()).not.toContain(TOKEN);
  });

  test('nobody there: told once, tried again with growing waits, a minute at most', () => {
    const home = linked(null);
    expect(home.run(10 * 60_000)).toEqual([`down: Home Assistant at ${URL_}: it cannot be reached`]);
    home.listen();
    home.run(73_000);
    expect(home.connections()).toBe(1);
  });

  test('an address that cannot even be tried is a link that is away, and is tried again with growing waits', () => {
    const clock = new VirtualClock();
    const told: string[] = [];
    let tries = 0;
    new HomeAssistantLink({
      ...{ url: URL_, token: TOKEN, clock, random: new Random(1, 'link'), log: silentLog },
      open: () => {
        tries += 1;
        throw new SyntaxError('Invalid URL');
      },
      onLink: (news) => told.push(news.up ? 'up' : news.why),
      onState: () => undefined,
      onFailed: () => undefined,
    });
    clock.runUntil(60 * 60_000);
    expect(told).toEqual([`Home Assistant at ${URL_}: it cannot be reached (Invalid URL)`]);
    expect(tries).toBeGreaterThan(50);
    expect(tries).toBeLessThan(80);
  });

  test('a server that greets nobody, and one that falls silent, are left; what is asked meanwhile is not done later', () => {
    const home = linked(null);
    const mute = home.listen();
    expect(home.run(11_000)).toEqual([
      `down: Home Assistant at ${URL_}: it does not answer; is this the address of Home Assistant?`,
    ]);
    mute.close();
    const house = fake(home);
    home.run(10_000);
    house.disconnect();
    expect(home.run(45_000)[0]).toBe(`down: Home Assistant at ${URL_}: it does not answer any more`);
    home.link.call('light.desk', LIGHT);
    house.reconnect();
    expect(home.run(30_000)).toContain('light.desk off first');
    expect(house.called).toEqual([]);
  });

  test('a restart: everything is told anew, and nothing of it counts as news', () => {
    const home = linked(null);
    const house = fake(home);
    home.run(5_000);
    house.reboot();
    expect(home.run(60_000)).toEqual([
      `down: Home Assistant at ${URL_}: it closed the connection`,
      `down: Home Assistant at ${URL_}: it cannot be reached`,
      'up',
      'light.desk unavailable first',
      'event.knob unavailable first',
      'light.desk off',
      'event.knob unknown',
    ]);
  });

  test('whatever comes that is no message of its own is passed over', () => {
    const clients: Socket[] = [];
    const home = linked((client) => {
      clients.push(client);
      return { text: () => undefined, closed: () => undefined };
    });
    home.listen();
    home.run(100);
    for (const text of [
      '',
      'null',
      '[]',
      '{"type":"event"}',
      '{"id":1,"type":"event","event":{"c":{"light.desk":{"+":{"s":"on"}}}}}',
      'x'.repeat(100),
    ])
      clients[0]?.send(text);
    expect(home.run(1_000)).toEqual([]);
  });
});
