// If these fail, a station in simulation is not wired like the one in the config: the wrong valve opens, a person
// with no button cannot begin, or feet are in the water when nobody may be.
import { describe, expect, test } from 'vitest';
import { createRig, type RigOptions } from '../../firmware-sim/rig.ts';
import { ConfigError } from '../../src/model/errors.ts';
import type { DeviceSettings } from '../../src/model/station.ts';
import { ALL_DRAWN, createWorld, device } from './support.ts';

const TASMOTA_BATH: readonly DeviceSettings[] = [
  device('bath-hot', 'hot', 'tasmota', { topic: 'foot-bath', relay: 1 }),
  device('bath-cold', 'cold', 'tasmota', { topic: 'foot-bath', relay: 2 }),
  device('bath-probe', 'thermometer', 'tasmota', { topic: 'foot-bath', sensor: 'DS18B20' }),
  device('bath-button', 'button', 'tasmota', { topic: 'foot-bath', button: 1 }),
  device('bath-buzzer', 'buzzer', 'tasmota', { topic: 'foot-bath', buzzer: true }),
];

const ESPHOME_MIXER: readonly DeviceSettings[] = [
  device('mixer', 'mixer', 'esphome', { node: 'ebb-shower', mixer: 'main' }),
  device('probe', 'thermometer', 'esphome', { node: 'ebb-shower', sensor: 'water' }),
  device('lamp', 'light', 'esphome', { node: 'ebb-shower', light: 'ring' }),
  device('stop', 'stop', 'esphome', { node: 'ebb-shower', binary_sensor: 'stop' }),
];

function build(devices: readonly DeviceSettings[], more: Partial<RigOptions> = {}) {
  const world = createWorld();
  const plumbing = devices.some(({ role }) => role === 'mixer') ? 'mixer' : 'two-valves';
  const rig = createRig({
    clock: world.clock,
    seed: 5,
    connect: world.broker.connect,
    station: { id: 'foot-bath', devices, plumbing },
    plant: ALL_DRAWN,
    person: null,
    ...more,
  });
  const state = (phase: string, exposed: boolean, prompt: string | null = null): void => {
    const question =
      prompt === null ? null : { id: prompt, text: 'still OK?', answer_by: '2026-01-01T00:00:30Z' };
    world.say(
      'ebb/foot-bath/state',
      JSON.stringify({ phase, exposed, prompt: question, state: 'running' }),
      true,
    );
  };
  world.wait(3_000);
  world.heard();
  return { ...world, rig, state };
}

