/** The flash of an ATmega328P, in words. */
const FLASH_BYTES = 0x8000;

/** Reads Intel hex (records 00 and 01) into program memory; a wrong checksum or an address outside is an error. */
export function flashOf(hex: string): Uint16Array {
  const bytes = new Uint8Array(FLASH_BYTES).fill(0xff);
  for (const line of hex.split(/\r?\n/)) {
    if (line === '') continue;
    const record = Uint8Array.from(line.slice(1).match(/../g) ?? [], (pair) => parseInt(pair, 16));
    const sum = record.reduce((total, byte) => total + byte, 0) & 0xff;
    const [count = 0, high = 0, low = 0, type] = record;
    if (!/^:([0-9A-F]{2}){5,}$/i.test(line) || sum !== 0 || record.length !== count + 5)
      throw new Error(`not a line of Intel hex: ${line}`);
    if (type === 1) break;
    const at = high * 256 + low;
    if (type !== 0 || at + count > FLASH_BYTES) throw new Error(`not for this chip: ${line}`);
    bytes.set(record.subarray(4, 4 + count), at);
  }
  return new Uint16Array(bytes.buffer);
}
