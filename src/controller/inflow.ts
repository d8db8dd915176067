import type { BusMessage } from '../model/bus.ts';
import { Bucket } from './bucket.ts';

/** No device says more on one topic, nor a station's devices all together: what comes faster is coalesced. */
const TOPIC = { burst: 50, perSecond: 50 };
const ALL = { burst: 500, perSecond: 500 };
/** How long a coalesced message waits for later ones of its topic. */
const WAIT_MS = 20;
/** Distinct topics, and coalesced messages, kept at a time. */
const MAX_TOPICS = 1_000;
const MAX_WAITING = 200;

/**
 * Messages of a station's devices on their way to its queue. A device that says the same thing ten thousand times a
 * second costs what the newest of each 20 ms costs: readings coalesce, and a stop does not wait behind them.
 */
export class Inflow {
  readonly #all = new Bucket(ALL);
  readonly #topics = new Map<string, Bucket>();
  readonly #waiting = new Map<string, BusMessage>();
  #dueMs: number | null = null;

  /** True where the message may go on at once; else it waits for `due`, unless a newer one of its topic replaces it. */
  admit(message: BusMessage, nowMs: number): boolean {
    const { topic } = message;
    if (this.#bucketOf(topic).take(nowMs) && this.#all.take(nowMs)) {
      // It is newer than what waits.
      this.#waiting.delete(topic);
      return true;
    }
    if (this.#waiting.has(topic) || this.#waiting.size < MAX_WAITING) this.#waiting.set(topic, message);
    this.#dueMs ??= nowMs + WAIT_MS;
    return false;
  }

  /** When something that waited may go on; null: nothing waits. */
  get dueMs(): number | null {
    return this.#dueMs;
  }

  /** What may go on now. */
  due(nowMs: number): BusMessage[] {
    if (this.#dueMs === null || nowMs < this.#dueMs) return [];
    const due: BusMessage[] = [];
    for (const [topic, message] of this.#waiting) {
      if (!this.#all.take(nowMs)) break;
      this.#waiting.delete(topic);
      due.push(message);
    }
    this.#dueMs = this.#waiting.size === 0 ? null : nowMs + WAIT_MS;
    return due;
  }

  #bucketOf(topic: string): Bucket {
    const known = this.#topics.get(topic);
    if (known !== undefined) return known;
    if (this.#topics.size >= MAX_TOPICS) this.#topics.clear();
    const bucket = new Bucket(TOPIC);
    this.#topics.set(topic, bucket);
    return bucket;
  }
}
