import type { ReminderSettings } from '../../model/desk.ts';
import type { DeskDevicesHost } from './devices.ts';
import type { ExerciseHost } from './exercise.ts';
import type { EarlierReminder } from './planned.ts';
import type { SuitedHost } from './suited.ts';

/** What one desk asks of its controller. */
export interface DeskHost
  extends
    Omit<DeskDevicesHost, 'button' | 'person' | 'record' | 'changed'>,
    Omit<ExerciseHost, 'cue' | 'done'>,
    Pick<SuitedHost, 'suited'> {
  /** A session is under way at one of the baths. */
  bathing(): boolean;
  /** What the journal knows of a reminder. */
  earlier(reminder: ReminderSettings): EarlierReminder | null;
  /** Until when quiet was asked for, wall time; null: it was not. */
  quietUntil(): number | null;
}
