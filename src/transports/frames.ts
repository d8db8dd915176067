/**
 * Follows the packets of one MQTT connection by their length fields alone, and says when one is announced that is
 * longer than allowed: before its bytes are collected.
 */
export class FrameLimit {
  readonly #maxBytes: number;
  /** Bytes of the present packet that have yet to come. */
  #bodyLeft = 0;
  /** In the length field: how many of its bytes were read; null outside of it. */
  #lengthBytes: number | null = null;
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** False once a packet is too long, or its length makes no sense. */
  accepts(chunk: Uint8Array): boolean {
    let at = 0;
    while (at < chunk.length) {
      if (this.#bodyLeft > 0) {
        const taken = Math.min(this.#bodyLeft, chunk.length - at);
        this.#bodyLeft -= taken;
        at += taken;
        continue;
      }
      const byte = chunk[at] ?? 0;
      at += 1;
      if (this.#lengthBytes === null) {
        // The first byte, type and flags: the length follows, 7 bits a byte.
        this.#lengthBytes = 0;
        this.#length = 0;
        continue;
      }
      this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
      this.#lengthBytes += 1;
      if (this.#length > this.#maxBytes || this.#lengthBytes > 4) return false;
      if ((byte & 0x80) === 0) {
        this.#bodyLeft = this.#length;
        this.#lengthBytes = null;
      }
    }
    return true;
  }
}
