// If these fail, a leak is taken for dry, a full basin for an empty one, or a device that has gone for one that still
// says that all is well.
import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/model/device.ts';
import { Rig } from './replay.ts';

/** What a rig has read so far, without ids and times. */
const said = (rig: Rig): readonly unknown[] =>
  rig.readings.map((reading) => {
    switch (reading.kind) {
      case 'flow':
        return reading.valueLpm;
      case 'level':
        return reading.level?.by === 'float' ? reading.level.high : (reading.level?.litres ?? null);
      case 'leak':
        return reading.leaking;
      case 'presence':
        return reading.present;
      default:
        return reading.kind;
    }
  });

describe('esphome', () => {
  const node = (role: Role, part: Record<string, string>): Rig =>
    new Rig(role, 'esphome', { node: 'n', ...part }).meet();

  it('reads a flow each second, one period old, and nothing that cannot be one', () => {
    const rig = node('flow', { sensor: 'flow' });
    for (const text of ['6.25', '0.00', 'nan', '-1', '900', '']) rig.message('n/sensor/flow/state', text);
    expect(said(rig)).toEqual([6.25, 0, null, null, null, null]);
    expect(rig.readings[0]).toMatchObject({ takenAtMs: rig.atMs - 1_000 });
    expect(rig.device.declaration.sampleMs).toBe(1_000);
  });

  it('reads litres', () => {
    expect(said(node('level', { sensor: 'l' }).message('n/sensor/l/state', '7.9'))).toEqual([7.9]);
  });

  it.each(['leak', 'level', 'presence'] as const)(
    'reads a %s at a binary sensor, and has no period there',
    (role) => {
      const rig = node(role, { binary_sensor: 'b' });
      rig.message('n/binary_sensor/b/state', 'ON').message('n/binary_sensor/b/state', 'OFF');
      expect(said(rig)).toEqual([true, false]);
      expect(rig.device.declaration.sampleMs).toBeNull();
    },
  );

  it('of what lay at the broker only the dangerous side is believed', () => {
    for (const [role, word, expected] of [
      ['leak', 'ON', [true]],
      ['leak', 'OFF', []],
      ['level', 'ON', [true]],
      ['level', 'OFF', []],
      ['presence', 'ON', []],
    ] as const)
      expect(said(node(role, { binary_sensor: 'b' }).message('n/binary_sensor/b/state', word, true))).toEqual(
        expected,
      );
    expect(said(node('flow', { sensor: 's' }).message('n/sensor/s/state', '6', true))).toEqual([]);
  });

  it.each(['flow', 'presence'] as const)('a node that has gone says nothing of the %s', (role) => {
    const rig = node(role, role === 'flow' ? { sensor: 's' } : { binary_sensor: 's' });
    expect(said(rig.message('n/status', 'offline'))).toEqual([null]);
    expect(said(rig.forget().link(false))).toEqual([null]);
  });
});

describe('tasmota', () => {
  const box = (role: Role = 'leak'): Rig => new Rig(role, 'tasmota', { topic: 't', switch: 2 });

  it('detaches its switches from the relays, and asks each second, wanted or not', () => {
    const rig = box().link(true);
    expect(rig.out.map(({ topic, payload }) => `${topic} ${payload}`)).toEqual([
      'cmnd/t/SetOption114 1',
      'cmnd/t/Status 10',
    ]);
    rig.forget().command({ action: 'sample', on: false }).clock().clock();
    expect(rig.out.map(({ topic }) => topic)).toEqual(['cmnd/t/Status', 'cmnd/t/Status']);
  });

  it('reads a change at once, and the state where it is told', () => {
    const rig = box().meet();
    rig.message('stat/t/RESULT', '{"Switch2":{"Action":"ON"}}');
    rig.message('stat/t/RESULT', '{"Switch1":{"Action":"OFF"}}');
    rig.message(
      'stat/t/STATUS10',
      '{"StatusSNS":{"Time":"2026-01-01T00:00:00","Switch1":"ON","Switch2":"OFF"}}',
    );
    rig.message('tele/t/SENSOR', '{"Time":"2026-01-01T00:00:00","Switch2":"ON"}');
    rig.message('stat/t/STATUS10', '{"StatusSNS":{"Time":"2026-01-01T00:00:00","Switch1":"ON"}}');
    expect(said(rig)).toEqual([true, false, true, null]);
  });

  it('believes nothing that was stored, and nothing of a box that has gone', () => {
    const rig = box('presence').meet();
    rig.message('stat/t/RESULT', '{"Switch2":{"Action":"ON"}}', true);
    expect(said(rig)).toEqual([]);
    expect(said(rig.message('tele/t/LWT', 'Offline', true))).toEqual([null]);
  });
});

