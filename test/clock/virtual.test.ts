// If this fails, virtual time is not deterministic: a campaign's seed no longer replays what it found, and deadlines
// run early, late or in the wrong order in every simulated session.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VIRTUAL_EPOCH_MS, VirtualClock } from '../../src/clock/virtual.ts';

describe('the virtual clock', () => {
  it('runs timers by time, and ties in the order they were asked for', () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    for (const [atMs, name] of [
      [5, 'a'],
      [3, 'b'],
      [5, 'c'],
      [3, 'd'],
      [0, 'e'],
    ] as const) {
      clock.at(atMs, name, () => ran.push(`${name}@${clock.nowMs()}`));
    }
    clock.runUntil(5);
    expect(ran).toEqual(['e@0', 'b@3', 'd@3', 'a@5', 'c@5']);
  });

  it('never runs a timer early, whatever is asked for and cancelled', () => {
    const ask = fc.record({
      atMs: fc.integer({ min: 0, max: 50 }),
      cancel: fc.boolean(),
      again: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(ask, { maxLength: 300 }), (asks) => {
        const clock = new VirtualClock();
        const ran: { atMs: number; nowMs: number; order: number }[] = [];
        let order = 0;
        const add = (atMs: number): { cancel(): void } => {
          const mine = order++;
          return clock.at(atMs, 't', () => ran.push({ atMs, nowMs: clock.nowMs(), order: mine }));
        };
        let cancelled = 0;
        for (const { atMs, cancel, again } of asks) {
          const timer = add(atMs);
          if (!cancel) continue;
          timer.cancel();
          if (again) timer.cancel();
          cancelled += 1;
        }
        clock.runUntil(50);
        expect(ran).toHaveLength(asks.length - cancelled);
        for (const [index, { atMs, nowMs, order: mine }] of ran.entries()) {
          expect(nowMs).toBe(atMs);
          const before = ran[index - 1];
          if (before !== undefined) {
            expect(before.atMs < atMs || (before.atMs === atMs && before.order < mine)).toBe(true);
          }
        }
      }),
    );
  });

  it('takes a time that has passed as now, and runs it after what is due now', () => {
    const clock = new VirtualClock();
    clock.runUntil(100);
    const ran: string[] = [];
    clock.at(100, 'due', () => ran.push('due'));
    clock.at(20, 'late', () => ran.push('late'));
    clock.runUntil(100);
    expect(ran).toEqual(['due', 'late']);
    expect(clock.nowMs()).toBe(100);
  });

  it('can cancel a timer from another due at the same time, and one that has run', () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    const first = clock.at(1, 'first', () => {
      ran.push('first');
      second.cancel();
    });
    const second = clock.at(1, 'second', () => ran.push('second'));
    clock.runUntil(2);
    first.cancel();
    expect(ran).toEqual(['first']);
    expect(clock.nextAtMs()).toBeNull();
  });

  it('runUntil runs what is due at its end, and rests there', () => {
    const clock = new VirtualClock();
    let ran = 0;
    clock.at(10, 'at the end', () => (ran += 1));
    clock.at(10.5, 'after', () => (ran += 1));
    clock.runUntil(10);
    expect([ran, clock.nowMs(), clock.nextAtMs()]).toEqual([1, 10, 10.5]);
  });

  it('runWhile says whether the condition ended or the time did', () => {
    const clock = new VirtualClock();
    let done = false;
    clock.at(30, 'done', () => (done = true));
    expect(clock.runWhile(() => !done, 20)).toBe(false);
    expect(clock.runWhile(() => !done, 40)).toBe(true);
    expect(clock.nowMs()).toBe(30);
  });

  it('names the timer of a world that does not come to rest', () => {
    const clock = new VirtualClock();
    const spin = (): void => {
      clock.at(clock.nowMs(), 'spinner', spin);
    };
    spin();
    expect(() => {
      clock.runUntil(1, 1_000);
    }).toThrow('spinner');
    expect(() => clock.runWhile(() => true, 1, 1_000)).toThrow('spinner');
  });

  it('refuses a deadline that is no number, and never reaches one that is never', () => {
    const clock = new VirtualClock();
    expect(() => clock.at(Number.NaN, 'broken', () => undefined)).toThrow('broken');
    clock.at(Infinity, 'never', () => undefined).cancel();
    expect(clock.step()).toBe(false);
  });

  it('steps wall time without moving deadlines', () => {
    const clock = new VirtualClock();
    expect(clock.wallMs()).toBe(VIRTUAL_EPOCH_MS);
    clock.stepWall(-7_200_000);
    clock.runUntil(1_000);
    expect(clock.wallMs()).toBe(VIRTUAL_EPOCH_MS - 7_199_000);
    expect(clock.nowMs()).toBe(1_000);
  });

  it('stays fast when one deadline is moved a hundred thousand times', () => {
    const clock = new VirtualClock();
    let timer = clock.at(2_400_000, 'deadline', () => undefined);
    for (let i = 0; i < 100_000; i += 1) {
      timer.cancel();
      timer = clock.at(2_400_000 + i, 'deadline', () => undefined);
    }
    let ran = 0;
    while (clock.step()) ran += 1;
    expect(ran).toBe(1);
  });
});
