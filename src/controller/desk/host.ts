import type { DeskDevicesHost } from './devices.ts';
import type { ExerciseHost } from './exercise.ts';
import type { EarlierDesk } from './earlier.ts';
import type { SuitedHost } from './suited.ts';

/** What one desk asks of its controller. */
export interface DeskHost
  extends
    Omit<DeskDevicesHost, 'button' | 'person' | 'record' | 'changed' | 'wallMs'>,
    Omit<ExerciseHost, 'cue' | 'done'>,
    Pick<SuitedHost, 'suited'> {
  /** A session is under way at one of the baths. */
  bathing(): boolean;
  /** What the journal knows of it. `cueing`: how many lights and buzzers it has. */
  earlier(cueing: number): EarlierDesk;
  /** Until when quiet was asked for, wall time; null: it was not. */
  quietUntil(): number | null;
}
