/**
 * If these fail, the driver is tested against a bridge that nobody owns: one whose relays need it to close, whose
 * memory is always right, whose commands never meet in the air, or whose list comes before it listens.
 */
import { describe, expect, test } from 'vitest';
import { Zigbee2mqtt, type Paired } from '../../firmware-sim/gadgets/zigbee2mqtt.ts';
import { createWorld } from './support.ts';

function bench(more: readonly (readonly [string, Paired])[] = []) {
  const world = createWorld();
  const relays = { l1: false, l2: false };
  const port = (name: 'l1' | 'l2') => ({ set: (on: boolean) => void (relays[name] = on) });
  const valves: Paired = {
    kind: 'relays',
    ports: new Map([
      ['l1', port('l1')],
      ['l2', port('l2')],
    ]),
  };
  const gadget = new Zigbee2mqtt({
    clock: world.clock,
    seed: 1,
    connect: world.broker.connect,
    base: 'z',
    paired: new Map([['valves', valves], ...more]),
  });
  world.wait(1_000);
  world.heard();
  const set = (body: Readonly<Record<string, unknown>>): void => {
    world.say('z/valves/set', JSON.stringify(body));
  };
  return { ...world, gadget, relays, set };
}

describe('a countdown', () => {
  test('closes its relay without bridge, broker or us', () => {
    const { set, wait, relays, gadget } = bench();
    set({ state_l1: 'ON', countdown_l1: 20 });
    wait(1_000);
    gadget.disconnect();
    wait(18_900);
    expect(relays.l1).toBe(true);
    wait(500);
    expect(relays).toEqual({ l1: false, l2: false });
  });

  test('goes on through a restart of the bridge, which then repeats what it remembers', () => {
    const { set, wait, relays, gadget, heard } = bench();
    set({ state_l1: 'ON', countdown_l1: 5 });
    wait(1_000);
    gadget.reboot();
    heard();
    wait(10_000);
    expect(relays.l1).toBe(false);
    expect(heard().filter((line) => line.startsWith('z/valves '))).toEqual([
      expect.stringMatching(/"countdown_l1":5.*"state_l1":"ON"/),
    ]);
  });

  test('is renewed by both keys, and ended by any on or off', () => {
    const { set, wait, relays } = bench();
    for (let each = 0; each < 4; each += 1) {
      set({ state_l2: 'ON', countdown_l2: 10 });
      wait(6_000);
    }
    expect(relays.l2).toBe(true);
    set({ state_l2: 'ON' });
    wait(60_000);
    expect(relays.l2).toBe(true);
    set({ state_l2: 'OFF' });
    wait(60_000);
    expect(relays.l2).toBe(false);
  });

  test('alone is a toggle that comes later: it turns a closed relay on', () => {
    const { set, wait, relays, heard } = bench();
    set({ countdown_l1: 10 });
    wait(9_000);
    expect(heard()).toEqual([]);
    expect(relays.l1).toBe(false);
    wait(2_000);
    expect(relays.l1).toBe(true);
  });

  test('and a close between its two commands leave a closed relay that turns itself on', () => {
    const { set, wait, relays } = bench();
    set({ state_l1: 'ON', countdown_l1: 30 });
    wait(62);
    set({ state_l1: 'OFF' });
    wait(2_000);
    expect(relays.l1).toBe(false);
    wait(30_000);
    expect(relays.l1).toBe(true);
  });

  test('is never sent by a bridge that died after the first command: the relay stays on', () => {
    const { set, wait, relays, gadget } = bench();
    set({ state_l1: 'ON', countdown_l1: 30 });
    for (let ms = 0; ms < 200 && !relays.l1; ms += 1) wait(1);
    gadget.reboot();
    wait(120_000);
    expect(relays.l1).toBe(true);
  });

  test.each([0.5, -1, 43_201, '30'])('of %j is refused in the log', (seconds) => {
    const { set, wait, relays, heard } = bench();
    set({ state_l1: 'ON', countdown_l1: seconds });
    wait(500);
    expect(relays.l1).toBe(false);
    expect(heard()).toEqual([expect.stringContaining('countdown must be an integer')]);
  });
});

describe('the bridge', () => {
  test('says online first, then its devices, and hears nothing until then', () => {
    const { gadget, wait, heard, set, relays, broker } = bench();
    gadget.reboot();
    heard();
    broker.say('z/nothing', '');
    for (let ms = 0; ms < 9_000; ms += 50) {
      wait(50);
      if (broker.log.at(-1)?.payload === '{"state":"online"}') set({ state_l1: 'ON' });
    }
    expect(heard().map((line) => line.split(' ')[0])).toEqual([
      'z/bridge/state',
      'z/bridge/state',
      'z/bridge/devices',
    ]);
    expect(relays.l1).toBe(false);
    expect(broker.retained('z/bridge/state')).toBe('{"state":"online"}');
    expect(broker.retained('z/bridge/devices')).toContain('"friendly_name":"valves"');
  });

  test('that loses its network is buried after one and a half keep-alives', () => {
    const { gadget, wait, broker } = bench();
    gadget.disconnect();
    wait(89_000);
    expect(broker.retained('z/bridge/state')).toBe('{"state":"online"}');
    wait(2_000);
    expect(broker.retained('z/bridge/state')).toBe('{"state":"offline"}');
  });

  test('logs what could not be delivered, the same only once in a row', () => {
    const { gadget, wait, set, heard } = bench();
    gadget.device('valves')?.route(false);
    set({ state_l1: 'OFF' });
    wait(11_000);
    set({ state_l1: 'OFF' });
    wait(11_000);
    expect(heard()).toEqual([
      expect.stringMatching(/^z\/bridge\/logging .*Publish 'set' 'state' to 'valves' failed/),
    ]);
  });

  test('names what it does not know', () => {
    const { say, wait, heard } = bench([['odd', { kind: 'other', listing: {} }]]);
    say('z/nobody/set', '{"state":"ON"}');
    say('z/odd/set', '{"state":"ON"}');
    say('z/valves/set', 'nonsense');
    wait(500);
    expect(heard()).toEqual([
      expect.stringContaining("Entity 'nobody' is unknown"),
      expect.stringContaining("Cannot publish to unsupported device 'odd'"),
      expect.stringContaining('Invalid message'),
    ]);
  });

  test('takes the bare words and the attribute topics as well', () => {
    const { say, wait, relays } = bench();
    say('z/valves/set/state_l1', 'ON');
    wait(500);
    expect(relays.l1).toBe(true);
  });

  test('a relay comes back from a power cut as it is set to, without a countdown, and announces itself', () => {
    const { set, wait, relays, gadget, heard } = bench();
    set({ power_on_behavior: 'previous' });
    set({ state_l1: 'ON', countdown_l1: 10 });
    wait(1_000);
    heard();
    gadget.device('valves')?.powerCycle();
    wait(60_000);
    expect(relays.l1).toBe(true);
    expect(heard()).toEqual([expect.stringContaining('"type":"device_announce"')]);
    set({ power_on_behavior: 'off' });
    wait(500);
    gadget.device('valves')?.powerCycle();
    expect(relays.l1).toBe(false);
  });
});
