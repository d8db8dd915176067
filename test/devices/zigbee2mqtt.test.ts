/**
 * If this fails, a Zigbee relay may hold warm water open with nobody behind it: its countdown is not armed or belongs
 * to another command, a close is undone by an open that was still under way, or a bridge's memory passes for the truth.
 */
import { describe, expect, it } from 'vitest';
import { close, open, renew, replay, type Rig } from './replay.ts';
import { Rig as NewRig } from './replay.ts';
import {
  BASE,
  entry,
  meet,
  NAME,
  relay,
  relayExposes,
  say,
  tellBridge,
  tellDevices,
} from './zigbee2mqtt-support.ts';

const on = (rig: Rig, seconds: number) => say(rig, NAME, { state_l1: 'ON', countdown_l1: seconds });
const off = (rig: Rig, seconds = 0) => say(rig, NAME, { state_l1: 'OFF', countdown_l1: seconds });
const SET = `${BASE}/${NAME}/set`;
const GET = `${BASE}/${NAME}/get`;
const OFF = `${SET} {"state_l1":"OFF"}`;
const READ = `${GET} {"state_l1":""}`;
const faults = (rig: Rig) =>
  rig.faults.map((fault) => (fault.type === 'presence' ? fault.online : fault.type));
const logs = (rig: Rig, message: string) =>
  rig.message(`${BASE}/bridge/logging`, JSON.stringify({ level: 'error', message, namespace: 'z2m' }));

describe('a relay speaks as the recordings show', () => {
  it('greeting: closed first, and there once it has itself said that it is off', () => {
    const rig = replay('zigbee2mqtt/greeting', relay(), [(each) => each.link(true)]);
    expect(faults(rig)).toEqual(['declared', true]);
    expect(new Set(rig.statuses)).toEqual(new Set(['closed']));
  });

  it('an open of 30 s is acknowledged by the echo of its own number, and read back', () => {
    const rig = replay('zigbee2mqtt/open-30s', meet(relay()), [open(30_000)]);
    expect(rig.acks).toEqual([{ device: 'foot-bath-hot', leaseMs: 30_000, targetC: null }]);
    expect(rig.statuses).toEqual(['open', 'open', 'open']);
  });

  it('each renewal has another number and is acknowledged once', () => {
    const rig = replay('zigbee2mqtt/renewal', meet(relay()), [open(30_000), renew(30_000)]);
    expect(rig.acks.map((ack) => ack.leaseMs)).toEqual([30_000, 29_000]);
  });

  it('a close says OFF and nothing about time', () => {
    const rig = replay('zigbee2mqtt/close', meet(relay()), [open(30_000), close]);
    expect(rig.statuses.at(-1)).toBe('closed');
    expect(rig.out.at(-1)).toEqual({ topic: SET, payload: '{"state_l1":"OFF"}', qos: 1 });
  });

  it('the deadline of the device is seen as closed', () => {
    const rig = replay('zigbee2mqtt/deadline', meet(relay()), [open(10_000)]);
    expect(rig.statuses.at(-1)).toBe('closed');
  });

  it('a lone relay has a name without an endpoint, with / and blanks', () => {
    const name = 'bath/hot valve';
    const device = entry(
      name,
      { model_id: 'TS0001' },
      { model: 'TS0001_switch_module', exposes: relayExposes(null) },
    );
    const rig = meet(new NewRig('hot', 'zigbee2mqtt', { name }), device, '', name);
    expect(replay('zigbee2mqtt/one-relay', rig, [open(30_000)]).acks).toHaveLength(1);
  });

  it('a close that fell between the two commands of an open is sent again', () => {
    const rig = replay('zigbee2mqtt/overtaken', meet(relay()), [open(30_000), close]);
    expect(rig.acks).toEqual([]);
    expect(rig.statuses.at(-1)).toBe('closed');
  });

  it('a restart of the bridge: gone, then closed and asked again before it counts as there', () => {
    const rig = replay('zigbee2mqtt/bridge-restart', meet(relay()), [open(30_000)]);
    expect(faults(rig)).toEqual([false, true]);
    expect(rig.statuses.at(-1)).toBe('closed');
  });

  it('a power cut of the relay is named, and it is closed again', () => {
    const rig = replay('zigbee2mqtt/power-cut', meet(relay()), [open(30_000)]);
    expect(faults(rig)).toEqual(['rebooted', false, true]);
    expect(rig.statuses.at(-1)).toBe('closed');
  });

  it('a command that the bridge could not deliver closes, and says the reason', () => {
    const rig = replay('zigbee2mqtt/no-route', meet(relay()), [open(30_000)]);
    expect(faults(rig)).toEqual(['refused', false]);
    expect(JSON.stringify(rig.faults)).toContain('timed out');
    expect(rig.acks).toEqual([]);
  });

  it('a timed valve: one command, acknowledged by its own report, never renewed', () => {
    const exposes = [{ type: 'switch', features: [{ name: 'state', property: 'state', access: 7 }] }];
    const device = entry('garden', { model_id: 'SWV', power_source: 'Battery' }, { model: 'SWV', exposes });
    const rig = meet(new NewRig('hot', 'zigbee2mqtt', { name: 'garden' }), device, '', 'garden');
    replay('zigbee2mqtt/timed-valve', rig, [open(60_000), close]);
    expect(rig.acks.map((ack) => ack.leaseMs)).toEqual([60_000]);
    open(60_000)(say(rig, 'garden', { state: 'OFF' }));
    say(rig, 'garden', { state: 'ON' }).forget();
    renew(60_000)(rig);
    expect(rig.sent).toEqual([]);
  });
});

