import type { Beat } from '../src/model/device.ts';

/**
 * A beat played from this side, for devices that only know on and off. `toggle` counts the changes made so far:
 * even ones turn on, odd ones off; after `2 * count` the beat is over and `then` is what stays.
 */
export interface Playing {
  readonly beat: Beat;
  readonly then: 'on' | 'off';
  readonly toggle: number;
  /** When the next change is due, monotonic milliseconds. */
  readonly nextMs: number;
}

export interface Played {
  readonly playing: Playing | null;
  /** What the device is to be now; null for no change. */
  readonly on: boolean | null;
}

/** Starts a beat; call `advance` at `nextMs`. The first change is made at once. */
export function startBeat(beat: Beat, then: 'on' | 'off', atMs: number): Played {
  return advance({ beat, then, toggle: 0, nextMs: atMs }, atMs);
}

/** Makes every change that is due. After a stall only the newest is reported: nobody wants the beeps they missed. */
export function advance(playing: Playing, atMs: number): Played {
  let { toggle, nextMs } = playing;
  const { beat, then } = playing;
  const last = 2 * beat.count;
  let on: boolean | null = null;
  while (nextMs <= atMs && toggle < last) {
    on = toggle % 2 === 0;
    nextMs += on ? beat.onMs : beat.offMs;
    toggle += 1;
  }
  if (toggle < last) return { playing: { beat, then, toggle, nextMs }, on };
  if (then === 'off') return { playing: null, on: on ?? false };
  if (nextMs <= atMs) return { playing: null, on: true };
  return { playing: { beat, then, toggle, nextMs }, on };
}
