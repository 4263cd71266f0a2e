import { ByteReader } from '../../core/byte-reader.ts';
import { ModelError } from '../../core/errors.ts';

// FlexBuffers, type codes of https://github.com/google/flatbuffers/blob/master/include/flatbuffers/flexbuffers.h
const INT = 1;
const UINT = 2;
const FLOAT = 3;
const INDIRECT_INT = 6;
const INDIRECT_UINT = 7;
const INDIRECT_FLOAT = 8;
const MAP = 9;
const BOOL = 26;
const MAX_ENTRIES = 256;
const MAX_KEY = 256;

function unsigned(reader: ByteReader, at: number, width: number, where: string): number {
  if (width === 1) return reader.u8(at, where);
  if (width === 2) return reader.u16(at, where);
  return width === 4 ? reader.u32(at, where) : reader.u64(at, where);
}

function signed(reader: ByteReader, at: number, width: number, where: string): number {
  if (width === 8) return reader.i64(at, where);
  const value = unsigned(reader, at, width, where);
  const sign = 2 ** (8 * width - 1);
  return value >= sign ? value - 2 * sign : value;
}

function float(reader: ByteReader, at: number, width: number, where: string): number {
  const bytes = reader.slice(at, width, where);
  const view = new DataView(bytes.buffer, bytes.byteOffset, width);
  if (width === 4) return view.getFloat32(0, true);
  if (width === 8) return view.getFloat64(0, true);
  throw new ModelError('invalid-options', `${where}: a number of ${width} bytes; allowed are 4 and 8; export the model again`);
}

function text(reader: ByteReader, at: number, where: string): string {
  let name = '';
  for (let code = reader.u8(at, where); code !== 0 && name.length < MAX_KEY; code = reader.u8(at + name.length, where)) name += String.fromCharCode(code);
  return name;
}

/** The number or boolean of packed type `packed` at `at`; undefined for other types. */
function scalar(reader: ByteReader, at: number, width: number, packed: number, where: string): number | boolean | undefined {
  const type = packed >>> 2;
  if (type === BOOL) return unsigned(reader, at, width, where) !== 0;
  if (type === INT) return signed(reader, at, width, where);
  if (type === UINT) return unsigned(reader, at, width, where);
  if (type === FLOAT) return float(reader, at, width, where);
  const target = at - unsigned(reader, at, width, where);
  const targetWidth = 1 << (packed & 3);
  if (type === INDIRECT_INT) return signed(reader, target, targetWidth, where);
  if (type === INDIRECT_UINT) return unsigned(reader, target, targetWidth, where);
  return type === INDIRECT_FLOAT ? float(reader, target, targetWidth, where) : undefined;
}

/** Numbers and booleans of the map that a FlexBuffer holds. @throws ModelError starting with `where`. */
export function readFlexMap(bytes: Uint8Array, where: string): ReadonlyMap<string, number | boolean> {
  const reader = new ByteReader(bytes);
  const rootWidth = reader.u8(bytes.length - 1, where);
  const packed = reader.u8(bytes.length - 2, where);
  if (packed >>> 2 !== MAP || ![1, 2, 4, 8].includes(rootWidth)) {
    throw new ModelError('invalid-options', `${where}: custom options of type ${packed >>> 2}; allowed: a map (${MAP}); export the model again`);
  }
  const rootAt = bytes.length - 2 - rootWidth;
  const values = rootAt - unsigned(reader, rootAt, rootWidth, where);
  const width = 1 << (packed & 3);
  const count = unsigned(reader, values - width, width, where);
  if (count > MAX_ENTRIES) throw new ModelError('invalid-options', `${where}: ${count} custom options; allowed are at most ${MAX_ENTRIES}`);
  const keysAt = values - 3 * width;
  const keys = keysAt - unsigned(reader, keysAt, width, where);
  const keyWidth = unsigned(reader, values - 2 * width, width, where);
  if (![1, 2, 4, 8].includes(keyWidth)) throw new ModelError('invalid-options', `${where}: keys of ${keyWidth} bytes; export the model again`);
  const types = values + count * width;
  const entries = new Map<string, number | boolean>();
  for (let index = 0; index < count; index++) {
    const keyAt = keys + index * keyWidth;
    const value = scalar(reader, values + index * width, width, reader.u8(types + index, where), where);
    if (value !== undefined) entries.set(text(reader, keyAt - unsigned(reader, keyAt, keyWidth, where), where), value);
  }
  return entries;
}
