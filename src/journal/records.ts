import { z } from 'zod';
import { sessionResultSchema, stepResultSchema } from '../model/state.ts';
import type { JournalRecord } from './journal.ts';

/**
 * The bodies that the projections read. They ask for what they need and let everything else pass, so that a record
 * may say more tomorrow.
 */
export const bodySchemas = {
  /** A session was accepted. The record's own `station` and `session` say where and which. */
  start: z.looseObject({
    person: z.string().nullable().default(null),
    protocol: z.string(),
    simulated: z.boolean().default(false),
    dry: z.boolean().default(false),
  }),
  /** Contact is permitted from here, or to here. */
  exposed: z.looseObject({ on: z.boolean() }),
  /** A step will not run again. */
  step: z.looseObject({ result: stepResultSchema }),
  end: z.looseObject({ result: sessionResultSchema }),
  trip: z.looseObject({
    detector: z.string().default(''),
    code: z.string(),
    latched: z.boolean(),
    clears_at_c: z.number().optional(),
  }),
  clear: z.looseObject({ code: z.string() }),
  /** A person reported a symptom: their water is locked from then on. */
  symptom: z.looseObject({
    person: z.string(),
    symptom: z.string().default(''),
    simulated: z.boolean().default(false),
  }),
  /** A person's water is locked for another reason. */
  lock: z.looseObject({
    person: z.string(),
    code: z.enum(['heat_dose']),
    simulated: z.boolean().default(false),
  }),
  /** What the screening of a person came to; the answers themselves are never in here. */
  screened: z.looseObject({
    person: z.string(),
    result: z.enum(['clear', 'blocked']),
    profile: z.enum(['standard', 'limited']),
    acknowledge: z.boolean().default(false),
  }),
} as const;

type Bodies = { [Type in keyof typeof bodySchemas]: z.infer<(typeof bodySchemas)[Type]> };
const byType: { readonly [Type in keyof Bodies]: z.ZodType<Bodies[Type]> } = bodySchemas;

/** The body of a record of that type, or null where it is of another type or does not fit. */
export function bodyOf<Type extends keyof Bodies>(type: Type, record: JournalRecord): Bodies[Type] | null {
  return record.type === type ? (byType[type].safeParse(record.body).data ?? null) : null;
}
