/**
 * If these fail, water that runs past a thermometer which says nothing, past a full basin or past a meter that says it
 * flows is not seen by any campaign; or a house is accused of what a fault explains.
 */
import { describe, expect, test } from 'vitest';
import type { SessionFacts } from '../../../../src/campaign/trace.ts';
import {
  BASIN,
  booted,
  cleared,
  command,
  deviceOf,
  fault,
  journal,
  judge,
  objects,
  state,
  STREAM,
  tick,
  ticks,
  trip,
  water,
} from './bench.ts';
import type { Moment } from './bench.ts';

const HOT = { open: { hot: true } };
const STUCK = { valve: 'hot', device: 'hot' };

describe('I22: a basin that is full', () => {
  const facts = {
    volumeL: 8,
    station: { ...BASIN, devices: [...BASIN.devices, deviceOf('level', 'level', 'basin')] },
  };
  const holds = (
    litres: number | null,
    what: Parameters<typeof tick>[1] = {},
  ): Parameters<typeof tick>[1] => ({ vessels: water(38, 'basin', litres), ...what });

  test('holds 1.1 x its volume and what runs in until a valve has travelled, 15 L at most', () => {
    expect(objects('I22', [tick(0, holds(9.3))], facts)).toBeNull();
    expect(objects('I22', [tick(0, holds(9.4))], facts)).toEqual([0, 'the basin holds 9.4 L']);
    expect(objects('I22', [tick(0, holds(15.5))], { volumeL: 20 })).toBeNull();
    expect(objects('I22', [tick(0, holds(15.6))], { volumeL: 20 })).not.toBeNull();
    expect(judge('I22', [tick(0, holds(1)), tick(1, holds(0)), tick(2, holds(null))], facts).judged).toBe(1);
    expect(judge('I22', [tick(0, holds(99))])).toEqual({ at: null, judged: 0 });
  });

  test('has its supply shut within 2 s', () => {
    expect(objects('I22', ticks(0, 2_000, holds(8.9, HOT)), facts)).toBeNull();
    expect(objects('I22', ticks(0, 2_250, holds(8.9, HOT)), facts)).toEqual([
      2_250,
      'hot runs though the basin is full',
    ]);
    expect(objects('I22', ticks(0, 9_000, holds(8.8, HOT)), facts)).toBeNull();
    expect(
      objects('I22', ticks(0, 9_000, holds(8.9, { open: { drain: true, hot: false } })), facts),
    ).toBeNull();
    expect(
      objects(
        'I22',
        [
          ...ticks(0, 1_500, holds(8.9, HOT)),
          tick(1_750, holds(8.7, HOT)),
          ...ticks(2_000, 4_000, holds(8.9, HOT)),
        ],
        facts,
      ),
    ).toBeNull();
    expect(
      objects('I22', [fault(0, 'valve-stuck-open', STUCK), ...ticks(0, 9_000, holds(8.9, HOT))], facts),
    ).toBeNull();
  });

  test('of two basins by its own supply', () => {
    const full = (name: string, output: string): ReturnType<typeof objects> =>
      objects('I22', ticks(0, 3_000, { vessels: water(38, name, 8.9), open: { [output]: true } }), facts);
    expect(full('warm', 'hot')).not.toBeNull();
    expect(full('warm', 'cold')).toBeNull();
    expect(full('cold', 'cold')).not.toBeNull();
    expect(full('cold', 'hot')).toBeNull();
    expect(full('basin', 'cold')).not.toBeNull();
  });

  test('a valve that lets more in than it is told explains how much there is, one that does not answer does not', () => {
    for (const id of ['no-ack', 'late-ack', 'nack', 'reboot', 'offline'])
      expect(objects('I22', [fault(0, `valve-${id}`, STUCK), tick(0, holds(12))], facts)).not.toBeNull();
    for (const id of ['leaking', 'stuck-open', 'slow'])
      expect(objects('I22', [fault(0, `valve-${id}`, STUCK), tick(0, holds(12))], facts)).toBeNull();
  });

  test('a level sensor that hides water raises the bound by what it hides, and keeps it raised', () => {
    const hides = (byL: unknown, device: unknown = 'level', id = 'sense-level-offset'): Moment =>
      fault(0, id, { device, byL } as never);
    const at = (litres: number, ...faults: readonly Moment[]): ReturnType<typeof objects> =>
      objects('I22', [...faults, tick(0, holds(litres))], facts);
    expect(at(11.2, hides(-2))).toBeNull();
    expect(at(11.4, hides(-2))).not.toBeNull();
    expect(at(11.2, hides(-2), hides(-1))).toBeNull();
    for (const none of [
      hides(2),
      hides('2'),
      hides(-2, 'other'),
      hides(-2, 7),
      hides(-2, 'level', 'sense-level-stuck'),
    ])
      expect(at(9.4, none)).not.toBeNull();
  });
});

