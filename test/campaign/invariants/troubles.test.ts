/**
 * If these fail, a judge is talked out of what it saw: by a fault that does not hold the valve, or that was over long
 * before; or it accuses a valve that a fault holds, and a close that never arrived.
 */
import { describe, expect, test } from 'vitest';
import { Troubles } from '../../../src/campaign/invariants/troubles.ts';
import type { Happening } from '../../../src/campaign/trace.ts';
import type { FaultArgs } from '../../../firmware-sim/faults/index.ts';

function troubles(...events: readonly Happening[]): Troubles {
  const all = new Troubles();
  for (const event of events) all.event(event);
  return all;
}

const fault = (atMs: number, id: string, args: FaultArgs = {}, on = true): Happening => ({
  type: 'fault',
  atMs,
  id,
  args,
  on,
});
const told = (atMs: number, device: string, action: 'open' | 'close'): Happening => ({
  type: 'command',
  atMs,
  device,
  action,
  leaseMs: null,
  targetC: null,
});
const moved = (atMs: number, open: boolean): Happening => ({ type: 'moved', atMs, output: 'hot', open });
const leased = (atMs: number, forMs: number): Happening => ({ type: 'leased', atMs, output: 'hot', forMs });
const HOT = { valve: 'hot', device: 'bath-hot' };

describe('a fault holds a valve', () => {
  test.each(['no-ack', 'late-ack', 'nack', 'reboot', 'offline', 'leaking', 'stale-open'])(
    'valve-%s does not: the valve goes where its relay is told to',
    (id) => {
      expect(troubles(fault(1_000, `valve-${id}`, HOT)).holds('hot', 5_000)).toBe(false);
    },
  );

  test.each(['stuck-open', 'stuck-closed', 'no-motion'])('valve-%s does, until it is mended', (id) => {
    const held = troubles(fault(1_000, `valve-${id}`, HOT));
    expect([held.holds('hot', 999), held.holds('hot', 1e9), held.holds('cold', 5_000)]).toEqual([
      false,
      true,
      false,
    ]);
    held.event(fault(9_000, `valve-${id}`, HOT, false));
    expect([held.holds('hot', 11_000), held.holds('hot', 11_001)]).toEqual([true, false]);
  });

  test('a slow one is mended, and the one that stands open is not', () => {
    const held = troubles(
      fault(1_000, 'valve-stuck-open', HOT),
      fault(2_000, 'valve-slow', { ...HOT, times: 9 }),
    );
    held.event(fault(3_000, 'valve-slow', { ...HOT, times: 9 }, false));
    expect(held.holds('hot', 60_000)).toBe(true);
  });

  test('a slow one for as long as it moves, and not before and after', () => {
    const slow = troubles(
      fault(1_000, 'valve-slow', { ...HOT, times: 10 }),
      told(20_000, 'bath-hot', 'close'),
    );
    expect([slow.holds('hot', 25_500), slow.holds('hot', 25_751)]).toEqual([true, false]);
    expect(troubles(fault(1_000, 'valve-slow', { ...HOT, times: 10 })).holds('hot', 5_000)).toBe(false);
  });

  test('one that gets slow while it moves, and not one that had arrived', () => {
    const slows = (toldMs: number) =>
      troubles(told(toldMs, 'bath-hot', 'close'), fault(20_000, 'valve-slow', { ...HOT, times: 10 }));
    const moves = slows(19_000);
    expect([moves.holds('hot', 24_500), moves.holds('hot', 24_751)]).toEqual([true, false]);
    expect(slows(18_999).holds('hot', 20_500)).toBe(false);
  });

  test('crossed wires hold both', () => {
    const crossed = troubles(fault(1_000, 'valve-wrong-one'));
    expect([
      crossed.holds('hot', 2_000),
      crossed.holds('cold', 2_000),
      crossed.holds('master', 2_000),
    ]).toEqual([true, true, false]);
  });

  test("a stranger's open is excused until it can have been closed, an own one is not", () => {
    const stale = fault(1_000, 'valve-stale-open', HOT);
    const opened = troubles(stale, told(2_000, 'bath-hot', 'close'), moved(5_000, true));
    expect([opened.holds('hot', 8_000), opened.holds('hot', 8_001)]).toEqual([true, false]);
    expect(troubles(stale, told(2_000, 'bath-hot', 'open'), moved(5_000, true)).holds('hot', 5_100)).toBe(
      false,
    );
  });
});

describe('a close that does not arrive', () => {
  const cut = fault(10_000, 'bus-cut', { client: 'ebb', backMs: 5_000 });
  test('has the lease that the device accepted, and no more', () => {
    const late = troubles(leased(9_000, 10_000), cut);
    expect([late.excuses('hot', 12_000, 20_850), late.excuses('hot', 12_000, 20_851)]).toEqual([true, false]);
    expect(late.excuses('cold', 12_000, 13_000)).toBe(false);
  });

  test('nor is one that was due before, or after the wire was whole again', () => {
    const late = troubles(leased(9_000, 60_000), cut);
    expect(late.excuses('hot', 1_000, 9_500)).toBe(false);
    expect(late.excuses('hot', 30_000, 31_000)).toBe(false);
  });

  test('a share of what is said is lost for as long as that lasts', () => {
    const drops = fault(10_000, 'bus-drop', { client: 'ebb', share: 0.5 });
    const late = troubles(leased(9_000, 600_000), drops);
    expect(late.excuses('hot', 100_000, 101_000)).toBe(true);
    late.event(fault(50_000, 'bus-drop', {}, false));
    expect(late.excuses('hot', 100_000, 101_000)).toBe(false);
  });

  test('a controller that is dead closes nothing, and one that is back does', () => {
    const dead = troubles(leased(9_000, 600_000), { type: 'died', atMs: 10_000, boot: 1 });
    expect(dead.excuses('hot', 20_000, 21_000)).toBe(true);
    dead.event({ type: 'booted', atMs: 30_000, boot: 2 });
    expect(dead.excuses('hot', 40_000, 41_000)).toBe(false);
  });

  test.each(['time-wall-forward', 'time-early-timer', 'process-disk-full', 'bus-stale-command'])(
    '%s keeps no command from its way',
    (id) => {
      expect(troubles(leased(9_000, 600_000), fault(10_000, id)).excuses('hot', 12_000, 13_000)).toBe(false);
    },
  );
});

