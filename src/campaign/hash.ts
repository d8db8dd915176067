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

  /** Four characters at a time: a session has some hundred thousand of them, and nearly all of them are ASCII. */
  text(value: string): void {
    let a = this.#a;
    let b = this.#b;
    const { length } = value;
    const whole = length - (length % 4);
    for (let at = 0; at < whole; at += 4) {
      const word =
        value.charCodeAt(at) ^
        (value.charCodeAt(at + 1) << 8) ^
        (value.charCodeAt(at + 2) << 16) ^
        (value.charCodeAt(at + 3) << 24);
      a = Math.imul(a ^ word, 0x01000193);
      b = Math.imul((b ^ word) + 0x7f4a7c15, 0x85ebca6b);
      b ^= b >>> 13;
    }
    this.#a = a;
    this.#b = b;
    for (let at = whole; at < length; at += 1) this.#mix(value.charCodeAt(at));
    this.#mix(length);
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
