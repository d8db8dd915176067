/**
 * A bounded queue with classes: what closes water goes first, then readings, then commands, then the rest. Each class
 * is bounded by itself, so that no flood of one delays another past its own turn.
 */
export type QueueClass = 'stop' | 'device' | 'command' | 'rest';

export class StationQueue<Item> {
  readonly #items: Record<QueueClass, Item[]> = { stop: [], device: [], command: [], rest: [] };
  readonly #bound: number;
  #length = 0;
  /** How many items were dropped because their class was full. */
  dropped = 0;

  constructor(bound = 1_000) {
    this.#bound = bound;
  }

  /** False when the item was not taken. Device messages and the rest make room by losing their oldest. */
  push(kind: QueueClass, item: Item): boolean {
    const items = this.#items[kind];
    if (items.length >= this.#bound) {
      this.dropped += 1;
      // A thousand stops say no more than one; a thousand commands are not meant.
      if (kind === 'stop' || kind === 'command') return false;
      items.shift();
    } else this.#length += 1;
    items.push(item);
    return true;
  }

  shift(): Item | undefined {
    // Asked after each item whether there is another, and as a rule there is none.
    if (this.#length === 0) return undefined;
    this.#length -= 1;
    const { stop, device, command, rest } = this.#items;
    return stop.shift() ?? device.shift() ?? command.shift() ?? rest.shift();
  }

  get length(): number {
    return this.#length;
  }
}
