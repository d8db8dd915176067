/** The bytes of the protocol that a board may say something with. */
const SYSEX = 0xf0;
const END = 0xf7;
const VERSION = 0xf9;
const ANALOG = 0xe0;
const DIGITAL = 0x90;
/** Longer than a board has room for: the capabilities of a Mega are the longest, 800 bytes. */
const LONGEST = 2_048;

/**
 * Whole messages out of what comes, in front of firmata-io: that one takes any byte for data, keeps a message that never
 * ends for ever, and throws at pins that no board has. What does not fit is counted and goes no further.
 */
export class Screen {
  readonly #pass: (message: Buffer) => void;
  readonly #noise: (bytes: number) => void;
  #held: number[] = [];

  /** `noise`: so many bytes that belong to no message. */
  constructor(pass: (message: Buffer) => void, noise: (bytes: number) => void) {
    this.#pass = pass;
    this.#noise = noise;
  }

  reset(): void {
    this.#held = [];
  }

  take(bytes: Uint8Array): void {
    for (const byte of bytes) this.#byte(byte);
  }

  #byte(byte: number): void {
    const [first] = this.#held;
    const data = byte < 0x80;
    if (first === undefined) {
      if (begins(byte)) this.#held.push(byte);
      else this.#noise(1);
      return;
    }
    const ends = first === SYSEX && byte === END;
    if ((!data && !ends) || this.#held.length >= LONGEST) {
      this.#noise(this.#held.length);
      this.#held = [];
      this.#byte(byte);
      return;
    }
    this.#held.push(byte);
    if (!ends && (first === SYSEX || this.#held.length < 3)) return;
    const message = Buffer.from(this.#held);
    this.#held = [];
    this.#pass(message);
  }
}

function begins(byte: number): boolean {
  const kind = byte & 0xf0;
  return kind === DIGITAL || kind === ANALOG || byte === SYSEX || byte === VERSION;
}
