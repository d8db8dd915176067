import type { Happening, SessionFacts, Tick } from '../trace.ts';

/** Outputs that let water in. The drain lets it out, and a heater is no valve. */
const NO_SUPPLY: ReadonlySet<string> = new Set(['drain', 'warm-drain', 'cold-drain', 'heater']);

export function isSupply(output: string): boolean {
  return !NO_SUPPLY.has(output);
}

/** What a person says or does to have water, or to have it again. */
const WATER_WORDS: ReadonlySet<string> = new Set(['start', 'begin', 'resume', 'continue']);

export function asksForWater(event: Happening): boolean {
  return event.type === 'pressed'
    ? event.role !== 'stop'
    : event.type === 'asked' && WATER_WORDS.has(event.word);
}

/** The first supply that is truly open, and that no fault holds; null: all are shut. */
export function openSupply(
  { open, atMs }: Tick,
  held: (output: string, atMs: number) => boolean,
): string | null {
  for (const output in open)
    if (open[output] === true && isSupply(output) && !held(output, atMs)) return output;
  return null;
}

/** The longest that any valve of the station travels, milliseconds. */
export function travelOf({ travelMs }: Pick<SessionFacts, 'travelMs'>): number {
  return Math.max(500, ...Object.values(travelMs));
}

/** A mixer's setpoint above this is warm water. */
const MIDDLE_C = 25;

/** On which side water truly runs: by the valves, and on a mixer by the setpoint it was last sent. */
export class Sides {
  #mixerC: number | null = null;
  #phase = '';

  event(event: Happening): void {
    if (event.type === 'command' && event.targetC !== null) this.#mixerC = event.targetC;
    else if (event.type === 'state') this.#phase = event.phase;
  }

  warm({ open }: Tick): boolean {
    return open['hot'] === true || (open['mixer'] === true && (this.#mixerC ?? 0) > MIDDLE_C);
  }

  cold({ open }: Tick): boolean {
    return open['cold'] === true || (open['mixer'] === true && (this.#mixerC ?? 99) <= MIDDLE_C);
  }

  /** The cue that stands: which of two vessels a person is to be in. */
  get cue(): 'warm' | 'cold' | null {
    return this.#phase === 'warm' || this.#phase === 'cold' ? this.#phase : null;
  }
}

/**
 * A stream that Ebb opens: water runs over the feet and away, so what stands after a close is not theirs to feel. Where it
 * only cues, nobody knows what runs, and the cue is all there is.
 */
export function isStream({ station }: SessionFacts): boolean {
  return station.vessel === 'stream' && station.plumbing !== 'cues';
}
