/**
 * If these fail, a desk is not to be seen by anything but MQTT: a page that knows of baths alone, a calendar that no
 * program can read, counts of what nobody did.
 */
import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { calendarText } from '../../src/api/ics.ts';
import { streamSchemas } from '../../src/api/schemas.ts';
import { DeskBench, HOURLY } from '../controller/desk/bench.ts';
import {} from '../support/external.ts';
import { until } from '../support/until.ts';
import { jsonCommand, listen, openSite } from './support.ts';

const YAML = `${HOURLY.replace('light: {', 'light: [{ driver: esphome, node: lamp, light: main }, {').replace('"off" } }\n    buzzer', '"off" } }]\n    buzzer')}  - { reminder: [ankle-pumps, ankle-circles], at: [10:00, 15:00], days: mon-fri }
`;

let bench: DeskBench;
let site: Awaited<ReturnType<typeof openSite>>;

// 2026-03-02 is a Monday; Berlin is an hour ahead.
beforeAll(async () => {
  bench = new DeskBench({ yaml: YAML, at: '2026-03-02T08:59:00+01:00' });
  bench.person('here');
  site = await openSite({
    ...{ controller: bench.controller, clock: bench.clock, simulated: true, history: bench.journal.history },
    ...{ rig: null, mqttUrl: null, close: () => Promise.resolve() },
  });
});
afterAll(async () => {
  await site.close();
});

const json = async (path: string): Promise<{ status: number; body: Record<string, unknown> }> => {
  const { status, text } = await site.ask(path);
  return { status, body: z.record(z.string(), z.unknown()).parse(JSON.parse(text)) };
};
const say = async (command: object, station = 'desk') => {
  const { status, text } = await site.ask(`/api/v1/stations/${station}/commands`, jsonCommand(command));
  bench.run(100);
  return { status, body: z.record(z.string(), z.unknown()).parse(JSON.parse(text)) };
};

