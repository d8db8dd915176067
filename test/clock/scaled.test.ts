// If this fails, a demo or a simulated rig keeps the wrong time: a stall of the computer looks like silence in the
// water and trips a session, or timers of the controller and of its devices run early or in the wrong order.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ScaledClock } from '../../src/clock/scaled.ts';
import { SystemClock } from '../../src/clock/system.ts';
import type { Clock } from '../../src/clock/clock.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function until(clock: Clock, atMs: number, name = 'until'): Promise<void> {
  return new Promise((resolve) => {
    clock.at(atMs, name, resolve);
  });
}

describe('the scaled clock', () => {
  it('runs each timer at exactly its own time, in order, ties as they were asked for', async () => {
    const clock = new ScaledClock(100);
    const startMs = clock.nowMs();
    const ran: [string, number][] = [];
    const note = (name: string, afterMs: number): void => {
      clock.at(startMs + afterMs, name, () => ran.push([name, clock.nowMs() - startMs]));
    };
    note('c', 900);
    note('a', 300);
    note('b', 300);
    note('d', 2_000);
    await until(clock, startMs + 2_000);
    expect(ran.map(([name]) => name)).toEqual(['a', 'b', 'c', 'd']);
    for (const [index, dueMs] of [300, 300, 900, 2_000].entries())
      expect(ran[index]?.[1]).toBeCloseTo(dueMs, 6);
  });

  it('a stall of the process moves time by at most 500 ms a turn, and past no timer', async () => {
    const clock = new ScaledClock(1_000);
    const seen: number[] = [];
    const startMs = clock.nowMs();
    clock.at(startMs + 100, 'due', () => seen.push(clock.nowMs() - startMs));
    block(50);
    await turn();
    expect(clock.nowMs() - startMs).toBeLessThanOrEqual(100);
    await until(clock, startMs + 101);
    expect(seen[0]).toBeCloseTo(100, 6);
    let before = clock.nowMs();
    for (let i = 0; i < 5; i += 1) {
      block(5);
      await turn();
      const now = clock.nowMs();
      // A difference of two sums of fractions.
      expect(now - before).toBeLessThanOrEqual(1_000 + 1e-6);
      before = now;
    }
  });

  it('time stands still within a turn and never goes back', async () => {
    const clock = new ScaledClock(20);
    let last = -1;
    for (let i = 0; i < 50; i += 1) {
      const now = clock.nowMs();
      expect(now).toBeGreaterThanOrEqual(last);
      block(1);
      expect(clock.nowMs()).toBe(now);
      last = now;
      await turn();
    }
  });

  it('a long sleep is no stall: real time is kept up with', async () => {
    const clock = new ScaledClock(20);
    const startMs = clock.nowMs();
    const real = performance.now();
    // 3 s of simulated time with nothing in between: six times what a stall is cut to.
    await until(clock, startMs + 3_000);
    expect(performance.now() - real).toBeGreaterThanOrEqual(145);
    expect(performance.now() - real).toBeLessThan(2_000);
  });

  it('keeps time while nobody waits for it', async () => {
    const clock = new ScaledClock(20);
    const startMs = clock.nowMs();
    await sleep(150);
    expect(clock.nowMs() - startMs).toBeGreaterThan(1_000);
  });

  it('many timers due close together cause no drift', async () => {
    const clock = new ScaledClock(20);
    const startMs = clock.nowMs();
    const real = performance.now();
    let ticks = 0;
    await new Promise<void>((resolve) => {
      const tick = (): void => {
        ticks += 1;
        if (ticks === 1_000) resolve();
        else clock.at(startMs + (ticks + 1) * 2, 'tick', tick);
      };
      clock.at(startMs + 2, 'tick', tick);
    });
    // 2 s at 20x are 100 ms. One timer a millisecond would take a whole second.
    expect(performance.now() - real).toBeLessThan(900);
  });

  it('changes speed under way', async () => {
    const clock = new ScaledClock(1);
    const startMs = clock.nowMs();
    const real = performance.now();
    const done = until(clock, startMs + 5_000);
    await sleep(20);
    clock.speed = 100;
    expect(clock.speed).toBe(100);
    await done;
    expect(performance.now() - real).toBeLessThan(2_000);
    expect(clock.nowMs() - startMs).toBeGreaterThanOrEqual(5_000);
  });

  it('does not run what was cancelled, and refuses a speed that is none', async () => {
    const clock = new ScaledClock(100);
    let ran = false;
    const timer = clock.at(clock.nowMs() + 100, 'cancelled', () => (ran = true));
    timer.cancel();
    await until(clock, clock.nowMs() + 300);
    expect(ran).toBe(false);
    for (const speed of [0, -1, Number.NaN, Infinity]) expect(() => new ScaledClock(speed)).toThrow('speed');
  });

  it('goes on after a callback that throws', async () => {
    const clock = new ScaledClock(100);
    const thrown = new Promise((resolve) => {
      process.setUncaughtExceptionCaptureCallback(resolve);
    });
    try {
      clock.at(clock.nowMs(), 'throws', () => {
        throw new Error('as planned');
      });
      const next = until(clock, clock.nowMs() + 50);
      await expect(thrown).resolves.toMatchObject({ message: 'as planned' });
      await next;
    } finally {
      process.setUncaughtExceptionCaptureCallback(null);
    }
  });
});

describe.each([
  ['system', (): Clock => new SystemClock()],
  ['scaled at speed 1', (): Clock => new ScaledClock(1)],
])('the %s clock', (_name, make) => {
  it('never calls back early or at once', async () => {
    const clock = make();
    const startMs = clock.nowMs();
    const lateMs = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const dueMs = startMs + index * 1.3;
        let inside = true;
        const at = new Promise<number>((resolve) => {
          clock.at(dueMs, 'timer', () => {
            expect(inside).toBe(false);
            resolve(clock.nowMs());
          });
        });
        inside = false;
        return (await at) - dueMs;
      }),
    );
    expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...lateMs)).toBeLessThan(1_000);
  });

  it('refuses a deadline that is no number', () => {
    expect(() => make().at(Number.NaN, 'broken', () => undefined)).toThrow('broken');
  });
});
