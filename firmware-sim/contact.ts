import type { ContactPort } from './gadgets/ports.ts';

/** A contact that somebody closes and opens: water at a leak sensor, a float, feet on a mat. */
export class Contact implements ContactPort {
  readonly #listeners: (() => void)[] = [];
  #on = false;
  /** A fault: what it says whatever it feels. */
  #held: boolean | null = null;

  read(): boolean {
    return this.#held ?? this.#on;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  set(on: boolean): void {
    this.#change(() => (this.#on = on));
  }

  /** A fault: it says this whatever it feels, or what it said last; null: it is whole again. */
  hold(said: boolean | 'last' | null): void {
    const last = this.read();
    this.#change(() => (this.#held = said === 'last' ? last : said));
  }

  #change(act: () => void): void {
    const before = this.read();
    act();
    if (this.read() !== before) for (const listener of this.#listeners) listener();
  }
}