describe('wiring', () => {
  test('one box speaks for all devices of one topic, over one connection', () => {
    const { rig, broker } = build(TASMOTA_BATH);
    expect(rig.gadgets.map(({ name }) => name)).toEqual(['tasmota:foot-bath']);
    expect([...broker.clients].map(({ options }) => options.clientId)).toEqual([
      'DVES_foot-bath',
      'sim-person-foot-bath',
    ]);
    expect(rig.gadgetOf('bath-cold')).toBe(rig.gadgetOf('bath-hot'));
  });

  test('the relay of the hot valve runs hot water, and the probe feels it', () => {
    const { rig, say, wait, heard } = build(TASMOTA_BATH);
    say('cmnd/foot-bath/TimedPower1', '60000');
    wait(40_000);
    expect(rig.plant.isOpen('hot')).toBe(true);
    expect(rig.plant.isOpen('cold')).toBe(false);
    heard();
    say('cmnd/foot-bath/Status', '10');
    wait(100);
    const shownC = Number(/"Temperature":([\d.]+)/.exec(heard().join())?.[1]);
    expect(Math.abs(shownC - rig.drawn.guard_c)).toBeLessThan(0.5);
    wait(25_000);
    expect(rig.plant.isOpen('hot')).toBe(false);
  });

  test('a mixer follows the setpoint of its lease', () => {
    const { rig, say, wait } = build(ESPHOME_MIXER);
    for (let each = 0; each < 4; each += 1) {
      say('ebb-shower/lease', '{"valve":"main","ms":20000,"target_c":36.5}');
      wait(10_000);
    }
    expect(rig.plant.waterC()).toBeCloseTo(36.5, 1);
    wait(11_000);
    expect(rig.plant.isOpen('mixer')).toBe(false);
  });

  test('lamps and buzzers remember what they were told', () => {
    const bath = build(TASMOTA_BATH);
    bath.say('cmnd/foot-bath/Buzzer', '3,2,1');
    bath.wait(100);
    expect(bath.rig.indicators.get('bath-buzzer')?.shown.map(({ what }) => what)).toEqual(['3 x 200/100 ms']);
    const shower = build(ESPHOME_MIXER);
    shower.say('ebb-shower/light/ring/command', '{"state":"ON","color":{"r":255,"g":80,"b":0}}');
    shower.wait(100);
    expect(shower.rig.indicators.get('lamp')?.shown.at(-1)?.what).toBe('255,80,0 at 255');
  });

  test('a driver without simulated hardware is named', () => {
    expect(() => build([device('x', 'hot', 'hue', {})])).toThrow(ConfigError);
    expect(() => build([device('x', 'hot', 'hue', {})])).toThrow(/x cannot be simulated.*"hue"/);
    expect(() => build([device('x', 'hot', 'tasmota', { topic: 'a' })])).toThrow(/one of relay/);
  });

  test('water devices of a station in cue mode are there and shut', () => {
    const { rig } = build(TASMOTA_BATH, {
      station: { id: 'foot-bath', devices: TASMOTA_BATH, plumbing: 'cues' },
    });
    expect(rig.plant.isOpen('hot')).toBe(false);
  });

  test('the same seed gives the same bytes at the same times', () => {
    const run = () => {
      const { say, wait, broker } = build(TASMOTA_BATH);
      say('cmnd/foot-bath/TimedPower1', '5000');
      wait(20_000);
      return broker.log;
    };
    expect(run()).toEqual(run());
  });

  test('closing the rig shuts the water and stops every timer', async () => {
    const { rig, say, wait, clock, broker } = build([...TASMOTA_BATH], {
      person: { presses: true, answers: true },
    });
    say('cmnd/foot-bath/TimedPower1', '60000');
    wait(2_000);
    await rig.close();
    wait(1_000);
    expect(rig.plant.isOpen('hot')).toBe(false);
    expect(broker.clients.size).toBe(0);
    expect(clock.nextAtMs()).toBeNull();
  });
});

describe('faults by hand', () => {
  test('a cut probe, a jammed valve, a lost network and a reboot each do what they say', () => {
    const { rig, say, wait, heard, broker } = build(TASMOTA_BATH);
    rig.faults.probe('bath-probe', () => NaN);
    wait(14_000);
    heard();
    say('cmnd/foot-bath/Status', '10');
    wait(100);
    expect(heard().join()).not.toContain('Temperature');
    rig.faults.probe('bath-probe', null);
    wait(4_000);
    say('cmnd/foot-bath/Status', '10');
    wait(100);
    expect(heard().join()).toContain('Temperature');
    rig.faults.jam('cold', true);
    wait(1_000);
    expect(rig.plant.isOpen('cold')).toBe(true);
    rig.faults.reboot('bath-hot');
    wait(6_000);
    rig.faults.disconnect('bath-hot');
    wait(46_000);
    expect(broker.retained('tele/foot-bath/LWT')).toBe('Offline');
    rig.faults.reconnect('bath-hot');
    wait(2_000);
    expect(broker.retained('tele/foot-bath/LWT')).toBe('Online');
  });
});

describe('hands', () => {
  test('a press is heard as the button of the box says it', () => {
    const { rig, wait, heard } = build(TASMOTA_BATH);
    rig.press();
    wait(1_000);
    expect(heard()).toContain('stat/foot-bath/RESULT {"Button1":{"Action":"SINGLE"}}');
  });

  test('where there is no button, begin and stop are sent as a page would send them', () => {
    const { rig, wait, heard } = build(TASMOTA_BATH.filter(({ role }) => role !== 'button'));
    rig.press();
    rig.pressStop();
    wait(100);
    expect(heard()).toEqual([
      'ebb/foot-bath/set {"command":"begin"}',
      'ebb/foot-bath/set {"command":"stop"}',
    ]);
    const shower = build(ESPHOME_MIXER);
    shower.rig.pressStop();
    shower.wait(50);
    expect(shower.heard()).toContain('ebb-shower/binary_sensor/stop/state ON');
  });
});

