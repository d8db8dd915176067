import type { PresenceWord } from '../../model/presence.ts';
import { durationSchema } from '../../model/units.ts';
import type { Look } from './look.ts';

/** What a look means: locked is away; touched lately is there. */
export function judge({ idleMs, locked }: Look, awayAfterMs: number): PresenceWord {
  if (locked === true) return { present: false, why: 'locked' };
  if (idleMs !== null && idleMs >= awayAfterMs) return { present: false, why: 'idle' };
  // A lock that is open is all that some computers know.
  return idleMs === null && locked === null
    ? { present: null, why: 'unknown' }
    : { present: true, why: 'active' };
}

/** A line that another program says; null: it means nothing here. */
export function wordOf(line: string, awayAfterMs: number): PresenceWord | null {
  const [word = '', ...rest] = line.trim().toLowerCase().split(/\s+/);
  switch (word) {
    case 'present':
      return { present: true, why: 'said' };
    case 'away':
      return { present: false, why: 'said' };
    case 'unknown':
      return { present: null, why: 'unknown' };
    case 'locked':
    case 'unlocked':
      return judge({ idleMs: null, locked: word === 'locked' }, awayAfterMs);
    case 'idle': {
      const parsed = durationSchema.safeParse(rest.join(' '));
      return parsed.success && parsed.data >= 0
        ? judge({ idleMs: parsed.data, locked: null }, awayAfterMs)
        : null;
    }
    default:
      return null;
  }
}
