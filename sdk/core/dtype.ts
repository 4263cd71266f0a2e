/** Element types of tensors. `int4`/`uint4` hold two codes per byte, low nibble first. */
export const DTYPES = ['float32', 'float16', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'bool', 'int4', 'uint4'] as const;

export type DType = (typeof DTYPES)[number];

const BITS: Readonly<Record<DType, number>> = {
  float32: 32, float16: 16, int8: 8, uint8: 8, int16: 16, uint16: 16, int32: 32, uint32: 32, int64: 64, bool: 8, int4: 4, uint4: 4,
};

/** Bits of one element. */
export function bitsOf(dtype: DType): number {
  return BITS[dtype];
}

/** Bytes of `count` elements, the last byte of a 4-bit tensor rounded up. */
export function byteLength(dtype: DType, count: number): number {
  return Math.ceil((BITS[dtype] * count) / 8);
}

/** Typed arrays that view tensor data other than int64; 4-bit, bool and float16 tensors are viewed as raw codes. */
export type NumberArray = Float32Array | Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

/** Typed arrays that view tensor data. */
export type TypedArray = NumberArray | BigInt64Array;

/**
 * A view of `count` elements of `dtype` at `offset` bytes into `buffer`, without copying.
 * @throws RangeError when offset is not a multiple of the element size or the range leaves the buffer.
 */
export function viewOf(dtype: DType, buffer: ArrayBufferLike, offset: number, count: number): TypedArray {
  switch (dtype) {
    case 'float32': return new Float32Array(buffer, offset, count);
    case 'int8': return new Int8Array(buffer, offset, count);
    case 'uint8':
    case 'bool': return new Uint8Array(buffer, offset, count);
    case 'int16': return new Int16Array(buffer, offset, count);
    case 'uint16':
    case 'float16': return new Uint16Array(buffer, offset, count);
    case 'int32': return new Int32Array(buffer, offset, count);
    case 'uint32': return new Uint32Array(buffer, offset, count);
    case 'int64': return new BigInt64Array(buffer, offset, count);
    case 'int4':
    case 'uint4': return new Uint8Array(buffer, offset, Math.ceil(count / 2));
  }
}
