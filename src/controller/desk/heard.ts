import type { DeviceId } from '../../model/ids.ts';

/** What a device said last, and what became of it since. Milliseconds, monotonic. */
export interface Word {
  readonly yes: boolean;
  readonly saidMs: number;
  /** Since when it, or the way to it, is silent; null: it is not. */
  readonly silentSinceMs: number | null;
  /** Since when it can be heard again and has not said anything itself; null: nothing of that kind. */
  readonly unsaidSinceMs: number | null;
}

/**
 * What the devices of one kind said last. Nothing is dropped as one falls silent: whoever asks knows how old it is, and
 * has a bound of their own for how long it holds.
 */
export class Heard {
  readonly #words = new Map<DeviceId, Word>();
  /** Those that are silent with the link to them, and not by themselves. */
  readonly #cutOff = new Set<DeviceId>();

  /**
   * Returns what it had said before; null: nothing that is known. `retained`: it lay at the broker, so that the device
   * itself has said nothing yet.
   */
  said(device: DeviceId, yes: boolean, atMs: number, retained = false): Word | null {
    const before = this.#words.get(device) ?? null;
    const unsaidSinceMs = retained ? (before?.unsaidSinceMs ?? before?.silentSinceMs ?? atMs) : null;
    this.#words.set(device, { yes, saidMs: atMs, silentSinceMs: null, unsaidSinceMs });
    this.#cutOff.delete(device);
    return before;
  }

  /** The device cannot tell, or is not there. `cutOff`: neither is the link to it, and it comes back with that. */
  silent(device: DeviceId, atMs: number, cutOff = false): void {
    const word = this.#words.get(device);
    if (word?.silentSinceMs !== null) return;
    this.#words.set(device, { ...word, silentSinceMs: atMs, unsaidSinceMs: null });
    if (cutOff) this.#cutOff.add(device);
  }

  /** The link is back: what was said over it stands, until the device says another thing, or that it is gone. */
  linked(atMs: number): void {
    for (const device of this.#cutOff) this.reached(device, atMs);
    this.#cutOff.clear();
  }

  /** One is back, and has said nothing yet. */
  reached(device: DeviceId, atMs: number): void {
    const word = this.#words.get(device);
    if (word === undefined || word.silentSinceMs === null) return;
    this.#words.set(device, { ...word, silentSinceMs: null, unsaidSinceMs: atMs });
  }

  /** It is not known any more. */
  forget(device: DeviceId): void {
    this.#words.delete(device);
    this.#cutOff.delete(device);
  }

  /** The computer slept: everything is that much older. */
  slept(forMs: number): void {
    const sooner = (atMs: number | null): number | null => (atMs === null ? null : atMs - forMs);
    for (const [device, { yes, saidMs, silentSinceMs, unsaidSinceMs }] of this.#words)
      this.#words.set(device, {
        ...{ yes, saidMs: saidMs - forMs },
        ...{ silentSinceMs: sooner(silentSinceMs), unsaidSinceMs: sooner(unsaidSinceMs) },
      });
  }

  get all(): Iterable<readonly [DeviceId, Word]> {
    return this.#words;
  }
}