describe('I23: flow with everything told to close', () => {
  const roles = (
    ...all: readonly ('hot' | 'cold' | 'mixer' | 'master' | 'flow')[]
  ): Partial<SessionFacts> => ({
    station: { ...STREAM, devices: all.map((role) => deviceOf(role)) },
  });
  const meter = roles('hot', 'cold', 'flow');
  const master = roles('hot', 'cold', 'master', 'flow');

  test('is a fault within 6 s and the travel', () => {
    expect(objects('I23', ticks(0, 6_750, HOT), meter)).toBeNull();
    expect(objects('I23', ticks(0, 7_000, HOT), meter)).toEqual([
      7_000,
      'water flows with everything told to close, and there is no fault',
    ]);
    expect(objects('I23', ticks(0, 7_000, { open: { mixer: true } }), roles('mixer', 'flow'))?.[0]).toBe(
      7_000,
    );
    expect(objects('I23', [trip(3_000), ...ticks(0, 9_000, HOT)], meter)).toBeNull();
    expect(objects('I23', ticks(0, 9_000, HOT), roles('hot', 'cold'))).toBeNull();
    expect(objects('I23', ticks(0, 9_000, { open: { drain: true } }), meter)).toBeNull();
    expect(judge('I23', ticks(0, 1_000, HOT), meter).judged).toBe(5);
  });

  test('with a master upstream it is shut as well', () => {
    const open = { open: { hot: true, master: true } };
    expect(objects('I23', ticks(0, 9_000, HOT), master)).toBeNull();
    expect(objects('I23', [trip(3_000), ...ticks(0, 9_000, open)], master)).toEqual([
      7_000,
      'water flows, and the master is open',
    ]);
    const stuck = fault(0, 'valve-master-stuck-open', { valve: 'master', device: 'master' });
    expect(objects('I23', [stuck, trip(3_000), ...ticks(0, 9_000, open)], master)).toBeNull();
    expect(objects('I23', [stuck, ...ticks(0, 9_000, open)], master)?.[0]).toBe(7_000);
  });

  test('nothing is told to open meanwhile, and nobody was blind', () => {
    expect(objects('I23', [command(0, 'hot', 'open'), ...ticks(0, 9_000, HOT)], meter)).toBeNull();
    expect(objects('I23', [command(0, 'cold', 'renew'), ...ticks(0, 9_000, HOT)], meter)).toBeNull();
    expect(
      objects(
        'I23',
        [command(0, 'hot', 'open'), command(1, 'hot', 'close'), ...ticks(0, 9_000, HOT)],
        meter,
      )?.[0],
    ).toBe(7_000);
    expect(
      objects('I23', [...ticks(0, 6_000, HOT), tick(6_250), ...ticks(6_500, 13_000, HOT)], meter),
    ).toBeNull();
    expect(objects('I23', ticks(0, 9_000, { ...HOT, alive: false }), meter)).toBeNull();
    expect(
      objects('I23', [fault(0, 'bus-cut', { backMs: 60_000 }), ...ticks(0, 9_000, HOT)], meter),
    ).toBeNull();
    expect(objects('I23', [fault(0, 'sense-flow-stuck', {}), ...ticks(0, 9_000, HOT)], meter)).toBeNull();
  });

  test('a fault counts until it is cleared, until a restart, and until water is wanted again', () => {
    const after = (...events: readonly Moment[]): ReturnType<typeof objects> =>
      objects('I23', [trip(0), ...events, ...ticks(1_000, 9_000, HOT)], meter);
    expect(after()).toBeNull();
    expect(after(cleared(500))?.[0]).toBe(8_000);
    expect(after(booted(500))?.[0]).toBe(8_000);
    expect(after(command(500, 'hot', 'open'), command(600, 'hot', 'close'))?.[0]).toBe(8_000);
    expect(
      objects('I23', [trip(0), command(500, 'master', 'open'), ...ticks(1_000, 9_000, HOT)], master),
    ).toBeNull();
  });
});

