/**
 * A bounded queue with classes: what closes water goes first, then readings, then commands, then the rest. Each class
 * is bounded by itself, so that no flood of one delays another past its own turn.
 */
export const CLASSES = ['stop', 'device', 'command', 'rest'] as const;
export type QueueClass = (typeof CLASSES)[number];

export class StationQueue<Item> {
  readonly #items: Record<QueueClass, Item[]> = { stop: [], device: [], command: [], rest: [] };
  readonly #bound: number;
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
    }
    items.push(item);
    return true;
  }

  shift(): Item | undefined {
    const { stop, device, command, rest } = this.#items;
    return stop.shift() ?? device.shift() ?? command.shift() ?? rest.shift();
  }

  get length(): number {
    return CLASSES.reduce((sum, kind) => sum + this.#items[kind].length, 0);
  }
}
