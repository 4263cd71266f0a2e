import type { Tensor } from '../ir/graph.ts';

/** Constant int8 elements, a view. */
export function int8Elements(tensor: Tensor): Int8Array {
  const data = tensor.data ?? new Uint8Array();
  return new Int8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Constant int32 elements, copied: file bytes need not be aligned. */
export function int32Elements(tensor: Tensor): Int32Array {
  const data = tensor.data ?? new Uint8Array();
  return new Int32Array(data.slice().buffer);
}
