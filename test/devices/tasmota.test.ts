/**
 * If this fails, a Tasmota relay may hold warm water open with nobody behind it: a lease is not armed, a closed
 * valve is believed open or the other way round, or an old or false temperature counts as a reading.
 */
import { describe, expect, it } from 'vitest';
import { encodeBuzzer, encodePulseTime } from '../../devices/tasmota/codec.ts';
import type { Cue } from '../../src/model/device.ts';
import { clock, close, open, renew, replay, Rig, sample } from './replay.ts';

const relay = (n = 1) => new Rig('hot', 'tasmota', { topic: 'bath-valves', relay: n });
const probe = (sensor = 'DS18B20') => new Rig('thermometer', 'tasmota', { topic: 'bath-valves', sensor });
const button = () => new Rig('button', 'tasmota', { topic: 'bath-valves', button: 1 });
const buzzer = () => new Rig('buzzer', 'tasmota', { topic: 'bath-valves', buzzer: true });
const linkUp = (rig: Rig) => rig.link(true);

const RESULT = 'stat/bath-valves/RESULT';
const timer = (ms: number, n = 1) => `{"TimedPower":[{"Remaining":${ms},"Command":"Power${n} 0"}]}`;

describe('a relay speaks as the recordings show', () => {
  it('greeting: the retained Online is answered with a close, and a relay set up already is left alone', () => {
    const rig = replay('tasmota/greeting', relay(), []);
    expect(rig.faults).toEqual([{ type: 'presence', device: 'foot-bath-hot', online: true }]);
    expect(rig.statuses).toEqual(['closed', 'closed']);
  });

  it('commissioning: what reads back wrong is written once', () => {
    replay('tasmota/commissioning', relay(), [linkUp]);
  });

  it('settings that never read back right are not written again and again', () => {
    const rig = relay().meet();
    for (let i = 0; i < 5; i += 1) rig.message(RESULT, '{"PowerOnState":3}');
    expect(rig.sent).toEqual(['cmnd/bath-valves/PowerOnState 0']);
  });

  it('an open of 30 s is acknowledged in the words of the device', () => {
    const rig = replay('tasmota/open-30s', relay().meet(), [open(30_000)]);
    expect(rig.acks).toEqual([{ device: 'foot-bath-hot', leaseMs: 29_950, targetC: null }]);
    expect(rig.statuses).toEqual(['open', 'open']);
  });

  it('each renewal is acknowledged once', () => {
    const rig = replay('tasmota/renewal', relay().meet(), [open(10_000), renew(10_000)]);
    expect(rig.acks.map((ack) => ack.leaseMs)).toEqual([9_950, 9_950]);
  });

  it('a close says OFF and nothing about time', () => {
    const rig = replay('tasmota/close', relay().meet(), [open(10_000), close]);
    expect(rig.statuses.at(-1)).toBe('closed');
    expect(rig.out.at(-1)).toEqual({ topic: 'cmnd/bath-valves/POWER1', payload: 'OFF', qos: 1 });
  });

  it('the deadline of the device is seen as closed', () => {
    expect(replay('tasmota/deadline', relay().meet(), [open(2_000)]).statuses.at(-1)).toBe('closed');
  });

  it('a second relay reads its own timer of the list', () => {
    const rig = replay('tasmota/two-relays', relay(2).meet(), [open(10_000)]);
    expect(rig.acks.map((ack) => ack.leaseMs)).toEqual([9_950]);
  });

  it('a lone relay answers without an index', () => {
    expect(replay('tasmota/one-relay', relay().meet(), [open(10_000)]).acks).toHaveLength(1);
  });

  it('SetOption4 moves the replies, not their meaning', () => {
    const rig = replay('tasmota/setoption4', relay().meet(), [open(10_000)]);
    expect(rig.acks).toHaveLength(1);
    expect(rig.statuses).toEqual(['open', 'open']);
  });

  it('a relay without TimedPower refuses once, with the remedy', () => {
    const rig = relay().meet();
    rig.message(RESULT, '{"TimedPower":"Empty"}').forget();
    replay('tasmota/no-timed-power', rig, [open(10_000)]);
    expect(rig.acks).toEqual([]);
    expect(rig.faults).toHaveLength(1);
    expect(rig.faults[0]).toMatchObject({ type: 'refused' });
    expect(JSON.stringify(rig.faults)).toContain('Install a Tasmota release');
  });

  it('offline and back: gone, there, closed', () => {
    const rig = replay('tasmota/offline', relay().meet(), []);
    expect(rig.faults.map((fault) => fault.type === 'presence' && fault.online)).toEqual([false, true]);
  });

  it('a restart while open is named, and closed again', () => {
    const rig = replay('tasmota/reboot', relay().meet(), [open(10_000)]);
    expect(rig.faults.map((fault) => fault.type)).toEqual(['presence', 'presence', 'rebooted']);
    expect(rig.statuses.at(-1)).toBe('closed');
  });
});

