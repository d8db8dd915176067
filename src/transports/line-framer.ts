/** A line of the valve board is never longer, without its end. */
const MAX_LINE = 160;

/** What came and was no line of ours, since it was forgiven last. */
export interface Noise {
  /** Bytes that no line was made of. */
  readonly bytes: number;
  /** The last line that could be read and was none of ours, in print: what another firmware says. */
  readonly said: string | null;
}

/** Bytes into lines of printable ASCII. Keeps at most one line; what is longer is thrown away up to its end. */
export class LineFramer {
  readonly #onLine: (line: string) => void;
  #line = '';
  /** Until the next end of a line. */
  #skipping = false;
  /** Up to the first end of a line: what began before the port was opened is half a line. */
  #first = true;
  #bytes = 0;
  #said: string | null = null;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  get noise(): Noise {
    return { bytes: this.#bytes, said: this.#said };
  }

  /** A new connection. */
  reset(): void {
    this.#line = '';
    this.#skipping = false;
    this.#first = true;
    this.forgive();
  }

  /** The noise up to now meant nothing. */
  forgive(): void {
    this.#bytes = 0;
    this.#said = null;
  }

  /** Takes back that a line was one: it was no word of ours. */
  strange(line: string): void {
    this.#said = line;
    this.#bytes += line.length;
  }

  take(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === LF) this.#end();
      else if (this.#skipping) this.#bytes += 1;
      else if ((byte < SPACE && byte !== CR) || byte > TILDE || this.#line.length >= MAX_LINE) this.#drop();
      else this.#line += byte === CR ? '' : String.fromCharCode(byte);
    }
  }

  #drop(): void {
    this.#bytes += this.#line.length + 1;
    this.#line = '';
    this.#skipping = true;
  }

  #end(): void {
    const line = this.#line;
    this.#line = '';
    const whole = !this.#skipping && (!this.#first || line.startsWith(FIRST_WORD));
    this.#skipping = this.#first = false;
    if (whole && line !== '') this.#onLine(line);
  }
}

/** What a board that was reset by the opening says first; no half of another line begins so. */
const FIRST_WORD = '!boot ';
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TILDE = 0x7e;
