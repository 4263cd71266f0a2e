import type { Tensor } from '../ir/graph.ts';

/** Constant int8 or uint8 elements, a view. */
export function codeElements(tensor: Tensor): Int8Array | Uint8Array {
  const data = tensor.data ?? new Uint8Array();
  return tensor.dtype === 'uint8' ? data : new Int8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Constant float32 elements, copied: file bytes need not be aligned. */
export function float32Elements(tensor: Tensor): Float32Array {
  const data = tensor.data ?? new Uint8Array();
  return new Float32Array(data.slice().buffer);
}

/** Constant int32 elements, copied: file bytes need not be aligned. */
export function int32Elements(tensor: Tensor): Int32Array {
  const data = tensor.data ?? new Uint8Array();
  return new Int32Array(data.slice().buffer);
}
