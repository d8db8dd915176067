import type { ContactPort } from './gadgets/ports.ts';

/** A contact that somebody closes and opens: water at a leak sensor, a float, feet on a mat. */
export class Contact implements ContactPort {
  readonly #listeners: (() => void)[] = [];
  #on = false;

  read(): boolean {
    return this.#on;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  set(on: boolean): void {
    if (on === this.#on) return;
    this.#on = on;
    for (const listener of this.#listeners) listener();
  }
}
