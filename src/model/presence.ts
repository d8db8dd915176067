import { z } from 'zod';
import { SECOND_MS } from './units.ts';

/**
 * What `ebb presence` says of the person at a computer, on `ebb-presence/<name>`, at each change and every 30 s. Never
 * retained: what lies at a broker says nothing of now. Its last will says that nobody knows any more.
 */
export const presenceTopic = (name: string): string => `ebb-presence/${name}`;
export const PRESENCE_EVERY_MS = 30 * SECOND_MS;

export const presenceWordSchema = z.object({
  /** null: not known, since the helper ends or cannot tell. */
  present: z.boolean().nullable(),
  why: z.enum(['active', 'idle', 'locked', 'said', 'unknown', 'gone']),
});
export type PresenceWord = z.infer<typeof presenceWordSchema>;

export const PRESENCE_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