describe('a lease', () => {
  it.each([
    [30_000, 30],
    [60_000, 30],
    [240_000, 30],
    [29_999, 29],
    [12_500, 12],
    [10_000, 10],
    [9_999, 10],
    [0, 10],
    [Number.NaN, 10],
  ])('of %d ms is asked for as %d whole seconds', (leaseMs, seconds) => {
    const rig = meet(relay());
    open(leaseMs)(rig);
    expect(rig.sent).toEqual([`${SET} {"state_l1":"ON","countdown_l1":${seconds}}`]);
  });

  it('never goes out with a number that the bridge still remembers', () => {
    const rig = meet(relay());
    const numbers: number[] = [];
    for (let turn = 0; turn < 12; turn += 1) {
      open(30_000)(rig.forget());
      const seconds = Number(/"countdown_l1":(\d+)/.exec(rig.sent[0] ?? '')?.[1]);
      expect(seconds).not.toBe(numbers.at(-1));
      expect(seconds).toBeGreaterThanOrEqual(27);
      expect(seconds).toBeLessThanOrEqual(30);
      numbers.push(seconds);
      on(rig, seconds);
    }
    expect(rig.acks).toHaveLength(1);
  });

  it.each([
    ['the memory of the bridge', 0],
    ["somebody else's countdown", 3_600],
    ['one second less', 29],
    ['a text', '30'],
    ['nothing', undefined],
  ])('is not believed from %s', (_what, seconds) => {
    const rig = meet(relay());
    open(30_000)(rig);
    expect(say(rig, NAME, { state_l1: 'ON', countdown_l1: seconds }).acks).toEqual([]);
  });

  it('is not believed from a retained state, from another relay, or while it says OFF', () => {
    const rig = meet(relay());
    open(30_000)(rig);
    rig.message(`${BASE}/${NAME}`, '{"state_l1":"ON","countdown_l1":30}', true);
    say(rig, NAME, { state_l2: 'ON', countdown_l2: 30 });
    say(rig, 'other', { state_l1: 'ON', countdown_l1: 30 });
    off(rig, 30);
    expect(rig.acks).toEqual([]);
  });

  it('is not believed after a close that overtook its echo', () => {
    const rig = meet(relay());
    open(30_000)(rig);
    close(rig);
    expect(on(rig, 30).acks).toEqual([]);
  });

  it('without an echo: closed and given up, because the relay may be on without its countdown', () => {
    const rig = meet(relay());
    open(30_000)(rig);
    on(rig, 30).forget();
    renew(30_000)(rig);
    expect(rig.forget().nextDeadlineMs).toBe(7_000);
    rig.clock();
    expect(rig.sent.slice(0, 2)).toEqual([OFF, READ]);
    expect(faults(rig)).toEqual(['refused', false]);
    expect(JSON.stringify(rig.faults)).toContain('optimistic');
  });

  it('a renewal never opens a relay that has said OFF, or that was closed', () => {
    const rig = meet(relay());
    open(30_000)(rig);
    off(on(rig, 30), 30).forget();
    renew(30_000)(rig);
    close(rig);
    renew(30_000)(rig);
    expect(rig.sent).toEqual([OFF]);
  });

  it('nothing that opens is sent before the device has answered, and a close always goes out', () => {
    const strangers = [
      relay(),
      relay().link(true),
      tellBridge(relay().link(true), 'online', true),
      tellDevices(relay().link(true), entry(NAME)),
      tellBridge(tellDevices(relay().link(true), entry(NAME)), 'online', true),
      off(tellBridge(tellDevices(relay().link(true), entry(NAME)), 'online', true)),
    ];
    for (const rig of strangers) {
      open(30_000)(rig.forget());
      renew(30_000)(rig);
      expect(rig.sent).toEqual([]);
      close(rig);
      expect(rig.sent).toEqual([OFF]);
    }
  });
});

