// If this fails, a program reading `ebb run --json` is told something else than what was promised to it.
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { jsonLines } from '../../src/cli/view/index.ts';
import { loadConfig } from '../../src/config/index.ts';
import type { News } from '../../src/controller/index.ts';
import { composeVirtual } from '../../src/main.ts';
import { silentLog } from '../../src/model/log.ts';
import { sessionResultSchema, stateObjectSchema } from '../../src/model/state.ts';
import type { SessionResult } from '../../src/model/state.ts';
import { loadLibrary, packageRoot } from '../../src/protocols/index.ts';

const STARTED_MS = 10_000;
const told: { readonly news: News; readonly atMs: number }[] = [];
let result: SessionResult;
let drawn: Readonly<Record<string, number>>;

/** One whole session of the real controller on simulated water. */
beforeAll(() => {
  const { config } = loadConfig(`${packageRoot()}/examples/foot-bath.yaml`, { env: {} });
  const station = config?.stations[0];
  if (config === null || station === undefined) throw new Error('the example is broken');
  const world = composeVirtual({ config, protocols: loadLibrary([]).protocols, log: silentLog }, station, 7);
  drawn = { ...world.rig.drawn };
  const ended: SessionResult[] = [];
  world.controller.listen(station.id, (news, atMs) => {
    if (news.type === 'result') ended.push(news.result);
    else told.push({ news, atMs });
  });
  world.clock.runUntil(STARTED_MS);
  void world.controller.command(station.id, { command: 'start' }, 'cli');
  world.clock.runWhile(() => ended.length === 0, 3_600_000);
  const [first] = ended;
  if (first === undefined) throw new Error('the session did not end');
  result = first;
  // As the driver of a session hands it on: the result is the last word, after the last state.
  told.push({ news: { type: 'result', result }, atMs: world.clock.nowMs() });
});

describe('lines of JSON', () => {
  const lineSchema = z.looseObject({ type: z.string(), t_ms: z.int().min(0) });

  const linesOf = () => {
    let text = '';
    const lines = jsonLines({ write: (more: string) => (text += more) });
    lines.plant(drawn);
    for (const { news, atMs } of told) {
      lines.news(news, atMs);
      if (news.type === 'state' && news.state.phase === 'preparing') lines.started(STARTED_MS);
    }
    return text
      .trimEnd()
      .split('\n')
      .map((line) => lineSchema.parse(JSON.parse(line)));
  };

  test('each line has a type and the time since the start was accepted; the result is the last', () => {
    const lines = linesOf();
    expect(lines[0]).toEqual({ type: 'plant', t_ms: 0, ...drawn });
    expect(new Set(lines.map(({ type }) => type))).toEqual(
      new Set(['plant', 'command', 'event', 'state', 'reading', 'result']),
    );
    for (const [index, { t_ms }] of lines.entries())
      expect(t_ms).toBeGreaterThanOrEqual(lines[index - 1]?.t_ms ?? 0);
    const { type, t_ms, ...last } = lines.at(-1) ?? { type: '', t_ms: 0 };
    expect({ type, late: t_ms > 600_000 }).toEqual({ type: 'result', late: true });
    expect(sessionResultSchema.parse(last)).toEqual(result);
  });

  test('states are the state object; commands, readings and events have the promised fields', () => {
    const lines = linesOf();
    const of = (type: string) => lines.filter((line) => line.type === type);
    for (const { type: _type, t_ms: _t, ...state } of of('state')) stateObjectSchema.parse(state);
    const open = of('command').find(({ action }) => action === 'open');
    expect(open).toEqual({
      type: 'command',
      t_ms: 1,
      device: 'foot-bath-hot',
      action: 'open',
      lease_ms: 10_000,
    });
    expect(of('command').find(({ action }) => action === 'cue')).toHaveProperty('cue');
    expect(Object.keys(of('reading')[0] ?? {})).toEqual(['type', 't_ms', 'device', 'kind', 'value']);
    expect(of('event').find(({ event_type }) => event_type === 'cue')).toHaveProperty('cue');
  });

  test('what was before the start is left out, what came with it is not', () => {
    let text = '';
    const lines = jsonLines({ write: (more: string) => (text += more) });
    const news = (value: number): News => ({ type: 'reading', device: 't', kind: 'temperature', value });
    lines.news(news(1), 900);
    lines.news(news(2), 1_000);
    expect(text).toBe('');
    lines.started(1_000);
    lines.news(news(3), 1_000.6);
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([
      { type: 'reading', t_ms: 0, device: 't', kind: 'temperature', value: 2 },
      { type: 'reading', t_ms: 1, device: 't', kind: 'temperature', value: 3 },
    ]);
  });

  test('the detail of an event cannot pass for another type of line, and a mixer has its target', () => {
    let text = '';
    const lines = jsonLines({ write: (more: string) => (text += more) });
    lines.started(0);
    lines.news({ type: 'event', event: 'trip', detail: { type: 'result', t_ms: -1, code: 'x' } }, 5);
    lines.news({ type: 'command', device: 'm', action: 'set', leaseMs: null, targetC: 38, cue: null }, 6);
    expect(text).toBe(
      '{"type":"event","t_ms":5,"event_type":"trip","code":"x"}\n' +
        '{"type":"command","t_ms":6,"device":"m","action":"set","target_c":38}\n',
    );
  });
});
