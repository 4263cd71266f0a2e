import { ByteReader } from '../../core/byte-reader.ts';
import { ModelError } from '../../core/errors.ts';

// .ZIP File Format Specification 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
const LOCAL_HEADER = { signature: 0x04034b50, bytes: 30 };
const CENTRAL_HEADER = { signature: 0x02014b50, bytes: 46 };
const END_RECORD = { signature: 0x06054b50, bytes: 22 };
const MOST_COMMENT = 0xffff;
const STORED = 0;

const decoder = new TextDecoder();

function damaged(where: string, message: string): ModelError {
  return new ModelError('invalid-zip', `${where}: ${message}; the file is damaged, fetch it again`);
}

/** Byte of the end record, whose comment must reach to the end of the file. */
function findEnd(reader: ByteReader, where: string): number | undefined {
  const last = reader.length - END_RECORD.bytes;
  for (let at = last; at >= Math.max(0, last - MOST_COMMENT); at--) {
    if (reader.u32(at, where) === END_RECORD.signature && reader.u16(at + 20, where) === last - at) return at;
  }
  return undefined;
}

/** Bytes of the file behind a central header. */
function contents(reader: ByteReader, header: number, base: number, where: string): Uint8Array {
  const method = reader.u16(header + 10, where);
  if (method !== STORED) {
    throw new ModelError('unsupported-zip', `${where}: is compressed by method ${method}; allowed is ${STORED}, stored; pack the file again without compression`);
  }
  const local = base + reader.u32(header + 42, where);
  if (reader.u32(local, where) !== LOCAL_HEADER.signature) throw damaged(where, `no local file header at byte ${local}`);
  const start = local + LOCAL_HEADER.bytes + reader.u16(local + 26, where) + reader.u16(local + 28, where);
  return reader.slice(start, reader.u32(header + 20, where), where);
}

/**
 * Opens the zip archive that follows a model in its file.
 * @returns a function that gives a file of the archive as a view on `bytes`, or undefined where there is none
 * @throws ModelError for a damaged archive; its function also for a compressed file
 */
export function openAssociatedFiles(bytes: Uint8Array, where: string): (name: string) => Uint8Array | undefined {
  const reader = new ByteReader(bytes);
  const end = findEnd(reader, where);
  if (end === undefined) return () => undefined;
  const count = reader.u16(end + 10, where);
  const size = reader.u32(end + 12, where);
  // Offsets count from the start of the file or from the start of the archive.
  const base = end - size - reader.u32(end + 16, where);
  if (base < 0) throw damaged(where, `the zip directory of ${size} bytes does not end at byte ${end}`);
  const headers = new Map<string, number>();
  let at = end - size;
  for (let entry = 0; entry < count; entry++) {
    const place = `${where}: zip entry ${entry}`;
    if (at + CENTRAL_HEADER.bytes > end || reader.u32(at, place) !== CENTRAL_HEADER.signature) throw damaged(place, `no header at byte ${at}`);
    const length = reader.u16(at + 28, place);
    headers.set(decoder.decode(reader.slice(at + CENTRAL_HEADER.bytes, length, place)), at);
    at += CENTRAL_HEADER.bytes + length + reader.u16(at + 30, place) + reader.u16(at + 32, place);
  }
  return (name) => {
    const header = headers.get(name);
    return header === undefined ? undefined : contents(reader, header, base, `${where}: associated file "${name}"`);
  };
}
