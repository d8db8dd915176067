import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { busyTimes } from './busy-times.ts';

/** Reads one calendar in a thread of its own: years of it must not keep the water waiting. */
const taskSchema = z.object({
  ...{ text: z.string(), fromMs: z.number(), toMs: z.number(), zone: z.string() },
  without: z.array(z.int()),
  at: z.instanceof(Int32Array),
});

const { text, without, at, ...window } = taskSchema.parse(workerData);
const times = busyTimes(text, window, {
  without: new Set(without),
  at: (line) => {
    Atomics.store(at, 0, line);
  },
});
parentPort?.postMessage(times);
