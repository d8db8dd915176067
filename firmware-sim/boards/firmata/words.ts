/**
 * The numbers of the Firmata protocol 2.5 and of the two firmwares that add to it. Sources: firmata/protocol
 * `protocol.md` and `onewire.md`; MrYsLab/FirmataExpress `FirmataConstants.h`; firmata/ConfigurableFirmata
 * `OneWireFirmata.cpp`.
 */
export const MESSAGE = {
  digital: 0x90,
  reportAnalog: 0xc0,
  reportDigital: 0xd0,
  analog: 0xe0,
  startSysex: 0xf0,
  pinMode: 0xf4,
  pinValue: 0xf5,
  endSysex: 0xf7,
  version: 0xf9,
  reset: 0xff,
} as const;

export const SYSEX = {
  /** FirmataExpress: the board resets itself unless it is told again within so many seconds. */
  keepAlive: 0x50,
  areYouThere: 0x51,
  iAmHere: 0x52,
  tone: 0x5f,
  analogMapping: 0x69,
  analogMappingReply: 0x6a,
  capabilities: 0x6b,
  capabilitiesReply: 0x6c,
  pinState: 0x6d,
  pinStateReply: 0x6e,
  extendedAnalog: 0x6f,
  string: 0x71,
  oneWire: 0x73,
  firmware: 0x79,
  samplingInterval: 0x7a,
} as const;

export const MODE = {
  input: 0x00,
  output: 0x01,
  analog: 0x02,
  pwm: 0x03,
  servo: 0x04,
  i2c: 0x06,
  oneWire: 0x07,
  pullup: 0x0b,
  /** FirmataExpress; the protocol has another number for it, so a host goes by what the board can do. */
  tone: 0x0d,
} as const;

/** The low seven bits, and the seven above them: how a number goes over this wire. */
export const sevens = (value: number): readonly [number, number] => [value & 0x7f, (value >> 7) & 0x7f];
export const fromSevens = (low = 0, high = 0): number => low | (high << 7);

/** Bytes packed into sevens of bits, the lowest first (`Encoder7Bit`). */
export function packed(bytes: readonly number[]): readonly number[] {
  const out: number[] = [];
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held |= byte << bits;
    bits += 8;
    while (bits >= 7) {
      out.push(held & 0x7f);
      held >>= 7;
      bits -= 7;
    }
  }
  return bits > 0 ? [...out, held & 0x7f] : out;
}

/** The whole bytes in what `packed` made; bits that are left over are none. */
export function unpacked(sevenBits: readonly number[]): readonly number[] {
  const out: number[] = [];
  let bits = 0;
  let held = 0;
  for (const seven of sevenBits) {
    held |= (seven & 0x7f) << bits;
    bits += 7;
    if (bits < 8) continue;
    out.push(held & 0xff);
    held >>= 8;
    bits -= 8;
  }
  return out;
}