describe('a desk over HTTP', () => {
  test('is a station with its reminders, what may be said to it, and what is led there', async () => {
    const { body } = await json('/api/v1/stations');
    expect(body['stations']).toHaveLength(1);
    expect(body['stations']).toMatchObject([
      {
        ...{ id: 'desk', kind: 'desk', vessel: null, band: null, block_list: null },
        may: ['start', 'stop', 'ack', 'snooze', 'skip', 'quiet', 'not_for_me', 'done', 'log'],
        reminders: [
          { id: 'calf-raises', protocols: ['calf-raises'], snooze_s: 600, snoozes: 2 },
          { id: 'ankle-pumps', protocols: ['ankle-pumps', 'ankle-circles'] },
        ],
        state: { state: 'waiting', reminders: [{ id: 'calf-raises' }, { id: 'ankle-pumps' }] },
      },
    ]);
    const one = await json('/api/v1/stations/desk');
    expect(one.body['protocols']).toContainEqual({ id: 'calf-raises', title: 'Calf raises' });
    expect(await json('/api/v1/stations/sofa')).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining('desk') as string },
    });
  });

  test('says what comes: fixed times in their turns, of an interval the next alone', async () => {
    const { body } = await json('/api/v1/reminders?station=desk&days=2');
    const coming = z.array(z.object({ protocol: z.string(), due_at: z.string() })).parse(body['coming']);
    expect(coming.map(({ protocol, due_at }) => `${due_at.slice(8, 16)} ${protocol}`)).toEqual([
      '02T09:00 calf-raises',
      '02T09:00 ankle-pumps',
      '02T14:00 ankle-circles',
      '03T09:00 ankle-pumps',
      '03T14:00 ankle-circles',
    ]);
    expect(body['past']).toEqual([]);
    expect(await json('/api/v1/reminders?station=sofa')).toMatchObject({
      status: 404,
      body: { code: 'unknown_station' },
    });
  });

  test('what happens is told live: the state on connecting and on each change, and each event', async () => {
    const live = await listen(`http://127.0.0.1:${site.port}/`);
    await until('the state on connecting', () => live.events.some(({ name }) => name === 'state'));
    bench.to('2026-03-02T10:00:05+01:00');
    const heard = (name: string) => live.events.filter((one) => one.name === name).map(({ data }) => data);
    await until('it is shown', () => heard('event').some((one) => one['event_type'] === 'reminder_shown'));
    expect(heard('event')).toContainEqual(
      expect.objectContaining({ station: 'desk', event_type: 'reminder_due', reminder: 'calf-raises' }),
    );
    await until('the state says so', () =>
      heard('state').some((one) => streamSchemas.state.parse(one).state.state === 'cueing'),
    );
    await live.close();
  });

  test('is answered, and what cannot be done is refused with the reason', async () => {
    expect(await say({ command: 'snooze' })).toMatchObject({ status: 202, body: { accepted: true } });
    expect(await say({ command: 'snooze' })).toMatchObject({ status: 409, body: { code: 'bad_state' } });
    expect(await say({ command: 'begin' })).toMatchObject({ status: 400, body: { code: 'bad_command' } });
    expect(await say({ command: 'ack', reminder: 'tea' })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('calf-raises') as string },
    });
    bench.run(10 * 60_000);
    expect(bench.state.state).toBe('cueing');
    expect(await say({ command: 'ack', transaction: 't' })).toMatchObject({
      status: 202,
      body: { transaction: 't', state: { state: 'waiting' } },
    });
    expect(await say({ command: 'quiet', for: '90 min' })).toMatchObject({ status: 202 });
    expect(bench.state.quiet_until?.slice(0, 16)).toBe('2026-03-02T10:40');
    expect(await say({ command: 'quiet', off: true })).toMatchObject({ status: 202 });
    expect(await say({ command: 'start', protocol: 'calf-raises' })).toMatchObject({
      status: 202,
      body: { state: { protocol: 'calf-raises', step: { cycles: 10 } } },
    });
    bench.run(40_000);
    expect(await say({ command: 'ack' })).toMatchObject({ status: 202 });
  });

  test('what came of it is listed, the newest first, and counted by day', async () => {
    bench.to('2026-03-02T13:00:00+01:00');
    const { body } = await json('/api/v1/reminders?limit=10');
    expect(body['past']).toMatchObject([
      { reminder: 'calf-raises', outcome: 'missed', source: null, shown: true, waits_for: null },
      // Done ahead of its time, beat by beat.
      { reminder: 'calf-raises', outcome: 'done', source: 'page', shown: false },
      { reminder: 'ankle-pumps', outcome: 'done', source: 'page', due_at: '2026-03-02T09:00:00.000Z' },
      { reminder: 'calf-raises', outcome: 'done', source: 'page', count: 1 },
    ]);
    const counts = await json('/api/v1/adherence?days=1');
    expect(counts.body['note']).toContain('nobody has measured');
    expect(counts.body['days']).toEqual([
      {
        ...{ date: '2026-03-02', station: 'desk', protocol: 'calf-raises', done: 2, skipped: 0 },
        ...{ missed: 1, passed: 0, led: 1, done_by: { page: 2 }, skipped_by: {} },
      },
      expect.objectContaining({ protocol: 'ankle-pumps', done: 1, led: 0 }),
    ]);
    expect((await json('/api/v1/adherence?station=desk')).body['days']).toHaveLength(2);
  });

  test('is measured: shown, answered by whom, missed, and what waits for what', async () => {
    await say({ command: 'quiet', for: '120 min' });
    for (let min = 0; min < 100 && bench.state.state !== 'due'; min += 1) bench.run(60_000);
    const { text } = await site.ask('/metrics');
    const value = (line: RegExp): number => Number(line.exec(text)?.[1] ?? NaN);
    expect(
      value(
        /^ebb_reminders_total\{station="desk",reminder="calf-raises",outcome="done",source="page",waits_for="none"\} (\d+)$/m,
      ),
    ).toBe(2);
    expect(value(/^ebb_reminders_total\{.*outcome="missed",source="none",waits_for="none"\} (\d+)$/m)).toBe(
      1,
    );
    expect(
      value(/^ebb_reminders_shown_total\{station="desk",reminder="calf-raises",level="light"\} (\d+)$/m),
    ).toBeGreaterThanOrEqual(3);
    expect(value(/^ebb_reminders_snoozed_total\{.*reminder="calf-raises",source="page"\} (\d+)$/m)).toBe(1);
    expect(
      value(/^ebb_exercises_total\{station="desk",protocol="calf-raises",outcome="complete"\} (\d+)$/m),
    ).toBe(1);
    expect(value(/^ebb_reminders_waiting\{station="desk",waits_for="quiet"\} (\d+)$/m)).toBe(1);
    expect(value(/^ebb_device_up\{station="desk",device="desk-light"\} (\d+)$/m)).toBe(0);
    await say({ command: 'quiet', off: true });
  });

  test('is ready; a device that was there and is gone is missing', async () => {
    expect(await json('/readyz')).toMatchObject({ status: 200, body: { ready: true } });
    bench.hear('lamp/status', 'online', true);
    expect((await json('/readyz')).status).toBe(200);
    bench.hear('lamp/status', 'offline', true);
    expect(await json('/readyz')).toEqual({
      status: 503,
      body: { ready: false, missing: [{ what: 'device', station: 'desk', device: 'desk-light' }] },
    });
  });
});

describe('the calendar', () => {
  test('is read by another program: what comes in two weeks, busy never', async () => {
    const { text, headers, status } = await site.ask('/calendar.ics');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/calendar; charset=utf-8');
    const events = new ICAL.Component(ICAL.parse(text) as unknown[])
      .getAllSubcomponents('vevent')
      .map((one) => new ICAL.Event(one));
    expect(events.length).toBeGreaterThan(18);
    const [first] = events;
    expect(first?.summary).toBe('Calf raises');
    expect(first?.location).toBe('desk');
    expect(first?.startDate.toJSDate().toISOString()).toMatch(/^2026-03-02T1[123]:/);
    expect(events.every(({ component }) => component.getFirstPropertyValue('transp') === 'TRANSPARENT')).toBe(
      true,
    );
    expect(new Set(events.map(({ uid }) => uid)).size).toBe(events.length);
  });

  test('what stands in a title is never more than text, however long and in whatever letters', () => {
    const evil = `Legs, up; \\ "now"\r\nEND:VEVENT\nBEGIN:VALARM\u0007 ${'äöü€😀 '.repeat(40)}end`;
    const at = Date.parse('2026-03-02T09:00:00Z');
    const event = {
      uid: 'a',
      summary: evil,
      description: evil,
      location: evil,
      startMs: at,
      endMs: at + 1_000,
    };
    const text = calendarText(evil, [event], at);
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
    const [only, ...more] = calendar.getAllSubcomponents();
    expect(more).toEqual([]);
    expect(only?.getAllSubcomponents()).toEqual([]);
    const said = evil.replace('\r\n', '\n').replace('\u0007', '');
    expect(only?.getFirstPropertyValue('summary')).toBe(said);
    expect(only?.getFirstPropertyValue('description')).toBe(said);
  });
});
