/**
 * If these fail, the page shows water that is not there any more, or one slow page takes the controller with it.
 */
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { streamSchemas } from '../../src/api/schemas.ts';
import {} from '../support/external.ts';
import { until } from '../support/until.ts';
import { openHouse, runHot } from '../support/house.ts';
import type { House } from '../support/house.ts';
import { cleanUp } from '../support/process.ts';
import { Simulation, exampleConfig } from '../support/simulate.ts';
import { jsonCommand, listen, openSite, real } from './support.ts';

const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
  await cleanUp();
});

async function opened(speed: number): Promise<{ house: House; site: Awaited<ReturnType<typeof openSite>> }> {
  const house = await openHouse(speed);
  open.push(() => house.close());
  const site = await openSite(house.running);
  open.push(() => site.close());
  return { house, site };
}

describe('the live events', () => {
  test('begin with every station and the time, follow what happens, and are of the form they promise', async () => {
    const { house, site } = await opened(10);
    const live = await listen(site.url);
    expect(live.status).toBe(200);
    expect(live.headers.get('content-type')).toContain('text/event-stream');
    expect(live.headers.get('content-security-policy')).toContain("default-src 'none'");
    await until('two events', () => live.events.length >= 2);
    expect(live.events[0]).toMatchObject({ name: 'state', data: { station: 'foot-bath', band: null } });
    expect(live.events[1]).toMatchObject({ name: 'tick', data: { speed: 10 } });
    await runHot(house);
    const seen = (name: string, has: object) => () =>
      live.events.some((event) => event.name === name && matches(event.data, has));
    await until('the start', seen('event', { event_type: 'session_started', station: 'foot-bath' }));
    await until('a reading', seen('reading', { kind: 'temperature', station: 'foot-bath' }));
    await until(
      'a band',
      () => live.events.some(({ name, data }) => name === 'state' && data['band'] !== null),
      30_000,
    );
    await site.ask('/api/v1/stations/foot-bath/commands', jsonCommand({ command: 'stop' }));
    await until('the end', seen('event', { event_type: 'session_ended', outcome: 'stopped' }));
    for (const { name, data } of live.events) {
      const schema = z.enum(['state', 'reading', 'event', 'tick']).parse(name);
      expect(streamSchemas[schema].safeParse(data).error, `${name} ${JSON.stringify(data)}`).toBeUndefined();
    }
    await live.close();
  });

  test('tick every second with the clock of the controller, whatever its speed', async () => {
    const { house, site } = await opened(20);
    const live = await listen(site.url);
    const ticks = () => live.events.filter(({ name }) => name === 'tick');
    await until('three ticks', () => ticks().length >= 3);
    const from = ticks().length;
    const sinceMs = real.nowMs();
    house.clock.speed = 5;
    await until('two more', () => ticks().length >= from + 2);
    // Real seconds: a loaded computer may be late, never early.
    expect(real.nowMs() - sinceMs).toBeGreaterThan(900);
    expect(ticks().at(-1)?.data['speed']).toBe(5);
    const at = Date.parse(z.string().parse(ticks().at(-1)?.data['at']));
    expect(Math.abs(at - house.clock.wallMs())).toBeLessThan(60_000);
    await live.close();
  });

  test('end with the page that is closed, and with the controller', async () => {
    const { site } = await opened(1);
    const one = await listen(site.url);
    const other = await listen(site.url);
    await until('both hear', () => one.events.length > 0 && other.events.length > 0);
    expect((await site.ask('/metrics')).text).toContain('ebb_http_streams 2');
    await one.close();
    await untilAsync('one is gone', async () =>
      (await site.ask('/metrics')).text.includes('ebb_http_streams 1\n'),
    );
    await site.close();
    await until('the other is over', () => other.over());
  });

  test('are refused past a bound, and those that listen go on', async () => {
    const { site } = await opened(1);
    const lives = await Promise.all(Array.from({ length: 64 }, () => listen(site.url)));
    expect(lives.map(({ status }) => status).every((status) => status === 200)).toBe(true);
    const one = await site.ask('/api/v1/events');
    expect(one.status).toBe(503);
    expect(one.headers['retry-after']).toBe('10');
    expect(JSON.parse(one.text)).toMatchObject({ code: 'too_many_requests' });
    const [first] = lives;
    const before = first?.events.length ?? 0;
    await until('the first still hears', () => (first?.events.length ?? 0) > before);
    expect((await site.ask('/metrics')).text).toContain('ebb_http_streams_refused_total 1');
    await Promise.all(lives.map((live) => live.close()));
  });

  test('a reader that does not read is cut off, and the others hear everything', async () => {
    const simulation = new Simulation(exampleConfig('foot-bath'), 5);
    const site = await openSite(simulation.world);
    open.push(() => site.close());
    const deaf = connect(site.port, '127.0.0.1');
    open.push(() => Promise.resolve(deaf.destroy()));
    deaf.on('error', () => undefined);
    deaf.write(`GET /api/v1/events HTTP/1.1\r\nhost: 127.0.0.1:${site.port}\r\n\r\n`);
    deaf.pause();
    const live = await listen(site.url);
    const metrics = async (): Promise<string> => (await site.ask('/metrics')).text;
    await untilAsync('both are in', async () => (await metrics()).includes('ebb_http_streams 2'));
    let sessions = 0;
    // What the computer itself keeps for a socket is some megabytes.
    while (!(await metrics()).includes('ebb_http_streams_dropped_total 1') && sessions < 200) {
      simulation.start();
      const before = simulation.result;
      while (simulation.result === before) {
        simulation.run(20_000);
        await until('what was told is read', () => live.events.some(({ data }) => data['at'] !== undefined));
      }
      sessions += 1;
      const ended = () => live.events.filter(({ data }) => data['event_type'] === 'session_ended').length;
      await until('the end is heard', () => ended() === sessions);
    }
    expect(await metrics()).toContain('ebb_http_streams_dropped_total 1');
    expect(await metrics()).toContain('ebb_http_streams 1\n');
    expect(live.over()).toBe(false);
    await live.close();
  });
});

function matches(data: Readonly<Record<string, unknown>>, has: object): boolean {
  return Object.entries(has).every(([key, value]) => data[key] === value);
}

async function untilAsync(what: string, holds: () => Promise<boolean>): Promise<void> {
  const endMs = real.nowMs() + 10_000;
  while (!(await holds())) if (real.nowMs() > endMs) throw new Error(`not in time: ${what}`);
}
