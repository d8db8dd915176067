import type { DeviceId } from '../../src/model/ids.ts';
import { withEntry } from '../with-entry.ts';

/** How many samples running each thermometer has been past a limit: the good readings of one excuse no other. */
export type Streaks = Readonly<Record<DeviceId, number>>;

export function streaksWith(before: Streaks, device: DeviceId, past: boolean): Streaks {
  // A good reading after a good one, as nearly all are, changes nothing.
  return withEntry(before, device, past ? (before[device] ?? 0) + 1 : 0);
}

export function samplesIn(streaks: Streaks): number {
  let samples = 0;
  for (const device in streaks) samples += streaks[device] ?? 0;
  return samples;
}
