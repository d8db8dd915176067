import type { Clock } from '../../src/clock/clock.ts';

/**
 * How a switched output of a box misbehaves: `silent` does what it is told and never says so, `late` says so that much
 * later, `refuses` will not open, in the words of its dialect. `clings` lies: it takes each lease and says so, and stays
 * on when it is over, until it is told off.
 */
export type Misbehaviour =
  | { readonly type: 'silent' | 'refuses' | 'clings' }
  /** Milliseconds. */
  | { readonly type: 'late'; readonly byMs: number };

/** What a box says of its outputs, by the names it has for them, and how that is broken. */
export class Answers<Name> {
  readonly #clock: Clock;
  readonly #broken = new Map<Name, Misbehaviour>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** null: it is whole again. */
  misbehave(name: Name, how: Misbehaviour | null): void {
    if (how === null) this.#broken.delete(name);
    else this.#broken.set(name, how);
  }

  refuses(name: Name): boolean {
    return this.#broken.get(name)?.type === 'refuses';
  }

  clings(name: Name): boolean {
    return this.#broken.get(name)?.type === 'clings';
  }

  say(name: Name, speak: () => void): void {
    const how = this.#broken.get(name);
    if (how?.type === 'silent') return;
    if (how?.type !== 'late') speak();
    else this.#clock.at(this.#clock.nowMs() + how.byMs, 'late answer', speak);
  }
}