test('a line to a board that is pulled or noisy keeps words from it until its port is open again, and no longer', () => {
  const pulled = troubles(fault(1_000, 'port-unplugged', { port: '/dev/x', backMs: 5_000 }));
  expect([pulled.hindered(900, 999), pulled.hindered(1_000, 1_000)]).toEqual([false, true]);
  expect([pulled.hindered(16_000, 16_000), pulled.hindered(16_001, 17_000)]).toEqual([true, false]);
  const noisy = troubles(fault(1_000, 'port-late', { port: '/dev/x', delayMs: 500 }));
  expect(noisy.hindered(1e9, 1e9)).toBe(true);
  noisy.event(fault(9_000, 'port-late', { port: '/dev/x', delayMs: 500 }, false));
  expect([noisy.hindered(19_500, 19_500), noisy.hindered(19_501, 20_000)]).toEqual([true, false]);
  const hung = troubles(fault(1_000, 'port-board-hangs', { port: '/dev/x' }));
  expect([hung.hindered(3_000, 3_000), hung.hindered(3_001, 4_000)]).toEqual([true, false]);
});

describe('what is mended by itself is told for its own time, and until the other side has been met again', () => {
  test.each<readonly [string, FaultArgs, number]>([
    ['port-unplugged', { backMs: 1_000 }, 11_000],
    ['port-dead', { backMs: 1_000 }, 11_000],
    ['port-board-hangs', {}, 2_000],
    ['bus-cut', { backMs: 1_000 }, 4_000],
    ['bus-broker-restart', { backMs: 1_000 }, 4_000],
    ['bus-half-open', { noticedMs: 500, backMs: 1_000 }, 4_500],
    ['bus-taken-over', { stayMs: 1_000 }, 7_000],
    ['process-second-controller', { stayMs: 1_000 }, 7_000],
    ['time-stall', { forMs: 1_000 }, 1_000],
    ['time-suspend', { forMs: 1_000 }, 1_000],
    // What is no figure counts for nothing.
    ['bus-cut', { backMs: 'soon' }, 3_000],
    ['time-stall', {}, 0],
  ])('%s %j', (id, args, forMs) => {
    const all = troubles(fault(10_000, id, args));
    const at = (atMs: number): boolean => all.hindered(atMs, atMs);
    expect([at(9_999), at(10_000), at(10_000 + forMs), at(10_001 + forMs)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(all.frozen(10_000)).toBe(id.startsWith('time-'));
    expect(all.asleepMs(0, 60_000)).toBe(id === 'time-suspend' ? forMs : 0);
    expect(troubles(fault(10_000, id, args, false)).hindered(0, 60_000)).toBe(false);
  });

  test('a process that is dead, until 3 s after it was started again', () => {
    const dead = troubles({ type: 'died', atMs: 10_000, boot: 1 });
    expect([dead.hindered(9_999, 9_999), dead.hindered(1e9, 1e9)]).toEqual([false, true]);
    dead.event({ type: 'booted', atMs: 30_000, boot: 2 });
    expect([dead.hindered(33_000, 33_000), dead.hindered(33_001, 40_000)]).toEqual([true, false]);
  });

  test('a valve that is off the air, and a box that is started anew', () => {
    const off = troubles(fault(1_000, 'valve-offline', HOT));
    expect(off.hindered(1e9, 1e9)).toBe(true);
    off.event(fault(9_000, 'valve-offline', HOT, false));
    expect([off.hindered(12_000, 12_000), off.hindered(12_001, 20_000)]).toEqual([true, false]);
    const anew = troubles(fault(1_000, 'valve-reboot', HOT));
    expect([anew.lasts('valve', 11_000, 11_000), anew.lasts('valve', 11_001, 20_000)]).toEqual([true, false]);
  });
});

test('a class lasts from when one of it begins until that one is over', () => {
  const all = troubles(fault(1_000, 'sensor-stuck'), fault(2_000, 'supply-hot-lost'));
  all.event(fault(5_000, 'sensor-stuck', {}, false));
  expect([
    all.lasts('sensor', 0, 999),
    all.lasts('sensor', 0, 1_000),
    all.lasts('sensor', 5_000, 6_000),
  ]).toEqual([false, true, true]);
  expect([all.lasts('sensor', 5_001, 6_000), all.lasts('supply', 1e9, 1e9)]).toEqual([false, true]);
  expect([all.began(/^sensor-/), all.began(/^valve-/)]).toEqual([true, false]);
});
