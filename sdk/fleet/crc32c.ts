const POLYNOMIAL = 0x82f63b78; // Castagnoli, bit-reversed: RFC 3720 section 12.1

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/**
 * CRC32C of `bytes`.
 * @param earlier the CRC of the bytes before these, to continue it
 * @returns an unsigned 32-bit number
 */
export function crc32c(bytes: Uint8Array, earlier = 0): number {
  let crc = ~earlier;
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff]!;
  return ~crc >>> 0;
}