describe('person', () => {
  const KEEN = { presses: true, answers: true };
  const SINGLE = 'stat/foot-bath/RESULT {"Button1":{"Action":"SINGLE"}}';

  test('a ready station is begun within 1 to 5 s and once only', () => {
    const { state, wait, heard } = build(TASMOTA_BATH, { person: KEEN });
    state('ready', false);
    wait(999);
    expect(heard()).not.toContain(SINGLE);
    wait(5_000);
    expect(heard()).toContain(SINGLE);
    state('warm', true);
    wait(60_000);
    expect(heard()).not.toContain(SINGLE);
  });

  test('a press that changed nothing is repeated, and never in another phase', () => {
    const { state, wait, heard } = build(TASMOTA_BATH, { person: KEEN });
    state('ready', false);
    wait(6_000);
    expect(heard().filter((line) => line === SINGLE)).toHaveLength(1);
    wait(9_000);
    expect(heard().filter((line) => line === SINGLE)).toHaveLength(1);
    state('preparing', false);
    wait(30_000);
    expect(heard()).not.toContain(SINGLE);
  });

  test('feet go in 1 to 5 s after contact is permitted, and out 1 to 5 s after it is not', () => {
    const { rig, state, wait, clock } = build(TASMOTA_BATH, { person: KEEN });
    const permittedMs = clock.nowMs();
    state('warm', true);
    wait(6_000);
    expect(rig.person?.feetIn).toBe(true);
    wait(20_000);
    const deniedMs = clock.nowMs();
    state('drying', false);
    wait(6_000);
    expect(rig.person?.feetIn).toBe(false);
    const [interval] = rig.person?.intervals() ?? [];
    expect((interval?.inAtMs ?? 0) - permittedMs).toSatisfy((ms: number) => ms >= 1_000 && ms <= 5_001);
    expect((interval?.outAtMs ?? 0) - deniedMs).toSatisfy((ms: number) => ms >= 1_000 && ms <= 5_001);
  });

  test('feet that were not in yet stay out when the permission is withdrawn', () => {
    const { rig, state, wait } = build(TASMOTA_BATH, { person: KEEN });
    state('warm', true);
    wait(500);
    state('fault', false);
    wait(20_000);
    expect(rig.person?.intervals()).toEqual([]);
  });

  test('what the feet felt is the true water', () => {
    const { rig, say, state, wait } = build(TASMOTA_BATH, { person: KEEN });
    say('cmnd/foot-bath/TimedPower1', '300000');
    wait(60_000);
    state('warm', true);
    wait(66_000);
    const contact = rig.person?.contact();
    const warmC = rig.drawn.guard_c;
    expect(contact?.seconds).toBeGreaterThan(60);
    expect(contact?.maxC).toBeCloseTo(warmC, 1);
    expect(contact?.minC).toBeCloseTo(warmC, 1);
    expect(contact?.warmS).toBe(contact?.seconds);
    expect(contact?.coldS).toBe(0);
    const perSecond = 1 / Math.exp(113.4 - 28.3 * Math.log(warmC));
    expect(contact?.dose).toBeCloseTo((contact?.seconds ?? 0) * perSecond, 3);
  });

  test('a question is answered once, by those who answer', () => {
    const keen = build(TASMOTA_BATH, { person: KEEN });
    keen.state('warm', true, 'q1');
    keen.state('warm', true, 'q1');
    keen.wait(10_000);
    const answers = keen.heard().filter((line) => line === 'ebb/foot-bath/set {"command":"answer"}');
    expect(answers).toHaveLength(1);
    const silent = build(TASMOTA_BATH, { person: { presses: false, answers: false } });
    silent.state('ready', false, 'q1');
    silent.wait(30_000);
    const said = silent.heard();
    expect(said).not.toContain('ebb/foot-bath/set {"command":"answer"}');
    expect(said).not.toContain(SINGLE);
  });

  test('a state that cannot be read moves nobody', () => {
    const { rig, say, wait } = build(TASMOTA_BATH, { person: KEEN });
    for (const payload of ['', '{', 'null', '{"phase":"warm"}', '{"phase":"hot","exposed":true}']) {
      say('ebb/foot-bath/state', payload);
    }
    wait(10_000);
    expect(rig.person?.intervals()).toEqual([]);
  });
});
