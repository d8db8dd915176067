import { z } from 'zod';
import type { News } from '../../controller/index.ts';
import { deskStateSchema, guideResultSchema } from '../../model/desk.ts';
import { DESK_EVENT_TYPES, EVENT_TYPES } from '../../model/events.ts';
import { sessionResultSchema, stateObjectSchema } from '../../model/state.ts';

/** News as they come over the control socket: the same words as inside, checked at the door. */
const newsSchema: z.ZodType<News> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('state'), state: stateObjectSchema }),
  z.object({ type: z.literal('desk'), state: deskStateSchema }),
  z.object({
    type: z.literal('command'),
    device: z.string(),
    action: z.enum(['open', 'renew', 'close', 'set', 'cue']),
    leaseMs: z.number().nullable(),
    targetC: z.number().nullable(),
    cue: z.string().nullable(),
  }),
  z.object({
    type: z.literal('reading'),
    device: z.string(),
    kind: z.string(),
    value: z.union([z.number(), z.string()]).nullable(),
  }),
  z.object({
    type: z.literal('event'),
    event: z.enum([...EVENT_TYPES, ...DESK_EVENT_TYPES]),
    detail: z.record(z.string(), z.unknown()),
  }),
  z.object({ type: z.literal('result'), result: sessionResultSchema }),
  z.object({ type: z.literal('guide'), result: guideResultSchema }),
]);

/** null for what a newer controller may say beyond that. */
export function parseNews(value: unknown): News | null {
  return newsSchema.safeParse(value).data ?? null;
}