describe('shelly', () => {
  const input = (role: Role = 'leak'): Rig => new Rig(role, 'shelly', { prefix: 'p', input: 1 });
  const replies = 'ebb/rpc/foot-bath-leak/p/rpc';
  const answer = (rig: Rig, result: unknown): Rig => {
    const question = rig.out.findLast(({ topic }) => topic === 'p/rpc')?.payload ?? '{}';
    const id = /"id":(\d+)/.exec(question)?.[1];
    return rig.message(
      replies,
      `{"id":${id ?? 0},"src":"p","dst":"ebb/rpc/foot-bath-leak/p","result":${JSON.stringify(result)}}`,
    );
  };

  it('asks for the state of its input each second, and is told a change at once', () => {
    const rig = input().link(true);
    expect(rig.out.at(-1)?.payload).toContain('"method":"Input.GetStatus","params":{"id":1}');
    answer(rig, { id: 1, state: false });
    rig.message(
      'p/events/rpc',
      '{"src":"p","dst":"p/events","method":"NotifyStatus","params":{"ts":1,"input:1":{"id":1,"state":true}}}',
    );
    rig.message(
      'p/events/rpc',
      '{"src":"p","dst":"p/events","method":"NotifyStatus","params":{"ts":1,"input:0":{"id":0,"state":false}}}',
    );
    expect(said(rig)).toEqual([false, true]);
    const askedMs = rig.atMs;
    expect(rig.forget().clock().atMs).toBe(askedMs + 1_000);
    expect(rig.out).toHaveLength(1);
  });

  it('an input that is a button has no state, which is said once', () => {
    const rig = input().link(true);
    for (let turn = 0; turn < 2; turn += 1) answer(rig, { id: 1, state: null }).clock();
    expect(said(rig)).toEqual([null, null]);
    expect(rig.faults.filter(({ type }) => type === 'refused')).toMatchObject([
      { message: 'input 1 cannot be read: it has no state: set it to type switch' },
    ]);
  });

  it('one that answers no more has gone', () => {
    const rig = answer(input().link(true), { id: 1, state: true });
    for (let turn = 0; turn < 9; turn += 1) rig.clock();
    expect(said(rig)).toEqual([true, null]);
  });
});

describe('zigbee2mqtt', () => {
  it('reads water_leak and occupancy, each by its property', () => {
    const leak = new Rig('leak', 'zigbee2mqtt', { name: 'under the bath' }).meet();
    leak.message('zigbee2mqtt/under the bath', '{"water_leak":true,"battery":90}');
    leak.message('zigbee2mqtt/under the bath', '{"battery":90}');
    leak.message('zigbee2mqtt/under the bath', '{"water_leak":false}', true);
    expect(said(leak)).toEqual([true]);
    const there = new Rig('presence', 'zigbee2mqtt', { name: 'mat', property: 'presence' }).meet();
    there
      .message('zigbee2mqtt/mat', '{"presence":true,"occupancy":false}')
      .message('zigbee2mqtt/mat', '{"presence":"?"}');
    expect(said(there)).toEqual([true, null]);
  });

  it('a bridge that has gone takes what it said with it', () => {
    const rig = new Rig('presence', 'zigbee2mqtt', { name: 'mat' }).meet();
    rig
      .message('zigbee2mqtt/bridge/state', '{"state":"online"}')
      .message('zigbee2mqtt/mat', '{"occupancy":true}');
    expect(said(rig.message('zigbee2mqtt/bridge/state', '{"state":"offline"}'))).toEqual([true, null]);
  });
});

describe('mqtt', () => {
  const thing = (role: Role, options: Record<string, unknown>): Rig =>
    new Rig(role, 'mqtt', { state: 's', ...options }).meet();

  it('reads a figure where the config says, in its units', () => {
    const rig = thing('flow', { every: '1 s', value: '/flow', scale: 16.667 });
    rig.message('s', '{"flow":0.36}').message('s', '{"flow":"no"}').message('s', '{"other":1}');
    expect(said(rig)).toEqual([expect.closeTo(6, 3), null]);
    expect(rig.readings[0]).toMatchObject({ takenAtMs: rig.atMs - 1_000 });
  });

  it('reads words that the config explains; one that it does not explain is no value', () => {
    const rig = thing('leak', { map: { 1: 'wet', 0: 'dry' } });
    expect(said(rig.message('s', '1').message('s', '0').message('s', 'maybe'))).toEqual([true, false, null]);
    const float = thing('level', { every: '1 s', map: { up: 'high', down: 'low' } });
    expect(said(float.message('s', 'up').message('s', 'down'))).toEqual([true, false]);
  });

  it('believes of what was stored only that it is wet, or full; who is there is marked as stored', () => {
    const rig = thing('leak', { map: { wet: 'wet', dry: 'dry' } });
    expect(said(rig.message('s', 'dry', true).message('s', 'wet', true))).toEqual([true]);
    const there = thing('presence', { map: { yes: 'present', no: 'absent' } });
    // Who was there is marked: a desk believes it, water never does (test/controller/retained.test.ts).
    expect(there.message('s', 'yes', true).readings).toMatchObject([{ present: true, retained: true }]);
    expect(said(thing('flow', { every: '1 s' }).message('s', '6', true))).toEqual([]);
  });

  it('is silent without a link', () => {
    expect(said(thing('flow', { every: '1 s' }).link(false))).toEqual([null]);
  });
});
