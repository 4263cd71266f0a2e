import { byteLength, viewOf, type DType, type TypedArray } from './dtype.ts';
import { OptionError } from './errors.ts';
import { elementCount, formatShape } from './shape.ts';

/** A tensor as stored in a `.npy` file: row-major; float16 and bool as raw codes. */
export interface NpyArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

const DESCRIPTORS: Readonly<Partial<Record<DType, string>>> = {
  float32: '<f4', float16: '<f2', int8: '|i1', uint8: '|u1', int16: '<i2', uint16: '<u2', int32: '<i4', uint32: '<u4', int64: '<i8', bool: '|b1',
};

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const ALIGNMENT = 64;
/** As numpy's `max_header_size`. */
const MAX_HEADER_BYTES = 10_000;
/** As numpy's `NPY_MAXDIMS`. */
const MAX_RANK = 64;

type HeaderValue = string | boolean | readonly number[];

function broken(where: string, message: string): OptionError {
  return new OptionError('broken-npy', `${where}: ${message}; save it again with numpy.save`);
}

function unsupported(where: string, message: string): OptionError {
  return new OptionError('unsupported-npy', `${where}: ${message}`);
}

/** Reads the Python dictionary literal of a header, e.g. `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`. */
function parseHeader(text: string, where: string): Map<string, HeaderValue> {
  const token = /\s*(?:'([^'\\]*)'|"([^"\\]*)"|(True|False)\b|(\d+)L?\b|([{}:,()[]))/y;
  const next = (): string | boolean | number | { symbol: string } => {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw broken(where, `the header is no Python dictionary at its character ${at}`);
    if (match[5] !== undefined) return { symbol: match[5] };
    if (match[4] !== undefined) return Number(match[4]);
    if (match[3] !== undefined) return match[3] === 'True';
    return match[1] ?? match[2] ?? '';
  };
  const symbol = (): string => {
    const found = next();
    return typeof found === 'object' ? found.symbol : '';
  };
  const tuple = (): number[] => {
    const extents: number[] = [];
    for (let found = next(); typeof found === 'number' || typeof found === 'object'; found = next()) {
      if (typeof found === 'number') extents.push(found);
      else if (found.symbol === ')') return extents;
      else if (found.symbol !== ',') break;
    }
    throw broken(where, 'the header has a tuple that does not hold whole numbers');
  };

  const entries = new Map<string, HeaderValue>();
  if (symbol() !== '{') throw broken(where, "the header does not start with '{'");
  for (let key = next(); typeof key !== 'object' || key.symbol !== '}'; key = next()) {
    if (typeof key !== 'string' || symbol() !== ':') throw broken(where, 'the header has an entry without a name');
    const value = next();
    if (typeof value === 'object' && value.symbol === '[') {
      throw unsupported(where, `'${key}' is a list: structured arrays are not supported, save a plain array`);
    }
    if (typeof value === 'object' && value.symbol !== '(') throw broken(where, `the header has no value for '${key}'`);
    entries.set(key, typeof value === 'object' ? tuple() : typeof value === 'number' ? String(value) : value);
    const separator = symbol();
    if (separator === '}') break;
    if (separator !== ',') throw broken(where, `the header lacks ',' after '${key}'`);
  }
  if (text.slice(token.lastIndex).trim() !== '') throw broken(where, 'the header has text after its dictionary');
  return entries;
}

function dtypeOf(descriptor: HeaderValue | undefined, where: string): DType {
  const known = Object.entries(DESCRIPTORS).map(([dtype, text]) => ({ dtype: dtype as DType, text }));
  const native = typeof descriptor === 'string' ? descriptor.replace(/^[|<=](?=[a-z]1$)/, '|').replace(/^=/, '<') : '';
  const match = known.find(({ text }) => text === native);
  if (match !== undefined) return match.dtype;
  const advice = native === '<f8' ? '; save it with array.astype(numpy.float32)' : native.startsWith('>') ? '; save it in little-endian order' : '';
  throw unsupported(where, `element type '${String(descriptor)}' is not one of: ${known.map(({ text }) => text).join(' ')}${advice}`);
}

