// If these fail, a simulated Shelly is kinder than a real one: a timer that a close does not end, an output that stays
// off after a power cut though its settings say on, a button that is told when nobody would hear it.
import { describe, expect, test } from 'vitest';
import { Shelly, type ShellyOptions } from '../../firmware-sim/gadgets/shelly.ts';
import { createWorld } from './support.ts';

const set = (id: number, values: object) => ({ method: 'Switch.SetConfig', params: { id, config: values } });

/** A box with two outputs, a probe and two inputs, long after its power-up. */
function bench(commissioned: ShellyOptions['commissioned'] = []) {
  const world = createWorld();
  const outputs = [false, false];
  const probe = { valueC: 20.62 };
  const box = new Shelly({
    clock: world.clock,
    seed: 1,
    connect: world.broker.connect,
    mac: '90150689487C',
    prefix: 'bath',
    switches: outputs.map((_, id) => ({ set: (on: boolean) => void (outputs[id] = on) })),
    probes: new Map([[100, { read: () => probe.valueC }]]),
    inputs: [0, 1],
    commissioned: [
      { method: 'Input.SetConfig', params: { id: 0, config: { type: 'button' } } },
      ...commissioned,
    ],
  });
  world.wait(2_500);
  world.heard();
  /** What it answers, and everything else it says, without times. */
  const call = (method: string, params: object, id: number | string = 1): readonly string[] => {
    world.say('bath/rpc', JSON.stringify({ id, src: 'me', method, params }));
    world.wait(100);
    return said();
  };
  const said = (): readonly string[] =>
    world.heard().map((line) => line.replaceAll(/"(ts|timer_started_at)":[\d.]+/g, '"$1":0'));
  return { ...world, box, outputs, probe, call, said };
}

const reply = (outcome: string): string =>
  `me/rpc {"id":1,"src":"shellyplus2pm-90150689487c","dst":"me",${outcome}}`;
const told = (component: string, status: string): string =>
  `bath/events/rpc {"src":"shellyplus2pm-90150689487c","dst":"bath/events","method":"NotifyStatus","params":{"ts":0,"${component}":${status}}}`;

describe('the way in', () => {
  test('it says that it is there, and its will, without leaving either at the broker', () => {
    const { broker, box, wait, clock } = bench();
    expect(broker.log[0]).toMatchObject({ topic: 'bath/online', payload: 'true', retain: false });
    box.disconnect();
    wait(91_000);
    expect(broker.log.at(-1)).toMatchObject({ topic: 'bath/online', payload: 'false', retain: false });
    expect(clock.nowMs()).toBeGreaterThan(90_000);
  });

  test('what it does not know or have is an error, what is no request is nothing', () => {
    const { call, say, wait, said } = bench();
    expect(call('Foo.Bar', {})).toEqual([reply('"error":{"code":404,"message":"No handler for Foo.Bar"}')]);
    expect(call('Switch.Set', { id: 7, on: true })).toEqual([
      reply(`"error":{"code":-105,"message":"Argument 'id', value 7 not found!"}`),
    ]);
    expect(call('Switch.Set', { id: 0 })).toEqual([
      reply(`"error":{"code":-103,"message":"Invalid argument 'on'!"}`),
    ]);
    expect(call('Switch.SetConfig', { id: 0, config: { auto_of: true } })).toEqual([
      reply(`"error":{"code":-103,"message":"Invalid argument 'auto_of'!"}`),
    ]);
    say('bath/rpc', '{"id":1');
    say('bath/rpc', '[]');
    wait(100);
    expect(said()).toEqual([]);
  });

  test('a request with a word for an id is answered under it; one without a sender is carried out in silence', () => {
    const { call, say, wait, outputs, said } = bench();
    expect(call('Sys.GetStatus', {}, 'q')[0]).toContain('"id":"q"');
    say('bath/rpc', '{"id":1,"method":"Switch.Set","params":{"id":0,"on":true}}');
    wait(100);
    expect(outputs).toEqual([true, false]);
    expect(said().every((line) => line.startsWith('bath/events/rpc'))).toBe(true);
  });
});

