// If this fails, a config with topics of one's own is tried on hardware that does not say what the config expects, and
// the try proves nothing.
import { Contact } from '../../firmware-sim/contact.ts';
import { describe, expect, test } from 'vitest';
import { buildBoxes } from '../../firmware-sim/boxes/index.ts';
import type { Wiring } from '../../firmware-sim/boxes/box.ts';
import type { Press } from '../../firmware-sim/gadgets/ports.ts';
import { Indicator } from '../../firmware-sim/indicator.ts';
import type { Role } from '../../src/model/device.ts';
import { ConfigError } from '../../src/model/errors.ts';
import { createWorld, device } from './support.ts';

/** One thing in a world of its own, and what it is wired to. */
function build(role: Role, options: Record<string, unknown>) {
  const world = createWorld();
  const shown = new Indicator(() => world.clock.nowMs());
  const water = { valueC: 38 };
  const wiring: Wiring = {
    relay: () => shown,
    mixer: () => ({ set: () => undefined, setTarget: () => undefined }),
    contact: () => new Contact(),
    probe: () => ({ read: () => water.valueC }),
    buzzer: () => shown,
    lamp: () => shown,
    notice: () => shown,
  };
  const box = buildBoxes(
    { clock: world.clock, seed: 1, connect: world.broker.connect, plug: world.plug, wiring },
    [device('thing', role, 'mqtt', options)],
  ).get('thing');
  if (box === undefined) throw new Error('there is no box');
  world.wait(2_000);
  world.heard();
  const press = (how: Press): readonly string[] => {
    box.buttons.get('thing')?.(how);
    world.wait(10_000);
    return world.heard();
  };
  return { ...world, gadget: box.gadget, shown, water, press, has: [...box.buttons.keys()] };
}

describe('a thermometer', () => {
  test.each([
    [{}, '38'],
    [{ scale: 0.001 }, '38000'],
    [{ unit: 'fahrenheit' }, '100.4'],
    [{ scale: 0.1, offset: 3 }, '350'],
    [{ value: '/water/temp' }, '{"water":{"temp":38}}'],
    [{ value: '/probes/1/~1t~0' }, '{"probes":[null,{"/t~":38}]}'],
    [{ value: '' }, '38'],
  ])('%j says %s', (more, payload) => {
    const { wait, heard } = build('thermometer', { state: 'p', every: '1 s', ...more });
    wait(1_000);
    expect(heard()).toEqual([`p ${payload}`]);
  });

  test('speaks as often as the config says, and says when its probe is broken', () => {
    const { wait, heard, water } = build('thermometer', { state: 'p', every: '500 ms' });
    wait(10_000);
    expect(heard()).toHaveLength(20);
    water.valueC = NaN;
    wait(500);
    expect(heard()).toEqual(['p nan']);
  });

  test('without its network it is silent, and nothing of that time is told later', () => {
    const { wait, heard, gadget } = build('thermometer', { state: 'p', every: '1 s' });
    gadget.disconnect();
    wait(10_000);
    expect(heard()).toEqual([]);
    gadget.reconnect();
    wait(5_000);
    const said = heard();
    expect(said).toContain('p/availability online');
    expect(said.filter((line) => line.startsWith('p ')).length).toBeLessThanOrEqual(5);
  });
});

describe('a button', () => {
  const map = { pressed: 'press', twice: 'double', held: 'hold', up: 'release' };

  test('says its own words', () => {
    const { press } = build('button', { state: 'b', map });
    expect(press({ times: 1 })).toEqual(['b pressed']);
    expect(press({ times: 2 })).toEqual(['b twice']);
    expect(press({ holdMs: 200 })).toEqual(['b pressed']);
    expect(press({ holdMs: 6_000 })).toEqual(['b held', 'b up']);
  });

  test('that knows only one word says it each time', () => {
    const { press } = build('button', { state: 'b', value: '/value', map: { 1315156: 'press' } });
    expect(press({ times: 2 })).toEqual(['b {"value":1315156}', 'b {"value":1315156}']);
    expect(press({ holdMs: 6_000 })).toEqual(['b {"value":1315156}']);
  });

  test('a stop device that maps nothing says something', () => {
    expect(build('stop', { state: 's' }).press({ times: 1 })).toEqual(['s pressed']);
    expect(build('stop', { state: 's', map: { up: 'release' } }).press({ times: 1 })).toEqual(['s up']);
  });
});

describe('a lamp and a buzzer', () => {
  test('do what the payloads of the config mean, and nothing else', () => {
    const payload = { on: 'ON', off: 'OFF', warm: '#ff7828' };
    const { say, wait, shown } = build('light', { set: 'l/set', payload });
    for (const each of ['ON', '#ff7828', 'TOGGLE', 'OFF']) {
      say('l/set', each);
      wait(1_000);
    }
    expect(shown.shown.map(({ what }) => what)).toEqual([
      'off',
      '255,255,255 at 255',
      '255,120,40 at 255',
      'off',
    ]);
  });

  test('say back what they were told, and fall silent with their power', () => {
    const { say, wait, heard, shown, gadget, has } = build('buzzer', {
      set: 'z/set',
      state: 'z',
      payload: { on: '1', off: '0' },
    });
    say('z/set', '1');
    wait(1_000);
    expect(heard()).toEqual(['z 1']);
    gadget.reboot();
    expect(shown.shown.map(({ what }) => what)).toEqual(['off', 'on', 'off']);
    expect(has).toEqual([]);
  });
});

test('what cannot be simulated says why', () => {
  expect(() => build('hot', { set: 'v', payload: { on: '1', off: '0' } })).toThrow(ConfigError);
  expect(() => build('thermometer', { state: 'p', every: '1 s', value: '/__proto__/x' })).toThrow(
    /__proto__/,
  );
});