describe('I26: the heater', () => {
  const facts = { volumeL: 8, station: { ...BASIN, devices: [...BASIN.devices, deviceOf('heater')] } };
  const heats = (
    waterC: number,
    litres: number | null,
    name = 'running.warm',
    vessel = 'basin',
  ): Parameters<typeof tick>[1] => ({
    on: { heater: true },
    state: name,
    vessels: water(waterC, vessel, litres),
  });
  // Twice half a second and a look.
  const objectsTo = (
    what: Parameters<typeof tick>[1],
    ...before: readonly Moment[]
  ): ReturnType<typeof objects> => objects('I26', [...before, ...ticks(0, 3_000, what)], facts);

  test('is on with half a basin of water, up to its setpoint and what is seen late, in a step', () => {
    expect(judge('I26', ticks(0, 3_000, heats(38.8, 4)), facts)).toEqual({ at: null, judged: 13 });
    expect(objectsTo(heats(38, 3.9))).toEqual([1_750, 'the heater is on without enough water']);
    expect(objectsTo(heats(38, null))).not.toBeNull();
    expect(objectsTo(heats(38.9, 8))).toEqual([1_750, 'the heater is on above its setpoint']);
    for (const name of ['starting.tempering', 'restarting', 'running'])
      expect(objectsTo(heats(38, 8, name))).toBeNull();
    for (const name of ['held', 'stopped', 'idle', 'not running'])
      expect(objectsTo(heats(38, 8, name))).toEqual([1_750, `the heater is on in ${name}`]);
    expect(objectsTo(heats(38, 8, 'running', 'warm'))).toBeNull();
    expect(
      objectsTo({ ...heats(38, 8), vessels: [...water(60, 'cold', 8), ...water(38, 'warm', 8)] }),
    ).toBeNull();
    expect(
      objectsTo({ ...heats(38, 8), vessels: [...water(38, 'cold', 8), ...water(60, 'basin', 8)] }),
    ).not.toBeNull();
    expect(objects('I26', ticks(0, 3_000, heats(38, 1)), { ...facts, volumeL: null })).toBeNull();
    expect(objects('I26', ticks(0, 3_000, heats(20, 8)), { ...facts, plan: null })).not.toBeNull();
  });

  test('is off again within a second and two looks', () => {
    expect(objects('I26', ticks(0, 1_500, heats(38, 0)), facts)).toBeNull();
    expect(
      objects(
        'I26',
        [...ticks(0, 1_500, heats(38, 0)), tick(1_750), ...ticks(2_000, 3_500, heats(38, 0))],
        facts,
      ),
    ).toBeNull();
    expect(
      objects(
        'I26',
        [...ticks(0, 1_500, heats(38, 0)), tick(1_750, heats(38, 8)), ...ticks(2_000, 3_500, heats(38, 0))],
        facts,
      ),
    ).toBeNull();
    expect(judge('I26', ticks(0, 3_000, { on: { heater: false } }), facts)).toEqual({ at: null, judged: 0 });
    expect(judge('I26', ticks(0, 3_000, heats(38, 0)))).toEqual({ at: null, judged: 0 });
  });

  test('a heater that a fault holds, or a lie about the water, explains it', () => {
    expect(
      objectsTo(heats(38, 0), fault(0, 'valve-heater-stuck-on', { valve: 'heater', device: 'heater' })),
    ).toBeNull();
    for (const id of ['sensor-offset', 'sense-level-offset'])
      expect(objectsTo(heats(50, 8), fault(0, id))).toBeNull();
    expect(objectsTo(heats(50, 8), fault(0, 'supply-hot-lost'))).not.toBeNull();
  });
});

describe('I27: the record of a trip', () => {
  const record = (what: unknown = {}, name = 'trip'): Moment =>
    journal(100, name, { code: 'scald', detector: 'T1', readings: { thermometer: 45 }, ...(what as object) });
  const said = (...moments: readonly Moment[]): readonly [number, string] | null =>
    objects('I27', [...moments, trip(200)]);

  test('is one, with its cause and what was read', () => {
    expect(judge('I27', [record(), trip(200)])).toEqual({ at: null, judged: 1 });
    expect(said()).toEqual([200, '0 records of the trip T1 scald']);
    expect(said(record(), record())).toEqual([200, '2 records of the trip T1 scald']);
    expect(said(record({}, 'start'))).not.toBeNull();
    const lacks = [200, 'the record of the trip T1 scald lacks its cause or readings'];
    for (const what of [
      { code: 'other' },
      { code: 7 },
      { detector: '' },
      { detector: 7 },
      { readings: null },
      { readings: 5 },
    ])
      expect(said(record(what))).toEqual(lacks);
    for (const body of [null, 'scald', 7, {}]) expect(said(journal(100, 'trip', body))).toEqual(lacks);
    const none = { station: { ...STREAM, devices: STREAM.devices.slice(0, 2) } };
    expect(objects('I27', [record({ readings: null }), trip(200)], none)).toBeNull();
    expect(objects('I27', [record({ readings: null, code: 'x' }), trip(200)], none)).not.toBeNull();
    expect(objects('I27', [record(), trip(200), record(), trip(300)])).toBeNull();
    expect(objects('I27', [record(), trip(200), trip(300)])?.[0]).toBe(300);
  });

  test('comes with every valve told to close, but for a drain', () => {
    const opens = command(10, 'hot', 'open');
    expect(said(opens, record())).toEqual([200, 'hot has not been closed with the trip scald']);
    expect(said(command(10, 'hot', 'renew'), record())).not.toBeNull();
    expect(said(opens, command(20, 'hot', 'close'), record())).toBeNull();
    expect(said(opens, command(20, 'cold', 'close'), record())).not.toBeNull();
    expect(said(opens, booted(20), record())).toBeNull();
    const drained = { station: { ...STREAM, devices: [...STREAM.devices, deviceOf('drain')] } };
    expect(objects('I27', [command(10, 'drain', 'open'), record(), trip(200)], drained)).toBeNull();
    expect(objects('I27', [state(5, 'warm'), opens, record(), trip(200)], drained)).not.toBeNull();
  });
});