describe('timers', () => {
  test('toggle_after switches back by itself, and says that the timer did it', () => {
    const { call, wait, outputs, said } = bench();
    call('Switch.Set', { id: 0, on: true, toggle_after: 2.5 });
    wait(2_300);
    expect(outputs[0]).toBe(true);
    expect(said()).toEqual([]);
    wait(200);
    expect(outputs[0]).toBe(false);
    expect(said()).toEqual([
      told(
        'switch:0',
        '{"id":0,"output":false,"source":"timer","timer_duration":null,"timer_started_at":null}',
      ),
    ]);
  });

  test('it runs without a network', () => {
    const { call, wait, outputs, box } = bench();
    call('Switch.Set', { id: 0, on: true, toggle_after: 5 });
    box.disconnect();
    wait(5_000);
    expect(outputs[0]).toBe(false);
  });

  test('sent again it begins anew, and a close ends it', () => {
    const { call, wait, outputs } = bench();
    for (let each = 0; each < 4; each += 1) {
      call('Switch.Set', { id: 0, on: true, toggle_after: 2 });
      wait(1_500);
      expect(outputs[0]).toBe(true);
    }
    call('Switch.Set', { id: 0, on: false });
    wait(10_000);
    expect(outputs[0]).toBe(false);
  });

  test('with an off it turns back on: a deadline must never go with a close', () => {
    const { call, wait, outputs } = bench();
    call('Switch.Set', { id: 0, on: false, toggle_after: 2 });
    wait(2_000);
    expect(outputs[0]).toBe(true);
  });

  test('the ceiling closes what was opened without a time, and does not lengthen a shorter one', () => {
    const { call, wait, outputs } = bench([set(0, { auto_off: true, auto_off_delay: 45 })]);
    call('Switch.Set', { id: 0, on: true });
    wait(44_800);
    expect(outputs[0]).toBe(true);
    wait(200);
    expect(outputs[0]).toBe(false);
    call('Switch.Set', { id: 0, on: true, toggle_after: 3 });
    wait(3_000);
    expect(outputs[0]).toBe(false);
  });

  test('the control topic knows times too, and says what it does not know', () => {
    const { say, wait, outputs, said } = bench();
    say('bath/command/switch:1', 'on,2');
    wait(1_900);
    expect(outputs).toEqual([false, true]);
    wait(200);
    expect(outputs).toEqual([false, false]);
    said();
    say('bath/command/switch:1', 'open');
    wait(100);
    expect(said()).toEqual(['bath/error/switch:1 Invalid command: open']);
  });
});

describe('power', () => {
  test.each([
    ['off', false],
    ['on', true],
    ['restore_last', true],
    ['match_input', false],
  ])('a cut of the power while on, with initial_state %s: on is %s', (state, on) => {
    const { call, box, outputs, wait } = bench([set(0, { initial_state: state })]);
    call('Switch.Set', { id: 0, on: true, toggle_after: 30 });
    box.reboot();
    expect(outputs[0]).toBe(on);
    wait(60_000);
    // Its timer did not survive: what came back on stays on.
    expect(outputs[0]).toBe(on);
  });

  test('an overheated output goes off, says why, and takes no on until it has recovered', () => {
    const { call, box, outputs } = bench();
    call('Switch.Set', { id: 0, on: true, toggle_after: 30 });
    box.fail(0, ['overtemp']);
    expect(outputs[0]).toBe(false);
    call('Switch.Set', { id: 0, on: true, toggle_after: 30 });
    expect(outputs[0]).toBe(false);
    expect(call('Switch.GetStatus', { id: 0 })[0]).toContain('"errors":["overtemp"]');
    box.fail(0, []);
    call('Switch.Set', { id: 0, on: true, toggle_after: 30 });
    expect(outputs[0]).toBe(true);
  });
});

describe('senses', () => {
  test('a temperature is told when it changed by half a degree, and each minute', () => {
    const { probe, wait, broker } = bench();
    const count = () => broker.log.filter(({ payload }) => payload.includes('temperature:100')).length;
    const before = count();
    probe.valueC = 20.9;
    wait(5_000);
    expect(count()).toBe(before);
    probe.valueC = 21.3;
    wait(1_000);
    expect(count()).toBe(before + 1);
    wait(60_000);
    expect(count()).toBe(before + 2);
  });

  test('a broken probe has no temperature, and an error', () => {
    const { probe, wait, call, said } = bench();
    probe.valueC = NaN;
    wait(1_100);
    said();
    expect(call('Temperature.GetStatus', { id: 100 })).toEqual([
      reply('"result":{"id":100,"tC":null,"tF":null,"errors":["read"]}'),
    ]);
  });

  test('a button that is not detached moves its relay; a detached one does not', () => {
    for (const [mode, on] of [
      ['momentary', true],
      ['detached', false],
    ] as const) {
      const { box, wait, outputs } = bench([set(0, { in_mode: mode })]);
      box.press(0, { times: 1 });
      wait(1_000);
      expect(outputs[0]).toBe(on);
    }
  });
});
