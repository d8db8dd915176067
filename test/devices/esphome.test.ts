/**
 * If this fails, a valve of an ESPHome node may be opened without a lease, renewed after the node has closed it,
 * believed on the strength of an old retained state, or a person's button press may be lost.
 */
import { describe, expect, it } from 'vitest';
import type { Cue } from '../../src/model/device.ts';
import { clock, close, open, renew, replay, Rig } from './replay.ts';

const valve = () => new Rig('hot', 'esphome', { node: 'bath-node', valve: 'hot' });
const mixer = () => new Rig('mixer', 'esphome', { node: 'bath-node', mixer: 'main' });
const probe = () => new Rig('thermometer', 'esphome', { node: 'bath-node', sensor: 'bath' });
const button = () => new Rig('button', 'esphome', { node: 'bath-node', binary_sensor: 'button' });
const light = () => new Rig('light', 'esphome', { node: 'bath-node', light: 'lamp' });
const buzzer = () => new Rig('buzzer', 'esphome', { node: 'bath-node', switch: 'buzzer' });

const ACK = 'bath-node/lease/state';

describe('a valve speaks as the recordings show', () => {
  it('greeting: closed is believed of the answer to our close, not of the retained state', () => {
    const rig = replay('esphome/greeting', valve(), []);
    expect(rig.statuses).toEqual(['closed']);
    expect(rig.faults).toEqual([{ type: 'presence', device: 'foot-bath-hot', online: true }]);
  });

  it('closes when the link comes up', () => {
    expect(valve().link(true).out).toEqual([
      { topic: 'bath-node/lease', payload: '{"valve":"hot","ms":0}', qos: 1 },
    ]);
  });

  it('an open of 10 s is acknowledged, and open when its switch says so', () => {
    const rig = replay('esphome/open-10s', valve().meet(), [open(10_000)]);
    expect(rig.acks).toEqual([{ device: 'foot-bath-hot', leaseMs: 10_000, targetC: null }]);
    expect(rig.statuses).toEqual(['open']);
  });

  it('each renewal is acknowledged', () => {
    expect(replay('esphome/renewal', valve().meet(), [open(10_000), renew(10_000)]).acks).toHaveLength(2);
  });

  it('a close', () => {
    expect(replay('esphome/close', valve().meet(), [open(10_000), close]).statuses.at(-1)).toBe('closed');
  });

  it('the deadline of the node is seen as closed, and a late renewal does not open it', () => {
    const rig = replay('esphome/deadline', valve().meet(), [open(2_000)]);
    expect(rig.statuses).toEqual(['open', 'closed', 'closed']);
    renew(2_000)(rig.forget());
    expect(rig.sent).toEqual([]);
  });

  it('a lease the node would not give is not acknowledged', () => {
    const rig = replay('esphome/refused', valve().meet(), [open(10_000)]);
    expect(rig.acks).toEqual([]);
    expect(rig.statuses).toEqual(['closed']);
  });

  it('offline and back: gone, there, closed', () => {
    const rig = replay('esphome/offline', valve().meet(), []);
    expect(rig.faults.map((fault) => fault.type === 'presence' && fault.online)).toEqual([false, true]);
  });

  it('a restart while open is named once', () => {
    const rig = replay('esphome/reboot', valve().meet(), [open(10_000)]);
    expect(rig.faults.map((fault) => fault.type)).toEqual(['presence', 'presence', 'rebooted']);
    expect(rig.statuses.at(-1)).toBe('closed');
  });

  it('a renewal that opened a restarted node is closed and not acknowledged', () => {
    const rig = replay('esphome/open-10s', valve().meet(), [open(10_000)]).forget();
    renew(10_000)(rig);
    rig.forget().message(ACK, '{"valve":"hot","ms":10000,"boot":"99887766"}');
    expect(rig.sent).toEqual(['bath-node/lease {"valve":"hot","ms":0}']);
    expect(rig.acks).toEqual([]);
    expect(rig.faults).toEqual([{ type: 'rebooted', device: 'foot-bath-hot' }]);
  });

  it.each([
    [30_000, 30_000],
    [60_000, 30_000],
    [0.4, 1],
    [Number.NaN, 1],
  ])('a lease of %d ms is asked for as %d', (leaseMs, ms) => {
    const rig = valve().meet();
    open(leaseMs)(rig);
    expect(rig.sent).toEqual([`bath-node/lease {"valve":"hot","ms":${ms}}`]);
  });

  it('retained words, other valves and longer leases than ours grant nothing', () => {
    const rig = valve().meet();
    open(5_000)(rig);
    rig.message(ACK, '{"valve":"hot","ms":5000,"boot":"a"}', true);
    rig
      .message(ACK, '{"valve":"cold","ms":5000,"boot":"a"}')
      .message(ACK, '{"valve":"hot","ms":5001,"boot":"a"}');
    rig.message('bath-node/switch/hot/state', 'ON', true);
    expect(rig.acks).toEqual([]);
    expect(rig.readings).toEqual([]);
  });

  it('nothing that opens waits for a link, and a close always goes out', () => {
    const rig = valve();
    open(10_000)(rig);
    renew(10_000)(rig);
    expect(rig.sent).toEqual([]);
    close(rig);
    expect(rig.sent).toEqual(['bath-node/lease {"valve":"hot","ms":0}']);
  });
});

