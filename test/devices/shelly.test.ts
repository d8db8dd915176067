/**
 * If this fails, a Shelly may hold warm water open with nobody behind it: an open without a timer passes for a lease,
 * a deadline is sent with a close and opens the valve again, a device that is gone counts as there, or a press on
 * STOP is not heard.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clock, close, open, opens, renew, replay, type Rig } from './replay.ts';
import {
  EVENTS,
  GOOD,
  INFO,
  ONLINE,
  PREFIX,
  answer,
  asked,
  event,
  frames,
  greeted,
  linkUp,
  notify,
  opened,
  relay,
  src,
  status,
  there,
  uptimeS,
} from './shelly-bench.ts';

describe('a switch speaks as the recordings show', () => {
  it('greeting: closed first, known, and only then there', () => {
    const rig = replay('shelly/greeting', relay(), [linkUp]);
    expect(rig.faults).toEqual([{ type: 'presence', device: 'foot-bath-hot', online: true }]);
    expect(rig.statuses).toEqual(['closed']);
    expect(rig.out[0]?.qos).toBe(1);
  });

  it('commissioning: what reads back wrong is written once, in one message', () => {
    expect(replay('shelly/commissioning', relay(), [linkUp]).statuses).toEqual(['closed']);
  });

  it('an open of 30 s is acknowledged in the words of the device', () => {
    const rig = replay('shelly/open-30s', there(), [open(30_000)]);
    expect(rig.acks).toEqual([{ device: 'foot-bath-hot', leaseMs: 30_000, targetC: null }]);
    expect(rig.statuses).toEqual(['open', 'open']);
  });

  it('a lease of tenths of a second keeps them', () => {
    expect(replay('shelly/open-2500ms', there(), [open(2_500)]).acks).toMatchObject([{ leaseMs: 2_500 }]);
  });

  it('each renewal is acknowledged once', () => {
    const rig = replay('shelly/renewal', there(), [open(10_000), renew(10_000)]);
    expect(rig.acks.map((ack) => ack.leaseMs)).toEqual([10_000, 10_000]);
  });

  it('a close says off and nothing about time', () => {
    const rig = replay('shelly/close', there(), [open(10_000), close]);
    expect(rig.statuses.at(-1)).toBe('closed');
    expect(rig.out.at(-2)).toMatchObject({ qos: 1 });
    expect(asked(rig, 'Switch.Set')?.params).toEqual({ id: 0, on: false });
  });

  it('the deadline of the device is seen as closed', () => {
    expect(replay('shelly/deadline', there(), [open(2_000)]).statuses.at(-1)).toBe('closed');
  });

  it('a second switch of the same Shelly reads its own replies', () => {
    const rig = replay('shelly/second-switch', there(relay('cold', 1)), [open(10_000)]);
    expect(rig.acks).toHaveLength(1);
  });

  it('offline and back: gone, there, closed', () => {
    const rig = replay('shelly/offline', there(), []);
    expect(rig.faults.map((fault) => fault.type === 'presence' && fault.online)).toEqual([false, true]);
    expect(rig.statuses).toEqual(['closed']);
  });

  it('a restart while open is named, and closed again', () => {
    const rig = replay('shelly/reboot', there(), [open(10_000)]);
    expect(rig.faults.map((fault) => fault.type)).toEqual(['presence', 'rebooted', 'presence']);
    expect(rig.statuses.at(-1)).toBe('closed');
  });

  it('a switch that is not there is refused in the words of the device', () => {
    const rig = replay('shelly/no-such-switch', relay('hot', 5), [linkUp]);
    expect(rig.faults).toEqual([
      {
        type: 'refused',
        device: 'foot-bath-hot',
        message: `it says "Argument 'id', value 5 not found!" (-105)`,
      },
    ]);
  });

  it('a firmware that ignores toggle_after is closed at once and never asked again', () => {
    const rig = replay('shelly/no-toggle-after', there(), [open(10_000)]);
    expect(rig.acks).toEqual([]);
    expect(JSON.stringify(rig.faults)).toContain('Update its firmware');
    open(10_000)(rig.forget());
    expect(rig.out).toEqual([]);
  });

  it('an overheated switch is refused, and taken again once it has recovered', () => {
    const rig = replay('shelly/overtemp', there(), [open(10_000)]);
    expect(rig.faults).toEqual([
      {
        type: 'refused',
        device: 'foot-bath-hot',
        message: 'it reports overtemp and keeps the valve closed; look at its wiring and load',
      },
      { type: 'presence', device: 'foot-bath-hot', online: false },
    ]);
    clock(rig.forget());
    status(rig, { output: false, errors: ['overtemp'] });
    expect(asked(rig, 'Switch.Set')).toBeUndefined();
    clock(rig);
    status(rig, { output: false });
    expect(asked(rig, 'Switch.Set')?.params).toEqual({ id: 0, on: false });
    greeted(rig);
    expect(rig.faults).toEqual([{ type: 'presence', device: 'foot-bath-hot', online: true }]);
  });
});

describe('a lease is believed only when the device holds it', () => {
  it.each([
    ['all of it', 10, 1],
    ['cut by less than a third', 7, 1],
    ['cut by more', 6.6, 0],
  ])('%s: %d s', (_what, seconds, acks) => {
    const rig = there();
    open(10_000)(rig);
    expect(opened(rig, seconds).acks).toHaveLength(acks);
  });

  it('a timer longer than asked for is a ceiling, not a lease: refused and closed', () => {
    const rig = there();
    open(10_000)(rig);
    expect(opened(rig, 45).acks).toEqual([]);
    expect(JSON.stringify(rig.faults)).toContain('it holds 45 s where 10 s were asked for');
    expect(asked(rig, 'Switch.Set')?.params).toEqual({ id: 0, on: false });
  });

  it('a timer that began no later than the one before was not renewed', () => {
    const rig = there();
    open(10_000)(rig);
    opened(rig, 10, 100).forget();
    renew(10_000)(rig);
    answer(rig, 'Switch.Set', { result: { was_on: true } });
    status(rig, { output: true, timer_started_at: 100, timer_duration: 10 });
    expect(rig.acks).toEqual([]);
    expect(rig.faults).toEqual([]);
  });

  it('not before the device has answered the command itself', () => {
    const rig = there();
    open(10_000)(rig);
    status(rig, { output: true, timer_started_at: 100, timer_duration: 10 });
    expect(rig.acks).toEqual([]);
  });

  it('not from a notification alone, nor from an answer to somebody else', () => {
    const rig = there();
    open(10_000)(rig);
    notify(rig, { 'switch:0': { id: 0, output: true, timer_started_at: 100, timer_duration: 10 } });
    expect(rig.statuses).toEqual(['open']);
    const foreign = frames(rig).map(({ id }) => ({ id: id + 90, dst: src(rig), result: { was_on: false } }));
    for (const frame of foreign) rig.message(`${src(rig)}/rpc`, JSON.stringify(frame));
    for (const { id } of frames(rig))
      rig.message(`${src(rig)}/rpc`, JSON.stringify({ id, dst: 'ebb/rpc/other/bath-valves', result: {} }));
    expect(rig.acks).toEqual([]);
  });

  it('not when the answer was three seconds under way', () => {
    const rig = there();
    open(30_000)(rig);
    answer(rig, 'Switch.Set', { result: { was_on: false } });
    rig.atMs += 3_001;
    status(rig, { output: true, timer_started_at: 100, timer_duration: 30 });
    expect(rig.acks).toEqual([]);
  });

  it('not after a close that overtook the answer', () => {
    const rig = there();
    open(10_000)(rig);
    const set = asked(rig, 'Switch.Set');
    close(rig);
    rig.message(`${src(rig)}/rpc`, JSON.stringify({ id: set?.id, dst: src(rig), result: { was_on: false } }));
    status(rig, { output: true, timer_started_at: 100, timer_duration: 10 });
    expect(rig.acks).toEqual([]);
  });

  it('a renewal never opens a switch that has said off', () => {
    const rig = there();
    open(2_000)(rig);
    opened(rig, 2);
    notify(rig, { 'switch:0': { id: 0, output: false, source: 'timer' } }).forget();
    renew(2_000)(rig);
    expect(rig.sent).toEqual([]);
    open(2_000)(rig);
    expect(rig.out.filter(opens)).toHaveLength(1);
  });

  it('a renewal that found the switch off closes it again and says so', () => {
    const rig = there();
    open(2_000)(rig);
    opened(rig, 2);
    renew(2_000)(rig);
    answer(rig, 'Switch.Set', { result: { was_on: false } });
    expect(asked(rig, 'Switch.Set')?.params).toEqual({ id: 0, on: false });
    expect(rig.faults).toMatchObject([{ type: 'refused' }]);
  });

  it('a firmware that does not take the open is refused in its own words, and told to close', () => {
    const rig = there();
    open(10_000)(rig);
    answer(rig, 'Switch.Set', { error: { code: -103, message: "Invalid argument 'toggle_after'!" } });
    expect(JSON.stringify(rig.faults)).toContain("Invalid argument 'toggle_after'!");
    expect(asked(rig, 'Switch.Set')?.params).toEqual({ id: 0, on: false });
  });

  it('a closed switch with a timer running would open by itself: refused', () => {
    const rig = there();
    close(rig);
    status(rig, { output: false, timer_started_at: 100, timer_duration: 60 });
    expect(JSON.stringify(rig.faults)).toContain('would open the closed valve again');
    open(10_000)(rig.forget());
    expect(rig.out.filter(opens)).toEqual([]);
  });

  it.each([
    [30_000, 30],
    [60_000, 30],
    [240_000, 30],
    [10_001, 10.1],
    [2_300, 2.3],
    [29_999, 30],
    [1, 1],
    [0, 1],
    [Number.NaN, 1],
  ])('a lease of %d ms is asked for as %d s', (leaseMs, seconds) => {
    const rig = there();
    open(leaseMs)(rig);
    expect(frames(rig)[0]).toMatchObject({
      method: 'Switch.Set',
      params: { id: 0, on: true, toggle_after: seconds },
    });
  });
});

describe('what may be opened', () => {
  it('nothing before the device is known, and nothing waits for a link; a close always goes out', () => {
    const rig = relay();
    open(10_000)(rig);
    rig.link(true).forget();
    open(10_000)(rig);
    renew(10_000)(rig);
    expect(rig.out).toEqual([]);
    rig.link(false);
    close(rig);
    expect(frames(rig)).toMatchObject([{ method: 'Switch.Set', params: { on: false } }]);
    expect(rig.statuses).toEqual([]);
  });

  it.each([
    [{ ...INFO, profile: 'cover' }, /profile "cover"/],
    [{ gen: 1 }, /first generation/],
    [{ hello: 1 }, /not as a Shelly/],
  ])('%j is refused', (info, text) => {
    const rig = greeted(relay().link(true), GOOD, info);
    expect(rig.faults.map((fault) => (fault.type === 'refused' ? fault.message : ''))).toMatchObject([
      expect.stringMatching(text),
    ]);
    rig.forget();
    open(10_000)(rig);
    expect(rig.out).toEqual([]);
  });

  it('settings that never read back right are written once, and then refused', () => {
    const rig = greeted(relay().link(true), { ...GOOD, initial_state: 'on' });
    answer(rig, 'Switch.GetConfig', { result: { ...GOOD, initial_state: 'on' } });
    expect(JSON.stringify(rig.faults)).toMatch(/refused.*initial_state/);
    event(rig, 'config_changed', 5, 'switch:0');
    greeted(rig, { ...GOOD, initial_state: 'on' });
    expect(frames(rig).filter(({ method }) => method === 'Switch.SetConfig')).toHaveLength(1);
  });

  it('somebody who sets it right in the app makes it fit again', () => {
    const rig = greeted(relay().link(true), { ...GOOD, auto_on: true });
    answer(rig, 'Switch.GetConfig', { result: { ...GOOD, auto_on: true } });
    event(rig.forget(), 'config_changed', 5, 'switch:0');
    expect(greeted(rig).faults).toEqual([{ type: 'presence', device: 'foot-bath-hot', online: true }]);
  });

  it('a device that will not do is kept closed, whoever opens it', () => {
    const rig = greeted(relay().link(true), GOOD, { ...INFO, profile: 'cover' }).forget();
    notify(rig, { 'switch:0': { id: 0, output: true, source: 'HTTP_in' } });
    expect(frames(rig)).toMatchObject([{ method: 'Switch.Set', params: { id: 0, on: false } }]);
    status(rig.clock().forget().clock(), { output: true });
    expect(asked(rig, 'Switch.Set')?.params).toEqual({ id: 0, on: false });
    expect(rig.readings).toEqual([]);
  });

  it('a device without an input of its own has no in_mode to set', () => {
    const { in_mode: _, ...plug } = GOOD;
    expect(greeted(relay().link(true), plug).faults).toMatchObject([{ type: 'presence', online: true }]);
  });
});

describe('presence', () => {
  it('what the broker kept proves nothing', () => {
    const rig = relay().link(true).forget();
    rig.message(ONLINE, 'true', true);
    expect(rig.faults).toEqual([]);
    expect(asked(rig, 'Switch.Set')?.params).toEqual({ id: 0, on: false });
    rig.message(ONLINE, 'false', true);
    expect(greeted(rig).faults).toMatchObject([{ type: 'presence', online: true }]);
  });

  it('a device that does not answer its polls is gone within eleven seconds, and met anew', () => {
    const rig = there();
    const sinceMs = rig.atMs;
    while (rig.faults.length === 0) clock(rig);
    expect(rig.faults).toEqual([{ type: 'presence', device: 'foot-bath-hot', online: false }]);
    expect(rig.atMs - sinceMs).toBeLessThanOrEqual(11_000);
    expect(frames(rig).at(-4)).toMatchObject({ method: 'Switch.Set', params: { on: false } });
    expect(greeted(rig.forget().clock()).faults).toMatchObject([{ type: 'presence', online: true }]);
  });

  it('a device that answers stays, however long', () => {
    const rig = there();
    for (let each = 0; each < 100; each += 1) {
      status(clock(rig) as Rig, { output: false });
      answer(rig, 'Sys.GetStatus', { result: { uptime: uptimeS(rig) } });
    }
    expect(rig.faults).toEqual([]);
  });

  it('a restart that nobody announced is seen by its uptime, and closed first', () => {
    const rig = there();
    status(clock(rig) as Rig, { output: false });
    answer(rig, 'Sys.GetStatus', { result: { uptime: 1 } });
    expect(rig.faults).toEqual([{ type: 'rebooted', device: 'foot-bath-hot' }]);
    expect(asked(rig, 'Switch.Set')?.params).toEqual({ id: 0, on: false });
  });

  it('a birth while it was there is a new beginning', () => {
    const rig = there();
    open(10_000)(rig);
    opened(rig, 10).forget();
    rig.message(ONLINE, 'true');
    expect(rig.faults).toEqual([{ type: 'presence', device: 'foot-bath-hot', online: false }]);
    expect(frames(rig)[0]).toMatchObject({ method: 'Switch.Set', params: { id: 0, on: false } });
  });

  it('retained reports and strangers are ignored', () => {
    const rig = there();
    const on = JSON.stringify({ method: 'NotifyStatus', params: { ts: 1, 'switch:0': { output: true } } });
    rig.message(EVENTS, on, true).message('other/events/rpc', on);
    rig.message(`${PREFIX}/status/switch:0`, '{"id":0,"output":true}');
    notify(rig, { 'switch:1': { id: 1, output: true } });
    expect(rig.readings).toEqual([]);
    expect(rig.sent).toEqual([]);
  });
});

describe('garbage', () => {
  it('no answer of a device throws, and none is an acknowledgement of what nobody asked', () => {
    const body = fc.oneof(
      fc.json().map((text) => JSON.parse(text) as unknown),
      fc.record({ output: fc.boolean(), timer_started_at: fc.double(), timer_duration: fc.double() }),
      fc.record({ was_on: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), body, fc.boolean())), (answers) => {
        const rig = there();
        for (const [id, result, fails] of answers) {
          const outcome = fails ? { error: { code: 1, message: JSON.stringify(result) } } : { result };
          rig.message(`${src(rig)}/rpc`, JSON.stringify({ id, dst: src(rig), ...outcome }));
          rig.message(EVENTS, JSON.stringify({ method: 'NotifyStatus', params: { 'switch:0': result } }));
        }
        expect(rig.acks).toEqual([]);
        expect(rig.out.filter(opens)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
