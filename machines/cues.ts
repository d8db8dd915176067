import type { Beat, Cue, CueName } from '../src/model/device.ts';
import type { WaterKind } from '../src/model/plan.ts';
import type { StationKind } from '../src/model/station.ts';
import { refuseBeat } from '../src/model/beat.ts';

/**
 * Light and sound patterns, one table. Bounds: nothing flashes or beeps between 3 and 60 times a second (photosensitive
 * epilepsy), and nothing lasts longer than ten seconds. Warm, cold and end differ in count and rhythm, not only in
 * colour, so that they can be told apart with eyes closed or without hearing.
 */
const beat = (count: number, onMs: number, offMs: number): Beat => ({ count, onMs, offMs });

export const CUES: Readonly<Record<CueName, Cue>> = {
  'feet-in': {
    name: 'feet-in',
    sound: beat(2, 300, 300),
    light: { ...beat(2, 300, 300), colour: 'warm', then: 'on' },
  },
  countdown: {
    name: 'countdown',
    sound: beat(3, 200, 800),
    light: { ...beat(3, 500, 500), colour: 'white', then: 'on' },
  },
  'cold-soon': {
    name: 'cold-soon',
    sound: beat(5, 200, 800),
    light: { ...beat(5, 500, 500), colour: 'cold', then: 'on' },
  },
  warm: {
    name: 'warm',
    sound: beat(1, 800, 200),
    light: { ...beat(1, 800, 200), colour: 'warm', then: 'on' },
  },
  cold: {
    name: 'cold',
    sound: beat(3, 300, 200),
    light: { ...beat(3, 300, 200), colour: 'cold', then: 'on' },
  },
  end: {
    name: 'end',
    sound: beat(4, 600, 400),
    light: { ...beat(4, 600, 400), colour: 'white', then: 'on' },
  },
  pause: {
    name: 'pause',
    sound: beat(2, 600, 400),
    light: { ...beat(2, 600, 400), colour: 'white', then: 'on' },
  },
  ask: {
    name: 'ask',
    sound: beat(2, 200, 300),
    light: { ...beat(5, 500, 500), colour: 'white', then: 'on' },
  },
  'step-out': {
    name: 'step-out',
    sound: beat(5, 500, 500),
    light: { ...beat(5, 500, 500), colour: 'red', then: 'on' },
  },
  towel: {
    name: 'towel',
    sound: beat(5, 500, 500),
    light: { ...beat(5, 500, 500), colour: 'cold', then: 'on' },
  },
  // A desk: the light alone first, for a minute; a colleague need not hear it.
  remind: {
    name: 'remind',
    sound: null,
    light: { ...beat(5, 1_000, 1_000), colour: 'white', then: 'on' },
  },
  'remind-again': {
    name: 'remind-again',
    sound: beat(2, 200, 400),
    light: { ...beat(5, 500, 500), colour: 'white', then: 'on' },
  },
  'get-ready': {
    name: 'get-ready',
    sound: beat(2, 150, 350),
    light: { ...beat(3, 500, 500), colour: 'white', then: 'off' },
  },
  beat: {
    name: 'beat',
    sound: beat(1, 150, 350),
    light: { ...beat(1, 500, 500), colour: 'white', then: 'off' },
  },
  halfway: {
    name: 'halfway',
    sound: beat(1, 800, 200),
    light: { ...beat(2, 500, 500), colour: 'white', then: 'off' },
  },
  // A breath: the light comes up, stays and goes, as fast as the breath is; soft marks for closed eyes.
  'breathe-in': {
    name: 'breathe-in',
    sound: beat(1, 100, 400),
    light: { ...beat(0, 500, 500), colour: 'warm', then: 'on' },
  },
  'breathe-hold': { name: 'breathe-hold', sound: beat(2, 100, 400), light: null },
  'breathe-out': {
    name: 'breathe-out',
    sound: beat(1, 400, 100),
    light: { ...beat(0, 500, 500), colour: 'warm', then: 'off' },
  },
  off: { name: 'off', sound: null, light: { ...beat(0, 500, 500), colour: 'white', then: 'off' } },
};

/** A cue whose light takes so long to what stays, where it can be dimmed. */
export function fading(cue: Cue, fadeMs: number): Cue {
  return cue.light === null ? cue : { ...cue, light: { ...cue.light, fadeMs } };
}

/** How long ahead of a change its cue is given, and which. */
export interface Countdown {
  readonly cue: CueName;
  readonly aheadMs: number;
}

/** 3-2-1 before the water changes; a whole body under a shower is told of cold water 5 s ahead. */
const SHORT: Countdown = { cue: 'countdown', aheadMs: 3_000 };
const LONG: Countdown = { cue: 'cold-soon', aheadMs: 5_000 };
export const COUNTDOWNS: Readonly<Record<StationKind, Readonly<Record<WaterKind, Countdown>>>> = {
  bath: { warm: SHORT, cold: SHORT },
  shower: { warm: SHORT, cold: LONG },
  buckets: { warm: SHORT, cold: SHORT },
};

/** A cue with a light or a sound of one's own; whatever is out of bounds stays as it was. */
export function tuned(
  cue: Cue,
  own: { readonly light?: Beat; readonly sound?: Beat | null } | undefined,
): Cue {
  const { light, sound } = own ?? {};
  const fits = (beat: Beat | null | undefined): boolean =>
    beat !== undefined && (beat === null || refuseBeat(beat) === null);
  return {
    ...cue,
    light: cue.light !== null && fits(light) ? { ...cue.light, ...light } : cue.light,
    sound: sound !== undefined && fits(sound) ? sound : cue.sound,
  };
}