describe('a mixer', () => {
  it('is open and shut by its leases, and says the setpoint it took', () => {
    const rig = replay('esphome/mixer', mixer().meet(), [open(10_000, 38), renew(10_000, 15.46), close]);
    expect(rig.acks.map((ack) => ack.targetC)).toEqual([38, 15.5]);
    expect(rig.statuses).toEqual(['open', 'open', 'closed']);
  });

  it('is never opened without a temperature', () => {
    const rig = mixer().meet();
    open(10_000)(rig);
    expect(rig.sent).toEqual([]);
    expect(rig.faults).toMatchObject([{ type: 'refused' }]);
  });
});

describe('a thermometer', () => {
  const read = (payload: string, retained = false) =>
    probe().meet().message('bath-node/sensor/bath/state', payload, retained).readings;

  it('pushes, and nan is no temperature', () => {
    const rig = replay('esphome/sensor', probe().meet(), []);
    expect(rig.readings.map((reading) => (reading.kind === 'temperature' ? reading.valueC : 0))).toEqual([
      38.25,
      38.31,
      null,
    ]);
    expect(rig.readings[0]).toMatchObject({ takenAtMs: 0 });
  });

  it.each(['85.00', '-127', '127.94', '70.01', '-0.5', 'nan', '', '38,5', '0x26', '1e1', 'Infinity'])(
    '"%s" is no temperature',
    (payload) => {
      expect(read(payload)).toMatchObject([{ valueC: null }]);
    },
  );

  it('retained readings count as none', () => {
    expect(read('38.25', true)).toEqual([]);
  });
});

describe('a button', () => {
  const actions = (rig: Rig) =>
    rig.readings.map((reading) => (reading.kind === 'button' ? reading.action : null));
  const STATE = 'bath-node/binary_sensor/button/state';

  it('is pressed the moment it is down, and held at 3 s and 5 s', () => {
    const rig = button().meet().message(STATE, 'ON');
    expect(actions(rig)).toEqual([{ type: 'press' }]);
    expect(rig.clock().nextDeadlineMs).toBe(6_000);
    rig.clock();
    expect(actions(rig).slice(1)).toEqual([
      { type: 'hold', heldMs: 3_000 },
      { type: 'hold', heldMs: 5_000 },
    ]);
    expect(rig.nextDeadlineMs).toBeNull();
    expect(rig.message(STATE, 'OFF').nextDeadlineMs).toBeNull();
  });

  it('two presses of a recording are two presses', () => {
    expect(actions(replay('esphome/button', button().meet(), []))).toEqual([
      { type: 'press' },
      { type: 'press' },
    ]);
  });

  it('a hold is not lost where the clock was late', () => {
    const rig = button().meet().message(STATE, 'ON');
    rig.feed({ type: 'message', topic: STATE, payload: 'OFF', retained: false }, rig.atMs + 6_000);
    expect(actions(rig)).toHaveLength(3);
  });

  it('retained presses, repeats, and a link or node that went are no holds', () => {
    const rig = button().meet().message(STATE, 'ON', true);
    expect(actions(rig)).toEqual([]);
    rig.message(STATE, 'ON').message(STATE, 'ON');
    expect(actions(rig)).toEqual([{ type: 'press' }]);
    expect(rig.message('bath-node/status', 'offline').nextDeadlineMs).toBeNull();
    expect(rig.message(STATE, 'ON').link(false).nextDeadlineMs).toBeNull();
  });
});

