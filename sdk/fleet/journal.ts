import { createBitmap, setBit, type Bitmap } from './bitmap.ts';
import { crc32c } from './crc32c.ts';

/** What a partial file belongs to. */
export interface JournalHead {
  /** Hex hash of the whole file. */
  readonly sha256: string;
  readonly length: number;
  readonly chunkSize: number;
  readonly chunks: number;
}

export const JOURNAL_HEAD_BYTES = 52;
export const JOURNAL_ENTRY_BYTES = 12;

const MAGIC = 0x314a4248; // 'HBJ1'

/** Magic, hash, length as 64 bits, chunk size, CRC32C; little-endian. */
export function encodeJournalHead({ sha256, length, chunkSize }: JournalHead): Uint8Array {
  const bytes = new Uint8Array(JOURNAL_HEAD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  bytes.set(Buffer.from(sha256, 'hex'), 4);
  view.setBigUint64(36, BigInt(length), true);
  view.setUint32(44, chunkSize, true);
  view.setUint32(48, crc32c(bytes.subarray(0, 48)), true);
  return bytes;
}

/** Entries for runs of chunks that are on the medium: first, count, CRC32C. */
export function encodeJournalEntries(chunks: readonly number[]): Uint8Array {
  const runs: { first: number; count: number }[] = [];
  for (const n of [...chunks].sort((a, b) => a - b)) {
    const last = runs[runs.length - 1];
    if (last && last.first + last.count === n) last.count++;
    else runs.push({ first: n, count: 1 });
  }
  const bytes = new Uint8Array(runs.length * JOURNAL_ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  runs.forEach(({ first, count }, index) => {
    const at = index * JOURNAL_ENTRY_BYTES;
    view.setUint32(at, first, true);
    view.setUint32(at + 4, count, true);
    view.setUint32(at + 8, crc32c(bytes.subarray(at, at + 8)), true);
  });
  return bytes;
}

/**
 * The chunks that a journal vouches for, up to the first damaged entry.
 * @returns undefined when the journal belongs to another file
 */
export function readJournal(bytes: Uint8Array, head: JournalHead): { have: Bitmap; end: number } | undefined {
  const expected = encodeJournalHead(head);
  if (Buffer.compare(bytes.subarray(0, JOURNAL_HEAD_BYTES), expected) !== 0) return undefined;
  const have = createBitmap(head.chunks);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = JOURNAL_HEAD_BYTES;
  for (; at + JOURNAL_ENTRY_BYTES <= bytes.length; at += JOURNAL_ENTRY_BYTES) {
    const first = view.getUint32(at, true);
    const count = view.getUint32(at + 4, true);
    if (view.getUint32(at + 8, true) !== crc32c(bytes.subarray(at, at + 8))) break;
    if (count === 0 || first + count > head.chunks) break;
    for (let n = first; n < first + count; n++) setBit(have, n);
  }
  return { have, end: at };
}
