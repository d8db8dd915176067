import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { busyTimes } from './busy-times.ts';

/** Reads one calendar in a thread of its own: years of it must not keep the water waiting. */
const taskSchema = z.object({ text: z.string(), fromMs: z.number(), toMs: z.number(), zone: z.string() });

const { text, ...window } = taskSchema.parse(workerData);
parentPort?.postMessage(busyTimes(text, window));
