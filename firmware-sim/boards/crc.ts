const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc & 0xffff;
});

/** Of each byte, its two digits. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'));

/** CRC-16/CCITT-FALSE of ASCII, as four hex digits in upper case. */
export function checksum(text: string): string {
  let crc = 0xffff;
  for (let at = 0; at < text.length; at += 1)
    crc = ((crc << 8) & 0xffff) ^ (TABLE[(crc >> 8) ^ (text.charCodeAt(at) & 0xff)] ?? 0);
  return `${HEX[crc >> 8] ?? ''}${HEX[crc & 0xff] ?? ''}`;
}