describe('a lease is believed only when the device holds it', () => {
  it.each([
    ['an old timer left over', 6_600, 0],
    ['more than three seconds gone', 6_999, 0],
    ['the edge of lateness', 7_000, 1],
    ['more than was asked for', 10_101, 0],
    ['all of it', 10_000, 1],
  ])('%s: %d ms left', (_what, left, acks) => {
    const rig = relay().meet();
    open(10_000)(rig);
    rig.message(RESULT, '{"POWER1":"ON"}').message(RESULT, timer(left));
    expect(rig.acks).toHaveLength(acks);
  });

  it('not before the relay has answered ON to this very command', () => {
    const rig = relay().meet();
    open(10_000)(rig);
    expect(rig.message(RESULT, timer(9_950)).acks).toEqual([]);
    rig.message(RESULT, '{"POWER1":"ON"}').message(RESULT, timer(9_900));
    renew(10_000)(rig);
    expect(rig.message(RESULT, timer(9_950)).acks).toHaveLength(1);
  });

  it('not after a close that overtook the answer', () => {
    const rig = relay().meet();
    open(10_000)(rig);
    close(rig);
    rig.message(RESULT, '{"POWER1":"ON"}').message(RESULT, timer(9_950));
    expect(rig.acks).toEqual([]);
  });

  it('not for another relay, and not from an empty list', () => {
    const rig = relay().meet();
    open(10_000)(rig);
    rig.message(RESULT, '{"POWER1":"ON"}').message(RESULT, timer(9_950, 2)).message(RESULT, timer(9_950, 11));
    expect(rig.message(RESULT, '{"TimedPower":"Empty"}').acks).toEqual([]);
  });

  it('a renewal never opens a relay that has said OFF', () => {
    const rig = relay().meet();
    open(2_000)(rig);
    rig.message(RESULT, '{"POWER1":"ON"}').message(RESULT, '{"POWER1":"OFF"}').forget();
    renew(2_000)(rig);
    expect(rig.sent).toEqual([]);
    open(2_000)(rig);
    expect(rig.sent).toHaveLength(2);
  });

  it.each([
    [30_000, '30000'],
    [60_000, '30000'],
    [240_000, '30000'],
    [10_001, '10050'],
    [29_999, '30000'],
    [1, '50'],
    [0, '50'],
    [Number.NaN, '50'],
  ])('a lease of %d ms is asked for as %s', (leaseMs, payload) => {
    const rig = relay().meet();
    open(leaseMs)(rig);
    expect(rig.sent[0]).toBe(`cmnd/bath-valves/TimedPower1 ${payload}`);
  });

  it('nothing that opens waits for a link, and a close always goes out', () => {
    const rig = relay();
    open(10_000)(rig);
    renew(10_000)(rig);
    expect(rig.sent).toEqual([]);
    close(rig);
    expect(rig.sent).toEqual(['cmnd/bath-valves/POWER1 OFF']);
  });

  it('retained reports and strangers are ignored', () => {
    const rig = relay().meet();
    rig.message('stat/bath-valves/POWER1', 'ON', true).message(RESULT, '{"POWER1":"ON"}', true);
    rig
      .message('stat/other/POWER1', 'ON')
      .message('stat/bath-valves/POWER2', 'ON')
      .message('cmnd/bath-valves/POWER1', 'ON');
    expect(rig.readings).toEqual([]);
    expect(rig.sent).toEqual([]);
  });

  it('an unknown command of somebody else is not ours', () => {
    const rig = relay().meet();
    rig.message(RESULT, '{"Command":"Unknown","Input":"FOO"}');
    expect(rig.faults).toEqual([]);
    rig.message(RESULT, '{"Command":"Unknown","Input":"TIMEDPOWER"}');
    expect(rig.faults).toHaveLength(1);
  });

  it('keeps to a full topic in another order', () => {
    const rig = new Rig('cold', 'tasmota', { topic: 'a/b', full_topic: 'home/%topic%/%prefix%', relay: 2 });
    expect(rig.device.topics).toEqual(['home/a/b/stat/+', 'home/a/b/tele/LWT', 'home/a/b/tele/INFO1']);
    close(rig);
    expect(rig.sent).toEqual(['home/a/b/cmnd/POWER2 OFF']);
    expect(rig.message('home/a/b/stat/POWER2', 'OFF').statuses).toEqual(['closed']);
  });
});

