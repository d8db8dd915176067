/**
 * Seeded chance: sfc32, seeded by a hash of (seed, stream name). One stream a concern (world, person, bus, ids), so
 * that a draw added to one does not move the others.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number, stream: string) {
    let h = 0x811c9dc5 ^ (seed >>> 0) ^ Math.imul(Math.floor(seed / 2 ** 32) >>> 0, 0x9e3779b1);
    const next = (): number => {
      h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
      h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
      return (h ^= h >>> 16) >>> 0;
    };
    for (const char of stream) h = Math.imul(h ^ (char.codePointAt(0) ?? 0), 0x01000193);
    [this.#a, this.#b, this.#c, this.#d] = [next(), next(), next(), 1];
    for (let i = 0; i < 12; i += 1) this.next();
  }

  /** In [0, 1). */
  next(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  }

  between(min: number, max: number): number {
    return min + (max - min) * this.next();
  }

  /** A whole number, both ends included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(p: number): boolean {
    return this.next() < p;
  }

  /** Gaussian, mean 0, standard deviation 1 (Box-Muller). */
  normal(): number {
    const u = Math.max(this.next(), 1e-12);
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.next());
  }

  /** `length` characters of a-z and 0-9. */
  word(length: number): string {
    let word = '';
    for (let i = 0; i < length; i += 1)
      word += 'abcdefghijklmnopqrstuvwxyz0123456789'.charAt(this.int(0, 35));
    return word;
  }
}

/** A seed nobody chose, for runs that did not ask for one. */
export function freshSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}
