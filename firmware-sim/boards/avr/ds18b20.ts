/**
 * A DS18B20 on its wire, bit by bit, from its data sheet (Maxim 19-7487): presence after a reset, SKIP ROM, CONVERT T,
 * READ SCRATCHPAD, 12 bits. Times are in microseconds.
 */
const RESET_US = 480;
const WRITE_ONE_US = 15;
const WRITE_ZERO_US = { least: 60, most: 120 };
const PRESENCE = { afterUs: 30, forUs: 120 };
const HOLD_US = 30;
const CONVERT_US = 750_000;

const SKIP_ROM = 0xcc;
const CONVERT = 0x44;
const READ_SCRATCHPAD = 0xbe;

export interface Wire {
  nowUs(): number;
  atUs(us: number, callback: () => void): void;
  /** The sensor pulls the wire low, or lets it go. */
  pull(low: boolean): void;
}

type Mode = 'idle' | 'rom' | 'function' | 'sending';

export class Ds18b20 {
  readonly #wire: Wire;
  readonly #read: () => number;
  #fellUs: number | null = null;
  #mode: Mode = 'idle';
  #bits: boolean[] = [];
  /** 85 C, what it holds after power came: TH, TL and configuration as they were made. */
  #scratchpad: number[] = scratchpad(85);
  /** Slots that were no slots: too long for a one, too short for a zero. */
  badSlots = 0;
  /** Its checksum comes out wrong. */
  corrupt = false;

  constructor(wire: Wire, read: () => number) {
    this.#wire = wire;
    this.#read = read;
  }

  /** The board has pulled the wire low, or let it go. */
  line(low: boolean): void {
    // One whose wire is cut hears nothing and is gone.
    if (Number.isNaN(this.#read())) {
      this.#mode = 'idle';
      this.#fellUs = null;
      return;
    }
    if (low) {
      this.#fellUs = this.#wire.nowUs();
      if (this.#mode === 'sending') this.#sendBit();
    } else if (this.#fellUs !== null) {
      this.#rise(this.#wire.nowUs() - this.#fellUs);
      this.#fellUs = null;
    }
  }

  #rise(lowUs: number): void {
    if (lowUs >= RESET_US) {
      this.#mode = 'rom';
      this.#bits = [];
      this.#hold(PRESENCE.afterUs, PRESENCE.forUs);
      return;
    }
    if (this.#mode !== 'rom' && this.#mode !== 'function') return;
    const one = lowUs < WRITE_ONE_US;
    if (!one && (lowUs < WRITE_ZERO_US.least || lowUs > WRITE_ZERO_US.most)) this.badSlots += 1;
    this.#bits.push(one);
    if (this.#bits.length < 8) return;
    const byte = this.#bits.reduce((sum, bit, at) => sum + (bit ? 1 << at : 0), 0);
    this.#bits = [];
    this.#command(byte);
  }

  #command(byte: number): void {
    if (this.#mode === 'rom') {
      this.#mode = byte === SKIP_ROM ? 'function' : 'idle';
    } else if (byte === CONVERT) {
      this.#mode = 'idle';
      this.#wire.atUs(this.#wire.nowUs() + CONVERT_US, () => {
        this.#scratchpad = scratchpad(this.#read());
      });
    } else if (byte === READ_SCRATCHPAD) {
      this.#mode = 'sending';
      const bytes = this.#scratchpad.map((one, at) => (this.corrupt && at === 8 ? one ^ 0x40 : one));
      this.#bits = bytes.flatMap((one) => Array.from({ length: 8 }, (_, bit) => ((one >> bit) & 1) === 1));
    } else {
      this.#mode = 'idle';
    }
  }

  #sendBit(): void {
    if (this.#bits.shift() === false) this.#hold(0, HOLD_US);
  }

  #hold(afterUs: number, forUs: number): void {
    const from = this.#wire.nowUs() + afterUs;
    const pull = (low: boolean) => () => {
      this.#wire.pull(low);
    };
    if (afterUs === 0) this.#wire.pull(true);
    else this.#wire.atUs(from, pull(true));
    this.#wire.atUs(from + forUs, pull(false));
  }
}

function scratchpad(tempC: number): number[] {
  const raw = Math.round((Number.isNaN(tempC) ? 85 : tempC) * 16) & 0xffff;
  const bytes = [raw & 0xff, raw >> 8, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10];
  return [...bytes, crc8(bytes)];
}

/** x^8 + x^5 + x^4 + 1, reflected. */
function crc8(bytes: readonly number[]): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0x8c : crc >> 1;
  }
  return crc;
}
