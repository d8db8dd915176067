import { writeSync } from 'node:fs';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { SystemClock } from '../src/clock/system.ts';

/**
 * Reads memory and processor time of its process from a thread of its own: one that has more to do than it can, and
 * whose timers therefore come late, is measured all the same. Says one line of JSON on stdout.
 */

const settingsSchema = z.object({
  shared: z.instanceof(SharedArrayBuffer),
  settleMs: z.number(),
  measureMs: z.number(),
});

const COUNTS = ['messages', 'ready', 'running'] as const;

/** What the process counts; read when the time is up. */
export interface Meters {
  messages: number;
  ready: number;
  running: number;
}

/** Measures for `measureMs`, `settleMs` from now. */
export function meter(settleMs: number, measureMs: number): Meters {
  const shared = new SharedArrayBuffer(COUNTS.length * 4);
  const counts = new Int32Array(shared);
  new Worker(new URL(import.meta.url), { workerData: { shared, settleMs, measureMs } });
  const at = (place: number) => ({
    get: () => counts[place] ?? 0,
    set: (value: number) => {
      counts[place] = value;
    },
  });
  const meters: Meters = { messages: 0, ready: 0, running: 0 };
  for (const [place, name] of COUNTS.entries()) Object.defineProperty(meters, name, at(place));
  return meters;
}

function measure(): void {
  const { shared, settleMs, measureMs } = settingsSchema.parse(workerData);
  const counts = new Int32Array(shared);
  const clock = new SystemClock();
  sleep(settleMs);
  const before = { cpu: process.cpuUsage(), atMs: clock.nowMs(), messages: counts[0] ?? 0 };
  sleep(measureMs);
  const tookMs = clock.nowMs() - before.atMs;
  const { user, system } = process.cpuUsage(before.cpu);
  const line = {
    rss_mb: process.memoryUsage.rss() / 2 ** 20,
    cpu: (user + system) / 1_000 / tookMs,
    messages_per_s: (((counts[0] ?? 0) - before.messages) / tookMs) * 1_000,
    ready: counts[1],
    running: counts[2],
  };
  writeSync(1, `${JSON.stringify(line)}\n`);
}

function sleep(forMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs);
}

if (!isMainThread) measure();
