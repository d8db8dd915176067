import { z } from 'zod';
import type { StoredRecord } from './journal.ts';

const tickSchema = z.looseObject({
  item: z.string(),
  kind: z.enum(['done', 'log']),
  value: z.string().nullable().default(null),
  person: z.string().nullable().default(null),
});
const reminderSchema = z.looseObject({ protocol: z.string(), event: z.literal('done') });

/** Something that was done or noted, ticked off by hand or answered at a desk. */
export interface Done {
  readonly item: string;
  readonly kind: 'done' | 'log';
  readonly value: string | null;
  readonly person: string | null;
  readonly wallMs: number;
  /** A desk asked, and was answered. */
  readonly reminded: boolean;
}

export const DONE_TYPES = ['tick', 'reminder'] as const;

/** What the records say that was done; null: of something else. */
export function doneOf({ type, at, body }: StoredRecord): Done | null {
  const wallMs = Date.parse(at);
  if (type === 'tick') {
    const tick = tickSchema.safeParse(body).data;
    return tick === undefined ? null : { ...tick, wallMs, reminded: false };
  }
  const done = type === 'reminder' ? reminderSchema.safeParse(body).data : undefined;
  if (done === undefined) return null;
  return { item: done.protocol, kind: 'done', value: null, person: null, wallMs, reminded: true };
}