function shapeOf(shape: HeaderValue | undefined, where: string): readonly number[] {
  if (typeof shape !== 'object') throw broken(where, "the header has no 'shape' tuple");
  if (shape.length > MAX_RANK) throw broken(where, `the shape has ${shape.length} dimensions, at most ${MAX_RANK} are allowed`);
  const most = elementCount(shape.map((extent) => Math.max(extent, 1)));
  if (!Number.isSafeInteger(most)) throw broken(where, `the shape ${formatShape(shape)} is too large`);
  return shape;
}

/**
 * Reads a `.npy` file of format version 1, 2 or 3 (numpy.lib.format). The data is a view on `bytes` where its alignment allows, else a copy.
 * @param where name of the file, for messages
 * @throws OptionError `broken-npy` for damaged files; `unsupported-npy` for column-major, big-endian, structured and other element types
 */
export function readNpy(bytes: Uint8Array, where: string): NpyArray {
  if (bytes.length < 10 || !MAGIC.every((byte, at) => bytes[at] === byte)) throw broken(where, 'not a .npy file: it does not start with \\x93NUMPY');
  const major = bytes[6]!;
  if (major < 1 || major > 3) throw unsupported(where, `format version ${major} is not one of: 1 2 3`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) throw broken(where, 'the file ends inside its header');
  const headerBytes = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (headerBytes > MAX_HEADER_BYTES) throw broken(where, `the header has ${headerBytes} bytes, at most ${MAX_HEADER_BYTES} are allowed`);
  const offset = start + headerBytes;
  if (bytes.length < offset) throw broken(where, 'the file ends inside its header');
  const header = parseHeader(new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(start, offset)), where);

  const dtype = dtypeOf(header.get('descr'), where);
  if (header.get('fortran_order') !== false) {
    throw unsupported(where, 'the array is in column-major order; save it with numpy.ascontiguousarray(array)');
  }
  const shape = shapeOf(header.get('shape'), where);
  const count = elementCount(shape);
  const expected = byteLength(dtype, count);
  const found = bytes.length - offset;
  if (found !== expected) throw broken(where, `${dtype} ${formatShape(shape)} takes ${expected} bytes of data, the file has ${found}`);
  const data = bytes.subarray(offset);
  if (dtype === 'bool' && data.some((code) => code > 1)) throw broken(where, 'a bool element is neither 0 nor 1');
  const aligned = data.byteOffset % ALIGNMENT === 0 ? data : Uint8Array.from(data);
  return { dtype, shape, data: viewOf(dtype, aligned.buffer, aligned.byteOffset, count) };
}

/**
 * Writes a `.npy` file of format version 1.
 * @throws OptionError for 4-bit tensors, which the format lacks, and for data that is not of the stated shape
 */
export function writeNpy(array: NpyArray): Uint8Array {
  const descriptor = DESCRIPTORS[array.dtype];
  if (descriptor === undefined) throw unsupported('npy', `the format has no ${array.dtype}; it has: ${Object.keys(DESCRIPTORS).join(', ')}`);
  const { data, shape } = array;
  const expected = byteLength(array.dtype, elementCount(shape));
  if (data.byteLength !== expected) {
    throw new OptionError('data-size', `npy: ${array.dtype} ${formatShape(shape)} needs ${expected} bytes, got ${data.byteLength}`);
  }
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${descriptor}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const offset = Math.ceil((10 + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(offset + data.byteLength).fill(0x20, 0, offset);
  bytes.set([...MAGIC, 1, 0, (offset - 10) & 0xff, (offset - 10) >> 8]);
  bytes.set(new TextEncoder().encode(dictionary), 10);
  bytes[offset - 1] = 0x0a;
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
  return bytes;
}