describe('a close', () => {
  it('that may have overtaken an open goes out again until the bridge has given up on it', () => {
    const rig = meet(relay());
    open(30_000)(rig);
    close(rig.forget());
    while (rig.nextDeadlineMs !== null) rig.clock();
    expect(rig.sent).toEqual([OFF, OFF, OFF, OFF]);
    expect(rig.atMs).toBe(12_000);
  });

  it('goes out once where the open was answered, and not into the next open', () => {
    const rig = meet(relay());
    open(30_000)(rig);
    on(rig, 30);
    close(rig.forget());
    expect(rig.nextDeadlineMs).toBeNull();
    open(30_000)(off(rig));
    close(rig);
    open(30_000)(rig.forget());
    expect(on(rig, 28).acks.at(-1)?.leaseMs).toBe(28_000);
    expect(rig.nextDeadlineMs).toBeNull();
  });

  it('is repeated for a countdown that began after it, a few times at most', () => {
    const rig = meet(relay());
    open(30_000)(rig);
    close(on(rig, 30));
    off(rig).forget();
    for (let seconds = 1; seconds < 20; seconds += 1) off(rig, seconds);
    expect(rig.sent).toEqual([OFF, OFF, OFF]);
  });
});

describe('presence', () => {
  it('what a bridge repeats at its start is no answer', () => {
    const rig = tellBridge(tellDevices(relay().link(true), entry(NAME)), 'online').forget();
    expect(off(rig).faults).toEqual([]);
    expect(rig.sent).toEqual([READ]);
    expect(faults(off(rig))).toEqual([true]);
  });

  it('a relay that stays on is closed again, and is not there', () => {
    const rig = tellBridge(tellDevices(relay().link(true), entry(NAME)), 'online').forget();
    on(on(rig, 0), 0);
    expect(rig.sent).toEqual([OFF, READ, OFF, READ]);
    expect(rig.faults).toEqual([]);
    for (let tries = 0; tries < 50; tries += 1) on(rig, 0);
    expect(rig.sent.length).toBeLessThan(20);
  });

  it('a device that does not answer is asked less and less often', () => {
    const rig = tellBridge(tellDevices(relay().link(true), entry(NAME)), 'online').forget();
    const times: number[] = [];
    for (let tries = 0; tries < 8; tries += 1) times.push(rig.clock().atMs);
    expect(times).toEqual([3, 7, 15, 31, 61, 91, 121, 151].map((s) => s * 1_000));
  });

  it.each(['offline', '{"state":"offline"}'])('the bridge says %s: gone, also retained', (payload) => {
    const rig = meet(relay());
    open(30_000)(rig);
    rig.forget().message(`${BASE}/bridge/state`, payload, true);
    expect(faults(rig)).toEqual([false]);
    open(30_000)(rig);
    expect(rig.sent).toEqual([]);
  });

  it('a bridge that says online again without a farewell has started anew', () => {
    const rig = tellBridge(meet(relay()), 'online');
    expect(faults(rig)).toEqual([false]);
    expect(rig.sent).toEqual([OFF, READ]);
  });

  it('availability is a hint of absence only', () => {
    const rig = meet(relay());
    rig.message(`${BASE}/${NAME}/availability`, '{"state":"offline"}', true);
    rig.message(`${BASE}/${NAME}/availability`, '{"state":"online"}');
    expect(rig.faults).toEqual([]);
    rig.message(`${BASE}/${NAME}/availability`, 'offline');
    expect(faults(rig)).toEqual([false]);
    rig.message(`${BASE}/${NAME}/availability`, 'online');
    expect(faults(rig)).toEqual([false]);
    expect(faults(off(off(rig)))).toEqual([false, true]);
  });

  it('another device that announces itself, and an error of another one, change nothing', () => {
    const rig = meet(relay());
    rig.message(`${BASE}/bridge/event`, '{"type":"device_announce","data":{"friendly_name":"lamp"}}');
    open(30_000)(rig);
    logs(rig, "z2m: Publish 'set' 'state' to 'lamp' failed: 'Error: timed out'");
    expect(rig.faults).toEqual([]);
    expect(on(rig, 30).acks).toHaveLength(1);
  });

  it('a device without a route is named once, and closed on until it answers', () => {
    const rig = tellBridge(tellDevices(relay().link(true), entry(NAME)), 'online').forget();
    for (let tries = 0; tries < 3; tries += 1)
      logs(rig, `z2m: Publish 'set' 'state' to '${NAME}' failed: 'no route'`);
    expect(faults(rig)).toEqual(['refused']);
  });

  it('a bridge without a list is named', () => {
    const rig = tellBridge(relay().link(true), 'online', true).forget();
    expect(JSON.stringify(rig.clock().faults)).toContain('zigbee2mqtt/bridge/devices');
  });

  it('what a relay does at power-up is set to off, once a meeting', () => {
    const rig = meet(relay());
    for (let i = 0; i < 5; i += 1) say(rig, NAME, { state_l1: 'OFF', power_on_behavior: 'previous' });
    expect(rig.sent).toEqual([`${SET} {"power_on_behavior":"off"}`]);
  });
});