describe('units', () => {
  it.each([
    [100, 1],
    [11_100, 111],
    [11_200, 112],
    [12_000, 112],
    [30_000, 130],
    [45_000, 145],
    [240_000, 340],
    [64_800_000, 64_900],
    [99_999_000, 64_900],
  ])('PulseTime for %d ms is %d', (ms, value) => {
    expect(encodePulseTime(ms)).toBe(value);
  });
});

describe('a thermometer', () => {
  const temperatures = (rig: Rig) =>
    rig.readings.map((reading) => (reading.kind === 'temperature' ? reading.valueC : 'no temperature'));
  const answer = (rig: Rig, body: string) =>
    rig.message('stat/bath-valves/STATUS10', `{"StatusSNS":${body}}`);

  it('is polled at once and each second, and a reading is one second old on arrival', () => {
    const rig = replay('tasmota/sensor', probe().meet(), [sample, clock]);
    expect(temperatures(rig)).toEqual([38.1, 38.3, 38.3]);
    expect(rig.readings[0]).toMatchObject({ takenAtMs: 0 });
    expect(rig.nextDeadlineMs).toBe(3_000);
  });

  it('rests when it is told to, and polls again when the link is back', () => {
    const rig = probe().meet();
    sample(rig);
    rig.link(false);
    expect(rig.nextDeadlineMs).toBeNull();
    rig.forget().link(true);
    expect(rig.sent).toEqual(['cmnd/bath-valves/Status 10']);
    rig.command({ action: 'sample', on: false });
    expect(rig.nextDeadlineMs).toBeNull();
  });

  it('several probes: bound by Id, in Fahrenheit', () => {
    const first = replay('tasmota/sensors-fahrenheit', probe('01131B123456').meet(), [sample]);
    expect(temperatures(first)).toEqual([38]);
    const second = replay('tasmota/sensors-fahrenheit', probe('DS18B20-2').meet(), [sample]);
    expect(temperatures(second)).toEqual([15]);
  });

  it('several probes and a name that fits none: no reading, said once', () => {
    const rig = replay('tasmota/sensors-fahrenheit', probe().meet(), [sample]);
    replay('tasmota/sensors-fahrenheit', rig.forget(), [clock]);
    expect(temperatures(rig)).toEqual([null]);
    expect(rig.faults).toEqual([]);
  });

  it('a lost probe is an answer without a temperature', () => {
    expect(temperatures(replay('tasmota/sensor-lost', probe().meet(), [sample]))).toEqual([null]);
  });

  it.each(['85', '85.00', '-127', '127.94', 'null', '"38"', '70.1', '-0.1', '{}', '1e400'])(
    '%s is no temperature',
    (value) => {
      const rig = answer(
        probe().meet(),
        `{"DS18B20":{"Id":"01131B123456","Temperature":${value}},"TempUnit":"C"}`,
      );
      expect(temperatures(rig)).toEqual([null]);
    },
  );

  it('retained readings count as none', () => {
    const rig = probe().meet();
    rig.message('tele/bath-valves/SENSOR', '{"DS18B20":{"Temperature":38.1},"TempUnit":"C"}', true);
    expect(rig.readings).toEqual([]);
  });
});

describe('buttons and buzzers', () => {
  it('a button reports what its person did', () => {
    const rig = replay('tasmota/button', button(), [linkUp]);
    const actions = rig.readings.map((reading) => (reading.kind === 'button' ? reading.action : null));
    expect(actions).toEqual([
      { type: 'press' },
      { type: 'double' },
      { type: 'press' },
      { type: 'hold', heldMs: 5_000 },
    ]);
  });

  it('a retained press and another button are nobody here', () => {
    const rig = button().meet();
    rig
      .message(RESULT, '{"Button1":{"Action":"SINGLE"}}', true)
      .message(RESULT, '{"Button2":{"Action":"SINGLE"}}');
    expect(rig.readings).toEqual([]);
  });

  it('a buzzer counts its beeps itself, and a beep is never nothing', () => {
    expect(encodeBuzzer(2, 20, 0)).toBe('2,1,1');
    const beep: Cue = { name: 'warm', sound: { count: 3, onMs: 200, offMs: 400 }, light: null };
    replay('tasmota/buzzer', buzzer().meet(), [
      (rig) => rig.command({ action: 'cue', cue: beep }),
      (rig) => rig.command({ action: 'cue', cue: { name: 'off', sound: null, light: null } }),
    ]);
  });
});
