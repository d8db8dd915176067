import type { BoardPin, BoardWiring } from './board.ts';

const LF = 10;
const ACCEPTED = /^@\d+ ok v=([1-4]) ms=(\d+)\*/;

/** Hears from the board's own replies which leases it has accepted, and tells whoever hangs on its outputs. */
export class Leases {
  readonly #outputs: BoardWiring['outputs'];
  #line = '';

  constructor(outputs: BoardWiring['outputs']) {
    this.#outputs = outputs;
  }

  hear(byte: number): void {
    if (byte !== LF) {
      this.#line += String.fromCharCode(byte);
      return;
    }
    const [, valve, ms] = ACCEPTED.exec(this.#line) ?? [];
    this.#line = '';
    const pin = (['v1', 'v2', 'v3', 'v4'] as const satisfies readonly BoardPin[])[Number(valve) - 1];
    if (pin !== undefined) this.#outputs[pin]?.leased?.(Number(ms));
  }
}
