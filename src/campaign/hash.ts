/** Where a text is written to be read; and the same by words, of the order that this computer has. */
const BYTES = Buffer.alloc(1 << 14);
const WORDS = new Int32Array(BYTES.buffer, BYTES.byteOffset, BYTES.length / 4);

/** Names that were read, of all worlds; more than there are topics in a house with everything. */
const NAMES = new Map<string, number>();
const MOST_NAMES = 1_000;

/** A rolling hash of a trace: two 32-bit lanes, printed as 16 hex digits. Same seed, same hash; anything else differs. */
export class TraceHash {
  #a = 0x811c9dc5;
  #b = 0x9e3779b1;

  number(value: number): void {
    // Microseconds: what times and temperatures are made of here is finer than anybody compares.
    const scaled = Math.round(value * 1_000);
    this.#mix(scaled | 0);
    this.#mix(Math.floor(scaled / 4_294_967_296) | 0);
  }

  /** One of a few that come again and again: it is read once, and counts as a number from then on. */
  name(value: string): void {
    let known = NAMES.get(value);
    if (known === undefined) {
      const read = new TraceHash();
      read.text(value);
      known = read.#a ^ read.#b;
      if (NAMES.size >= MOST_NAMES) NAMES.clear();
      NAMES.set(value, known);
    }
    this.#mix(known);
  }

  /** By its bytes, four at a time: a session has some hundred thousand. Beyond Latin-1 a character is its lower byte. */
  text(value: string): void {
    for (let from = 0; from < value.length; from += BYTES.length)
      this.#bytes(BYTES.write(from === 0 ? value : value.slice(from), 'latin1'));
    this.#mix(value.length);
  }

  /** So many of those that were written. */
  #bytes(length: number): void {
    const whole = length >>> 2;
    let a = this.#a;
    let b = this.#b;
    for (let at = 0; at < whole; at += 1) {
      const word = WORDS[at] ?? 0;
      a = Math.imul(a ^ word, 0x01000193);
      b = Math.imul((b ^ word) + 0x7f4a7c15, 0x85ebca6b);
      b ^= b >>> 13;
    }
    this.#a = a;
    this.#b = b;
    for (let at = whole * 4; at < length; at += 1) this.#mix(BYTES[at] ?? 0);
  }

  get hex(): string {
    return [this.#a, this.#b].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #mix(word: number): void {
    this.#a = Math.imul(this.#a ^ word, 0x01000193);
    this.#b = Math.imul((this.#b ^ word) + 0x7f4a7c15, 0x85ebca6b);
    this.#b ^= this.#b >>> 13;
  }
}
