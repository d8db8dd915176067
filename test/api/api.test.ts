/**
 * If these fail, the page and programs that use the API are told something that is not so, or are not told why the
 * controller refused.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { filesIn, textOf } from '../project/sources.ts';
import {} from '../support/external.ts';
import { until } from '../support/until.ts';
import { openHouse, runHot } from '../support/house.ts';
import type { House } from '../support/house.ts';
import { cleanUp } from '../support/process.ts';
import { jsonCommand, openSite } from './support.ts';
import type { Ask } from './support.ts';

type Site = Awaited<ReturnType<typeof openSite>>;

let house: House;
let site: Site;

beforeAll(async () => {
  house = await openHouse(10);
  site = await openSite(house.running);
});

afterAll(async () => {
  await house.close();
  await site.close();
  await cleanUp();
});

const json = async (
  path: string,
  ask: Ask = {},
): Promise<{ status: number; body: Record<string, unknown> }> => {
  const { status, text } = await site.ask(path, ask);
  return { status, body: z.record(z.string(), z.unknown()).parse(JSON.parse(text)) };
};
const command = (body: object, station = 'foot-bath') =>
  json(`/api/v1/stations/${station}/commands`, jsonCommand(body));

describe('stations', () => {
  test('tell what they are, what this request may do and which protocols run there', async () => {
    const { status, body } = await json('/api/v1/stations');
    expect(status).toBe(200);
    expect(body).toMatchObject({ site: 'home', simulated: true, version: '0.0.0' });
    const [station] = z.array(z.record(z.string(), z.unknown())).parse(body['stations']);
    expect(station).toMatchObject({
      id: 'foot-bath',
      kind: 'bath',
      vessel: 'stream',
      plumbing: 'two-valves',
      band: null,
      temperature_unit: 'celsius',
    });
    expect(station?.['may']).toEqual(expect.arrayContaining(['start', 'begin', 'stop']));
    expect(station?.['protocols']).toContainEqual({
      id: 'contrast-foot-bath',
      title: 'Contrast foot bath',
    });
    expect(await json('/api/v1/stations/foot-bath')).toMatchObject({
      status: 200,
      body: { id: 'foot-bath' },
    });
  });

  test('what came over a proxy may only do what is taken from anywhere', async () => {
    const { body } = await json('/api/v1/stations/foot-bath', {
      headers: { 'x-forwarded-for': '127.0.0.1' },
    });
    expect(body['may']).toEqual(['pause', 'stop', 'report']);
    const refused = await json('/api/v1/stations/foot-bath/commands', {
      ...jsonCommand({ command: 'start' }),
      headers: { 'content-type': 'application/json', forwarded: 'for=127.0.0.1' },
    });
    expect(refused).toMatchObject({ status: 403, body: { code: 'not_local' } });
  });
});

describe('commands', () => {
  test.each([
    ['begin in idle', { command: 'begin', transaction: 't-1' }, 409, 'bad_state'],
    [
      'a person nobody knows',
      { command: 'start', person: 'nobody', transaction: 't-1' },
      422,
      'unknown_person',
    ],
    [
      'a protocol nobody knows',
      { command: 'start', protocol: 'tea', transaction: 't-1' },
      422,
      'unknown_protocol',
    ],
    [
      'what the envelope does not allow',
      { command: 'start', with: { cold: '59 min' }, transaction: 't-1' },
      422,
      'envelope',
    ],
    ['an unknown key', { command: 'start', temperature: 60, transaction: 't-1' }, 400, 'bad_command'],
    ['an unknown command', { command: 'boil', transaction: 't-1' }, 400, 'bad_command'],
  ])('%s is refused', async (_what, body, status, code) => {
    const answer = await command(body);
    expect(answer).toMatchObject({
      status,
      body: { status, code, transaction: 't-1', type: `urn:ebb:error:${code}` },
    });
    expect(answer.body['detail']).toBe(answer.body['message']);
  });

  test('a station that there is not is refused by name', async () => {
    expect(await command({ command: 'start' }, 'sauna')).toMatchObject({
      status: 404,
      body: { code: 'unknown_station', message: expect.stringContaining('foot-bath') as string },
    });
  });

  test.each([
    ['no JSON content type', { method: 'POST', body: '{"command":"start"}' }, 415],
    [
      'a form',
      { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"command":"start"}' },
      415,
    ],
    ['a bare word', { method: 'POST', headers: { 'content-type': 'application/json' }, body: 'start' }, 400],
    ['nothing', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '' }, 400],
    [
      'brackets without end',
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: '['.repeat(9_000) },
      400,
    ],
    [
      'more than a command ever is',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{"command":"start","with":"${'x'.repeat(20_000)}"}`,
      },
      413,
    ],
    [
      'a whole command with more behind it',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{"command":"start"}${' '.repeat(20_000)}`,
      },
      413,
    ],
    ['a stop too far behind to be looked for', { method: 'POST', body: `${'x'.repeat(17_000)} stop` }, 413],
  ] as const)('%s starts nothing', async (_what, ask, status) => {
    const answer = await site.ask('/api/v1/stations/foot-bath/commands', ask);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(house.running.controller.state('foot-bath')?.state).toBe('idle');
  });

  test.each([
    [
      'as an object',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"command":"stop","transaction":"s"}',
      },
    ],
    ['as a word', { method: 'POST', body: 'STOP' }],
    ['as a type that is none', { method: 'POST', headers: { 'content-type': 'stop' }, body: 'stop' }],
    [
      'in an object that is too long',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{"command":"stop"${' '.repeat(17_000)}}`,
      },
    ],
    ['before a megabyte of anything', { method: 'POST', body: `stop ${'x'.repeat(1_000_000)}` }],
    [
      'in a broken object',
      { method: 'POST', headers: { 'content-type': 'application/xml' }, body: '{"command": stop!' },
    ],
  ] as const)('a stop is taken %s', async (_what, ask) => {
    const answer = await site.ask('/api/v1/stations/foot-bath/commands', ask);
    expect(answer.status).toBe(202);
    expect(JSON.parse(answer.text)).toMatchObject({ accepted: true, state: { simulated: true } });
  });

  test('a session runs, is stopped, and is told with its curve', async () => {
    await runHot(house);
    await until('some readings', () => house.running.controller.state('foot-bath')?.phase === 'warm', 60_000);
    const told = await json('/api/v1/stations/foot-bath');
    expect(told.body['band']).toEqual({
      min_c: expect.any(Number) as number,
      max_c: expect.any(Number) as number,
    });
    const stopped = await command({ command: 'stop', transaction: 'enough' });
    expect(stopped).toMatchObject({ status: 202, body: { accepted: true, transaction: 'enough' } });
    await until(
      'the session is in the journal',
      () => house.running.history.records({ types: ['end'], limit: 1 }).length > 0,
    );
    const { body } = await json('/api/v1/sessions?station=foot-bath&limit=5');
    const [first] = z.array(z.looseObject({ id: z.string(), outcome: z.string() })).parse(body['sessions']);
    expect(first).toMatchObject({ outcome: 'stopped', reason: 'stopped_by_person' });
    const one = await json(`/api/v1/sessions/${first?.id ?? ''}`);
    const series = z.array(z.object({ t_s: z.number(), water_c: z.number() })).parse(one.body['series']);
    expect(series.length).toBeGreaterThan(10);
    expect(Math.max(...series.map(({ water_c }) => water_c))).toBeGreaterThan(30);
    expect(series.map(({ t_s }) => t_s)).toEqual(series.map(({ t_s }) => t_s).toSorted((a, b) => a - b));
    expect((await json('/api/v1/sessions?person=sam')).body).toEqual({ sessions: [] });
    expect(await json('/api/v1/sessions/none')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});

describe('what is measured', () => {
  test('says how the session went', async () => {
    const { text, headers } = await site.ask('/metrics');
    expect(headers['content-type']).toContain('text/plain');
    const value = (line: RegExp): number => Number(line.exec(text)?.[1] ?? NaN);
    expect(value(/^ebb_broker_up (\d+)$/m)).toBe(1);
    expect(value(/^ebb_device_up\{station="foot-bath",device="foot-bath-hot"\} (\d+)$/m)).toBe(1);
    expect(value(/^ebb_sessions_total\{station="foot-bath",outcome="stopped"\} (\d+)$/m)).toBe(1);
    expect(value(/^ebb_commands_total\{source="http",answer="not_local"\} (\d+)$/m)).toBe(1);
    expect(value(/^ebb_commands_total\{source="page",answer="accepted"\} (\d+)$/m)).toBeGreaterThanOrEqual(4);
    expect(value(/^ebb_stop_seconds_count\{station="foot-bath"\} (\d+)$/m)).toBeGreaterThanOrEqual(4);
    expect(
      value(/^ebb_lease_margin_seconds_count\{station="foot-bath",device="foot-bath-hot"\} (\d+)$/m),
    ).toBeGreaterThan(0);
    expect(value(/^ebb_event_loop_delay_p99_seconds ([\d.]+)$/m)).toBeGreaterThan(0);
    expect(text).toContain('# HELP ebb_trips_total');
  });

  test('is alive, and ready once everything that a session needs is there', async () => {
    expect(await json('/healthz')).toEqual({ status: 200, body: { ok: true } });
    expect(await json('/readyz')).toEqual({ status: 200, body: { ready: true, missing: [] } });
  });
});

describe('the documents', () => {
  test('have every route that there is, and no other', async () => {
    const { body } = await json('/api/v1/openapi.json');
    const written = Object.keys(z.record(z.string(), z.unknown()).parse(body['paths'])).toSorted();
    const built = filesIn('src/api/routes', /\.ts$/)
      .flatMap((file) => [...textOf(file).matchAll(/'(\/(?:api|healthz|readyz|metrics|calendar)[^'\s]*)'/g)])
      .map(([, path = '']) => path.replaceAll(/:(\w+)/g, '{$1}'));
    expect(written).toEqual([...new Set(built)].toSorted());
    expect(written.length).toBeGreaterThanOrEqual(14);
    const { components } = documentSchema.parse(body);
    expect(Object.keys(components.schemas).toSorted()).toEqual(['Problem', 'Protocol', 'Station']);
  });

  test.each([
    ['/api/v1/stations', '/api/v1/stations'],
    ['/api/v1/stations/{id}', '/api/v1/stations/foot-bath'],
    ['/api/v1/sessions', '/api/v1/sessions'],
    ['/api/v1/protocols', '/api/v1/protocols'],
    ['/api/v1/protocols/{id}', '/api/v1/protocols/contrast-foot-bath'],
    ['/api/v1/reminders', '/api/v1/reminders'],
    ['/api/v1/adherence', '/api/v1/adherence'],
    ['/api/v1/me', '/api/v1/me'],
    ['/healthz', '/healthz'],
    ['/readyz', '/readyz'],
  ])('say what %s answers, and what a refusal looks like', async (path, address) => {
    const schemas = await documented(path);
    const answer = await json(address);
    expect(answer.status).toBe(200);
    expect(schemas.ok.safeParse(answer.body).error).toBeUndefined();
    expect(schemas.ok.safeParse({ ...answer.body, surprise: 1 }).success).toBe(false);
    const refused = await json(address, { headers: { host: 'evil.example' } });
    expect(refused.status).toBe(403);
    expect(schemas.refused.safeParse(refused.body).error).toBeUndefined();
  });

  test.each(['plans', 'people'])('%s is not built yet, and says so', async (name) => {
    expect(await json(`/api/v1/${name}`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});

const contentSchema = z.looseObject({ schema: z.record(z.string(), z.unknown()) });
const responseSchema = z.looseObject({ content: z.record(z.string(), contentSchema) });
const documentSchema = z.looseObject({
  paths: z.record(
    z.string(),
    z.looseObject({ get: z.looseObject({ responses: z.record(z.string(), responseSchema) }).optional() }),
  ),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

/** The schemas of a route out of the served document, and nothing of what the program has in memory. */
async function documented(path: string) {
  const { text } = await site.ask('/api/v1/openapi.json');
  const moved: unknown = JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/'));
  const { paths, components } = documentSchema.parse(moved);
  const responses = paths[path]?.get?.responses ?? {};
  const compile = (status: string, type: string) => {
    const schema = responses[status]?.content[type]?.schema;
    if (schema === undefined) throw new Error(`${path} says nothing of ${status}`);
    return z.fromJSONSchema({ ...schema, $defs: components.schemas } as Parameters<
      typeof z.fromJSONSchema
    >[0]);
  };
  return { ok: compile('200', 'application/json'), refused: compile('4XX', 'application/problem+json') };
}