describe('lights and buzzers play the beat from here', () => {
  const cue = (value: Partial<Cue>) => (rig: Rig) =>
    rig.command({ action: 'cue', cue: { name: 'warm', sound: null, light: null, ...value } });
  const beat = { count: 2, onMs: 300, offMs: 200 } as const;
  const off = cue({ name: 'off' });

  it('a light blinks and stays on', () => {
    const rig = replay('esphome/light', light().meet(), [
      cue({ light: { ...beat, colour: 'warm', then: 'on' } }),
      clock,
      clock,
      clock,
      clock,
    ]);
    expect(rig.atMs).toBe(2_000);
    expect(rig.nextDeadlineMs).toBeNull();
  });

  it('a light without blinks goes where it is sent', () => {
    const rig = light().meet();
    cue({ light: { count: 0, onMs: 0, offMs: 0, colour: 'cold', then: 'on' } })(rig);
    off(rig);
    expect(rig.out.map((message) => message.payload)).toEqual([
      '{"state":"ON","brightness":255,"color":{"r":40,"g":120,"b":255}}',
      '{"state":"OFF"}',
    ]);
  });

  it('a light that breathes takes its time, and one that blinks the time of its node', () => {
    const rig = light().meet();
    const still = { count: 0, onMs: 0, offMs: 0, colour: 'warm' } as const;
    cue({ light: { ...still, then: 'on', fadeMs: 4_000 } })(rig);
    cue({ light: { ...still, then: 'off', fadeMs: 8_000 } })(rig);
    expect(rig.out.map((message) => message.payload)).toEqual([
      '{"state":"ON","brightness":255,"color":{"r":255,"g":120,"b":40},"transition":4}',
      '{"state":"OFF","transition":8}',
    ]);
  });

  it('a buzzer beeps and is silent', () => {
    const rig = replay('esphome/buzzer', buzzer().meet(), [cue({ sound: beat }), clock, clock, clock]);
    expect(rig.nextDeadlineMs).toBeNull();
  });

  it('a buzzer caught beeping by a lost link is silenced on return', () => {
    const rig = buzzer().meet();
    cue({ sound: beat })(rig);
    expect(rig.link(false).nextDeadlineMs).toBeNull();
    expect(rig.forget().link(true).sent).toEqual(['bath-node/switch/buzzer/command OFF']);
  });

  it('after a stall only the newest change is sent; off ends it', () => {
    const rig = buzzer().meet();
    cue({ sound: { count: 9, onMs: 100, offMs: 100 } })(rig);
    rig.forget().feed({ type: 'clock' }, rig.atMs + 450);
    expect(rig.sent).toEqual(['bath-node/switch/buzzer/command ON']);
    off(rig.forget());
    expect(rig.sent).toEqual(['bath-node/switch/buzzer/command OFF']);
    expect(rig.nextDeadlineMs).toBeNull();
  });

  it('a cue that says nothing to it changes nothing', () => {
    const rig = light().meet();
    cue({ sound: beat })(rig);
    expect(rig.sent).toEqual([]);
  });
});
