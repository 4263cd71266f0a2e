import { UpdateError } from '../core/errors.ts';
import { crc32c } from './crc32c.ts';

/** One piece of a blob on the wire: 32 bytes of header, little-endian, then the bytes. */
export interface Chunk {
  /** First 16 hex digits of the blob's SHA-256. */
  readonly blob: string;
  readonly n: number;
  readonly total: number;
  readonly bytes: Uint8Array;
}

export const CHUNK_HEADER_BYTES = 32;
/** Payload bytes of a chunk. The default keeps a packet below 64 KiB, the least limit of common brokers. */
export const CHUNK_BYTES = Object.freeze({ least: 4096, default: 61_440, most: 122_880 });
/** Most chunks of a blob: its bitmap then fits in 8 KiB. */
export const MAX_CHUNKS = 65_536;

const MAGIC = 0x4b434248; // 'HBCK'
const VERSION = 1;
const CRC_OFFSET = 28;

export function encodeChunk({ blob, n, total, bytes }: Chunk): Uint8Array {
  const packet = new Uint8Array(CHUNK_HEADER_BYTES + bytes.length);
  const view = new DataView(packet.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, VERSION);
  packet.set(Buffer.from(blob, 'hex'), 8);
  view.setUint32(16, n, true);
  view.setUint32(20, total, true);
  view.setUint32(24, bytes.length, true);
  packet.set(bytes, CHUNK_HEADER_BYTES);
  view.setUint32(CRC_OFFSET, crc32c(bytes, crc32c(packet.subarray(0, CRC_OFFSET))), true);
  return packet;
}

/**
 * Reads a chunk; its bytes are a view on `packet`.
 * @throws UpdateError `broken-chunk` when the header or the checksum is wrong
 */
export function decodeChunk(packet: Uint8Array): Chunk {
  const refuse = (what: string): never => {
    throw new UpdateError('broken-chunk', `chunk of ${packet.length} bytes: ${what}; it is dropped and asked for again`);
  };
  if (packet.length <= CHUNK_HEADER_BYTES || packet.length > CHUNK_HEADER_BYTES + CHUNK_BYTES.most) {
    return refuse(`allowed are ${CHUNK_HEADER_BYTES + 1} to ${CHUNK_HEADER_BYTES + CHUNK_BYTES.most} bytes`);
  }
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return refuse('does not begin with HBCK');
  if (view.getUint32(4, true) !== VERSION) return refuse(`version ${view.getUint8(4)} is not ${VERSION}, or reserved bytes are set`);
  const [n, total, length] = [view.getUint32(16, true), view.getUint32(20, true), view.getUint32(24, true)];
  if (total > MAX_CHUNKS || n >= total) return refuse(`number ${n} of ${total} is out of range (at most ${MAX_CHUNKS} chunks)`);
  const bytes = packet.subarray(CHUNK_HEADER_BYTES);
  if (length !== bytes.length) return refuse(`header says ${length} bytes, ${bytes.length} follow`);
  const found = crc32c(bytes, crc32c(packet.subarray(0, CRC_OFFSET)));
  const stated = view.getUint32(CRC_OFFSET, true);
  if (found !== stated) return refuse(`CRC32C is ${hex8(found)}, stated ${hex8(stated)}`);
  return { blob: Buffer.from(packet.subarray(8, 16)).toString('hex'), n, total, bytes };
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}
