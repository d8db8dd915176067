import { z } from 'zod';
import { wholeNumber } from '../options.ts';

export const FORMATS = ['text', 'json', 'junit', 'github'] as const;

/** What `ebb sim` takes, as commander hands it on. */
export const optionsSchema = z.object({
  config: z.string().optional(),
  protocol: z.string().optional(),
  station: z.string().optional(),
  days: wholeNumber(1, 3_660).optional(),
  sessions: wholeNumber(1, 100_000_000).optional(),
  seed: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(),
  random: z.boolean().default(false),
  faults: z.string().default('all'),
  mode: z.enum(['safety', 'liveness']).default('safety'),
  steady: z.boolean().default(false),
  workers: wholeNumber(1, 256).optional(),
  requireCoverage: z.boolean().default(false),
  trace: z.string().optional(),
  replay: z.boolean().default(false),
  failFast: z.boolean().default(false),
  format: z.enum(FORMATS).optional(),
});
export type SimOptions = z.infer<typeof optionsSchema>;
