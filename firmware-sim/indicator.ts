import type { BuzzerPort, LampPort, NoticePort, RelayPort } from './gadgets/ports.ts';

/** What a lamp or a buzzer was told, in order. Monotonic milliseconds. */
export interface Shown {
  readonly atMs: number;
  readonly what: string;
}

/** A lamp or a buzzer: it does nothing but remember what a person would have seen or heard. */
export class Indicator implements RelayPort, BuzzerPort, LampPort, NoticePort {
  readonly #nowMs: () => number;
  readonly #shown: Shown[] = [];

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get shown(): readonly Shown[] {
    return this.#shown;
  }

  set(on: boolean): void {
    this.#note(on ? 'on' : 'off');
  }

  beep(count: number, onMs: number, offMs: number): void {
    this.#note(count === 0 ? 'silent' : `${count} x ${onMs}/${offMs} ms`);
  }

  notice(text: string | null): void {
    this.#note(text ?? 'off');
  }

  show(
    on: boolean,
    brightness: number,
    { r, g, b }: { readonly r: number; readonly g: number; readonly b: number },
  ): void {
    this.#note(on ? `${r},${g},${b} at ${brightness}` : 'off');
  }

  #note(what: string): void {
    this.#shown.push({ atMs: this.#nowMs(), what });
  }
}
