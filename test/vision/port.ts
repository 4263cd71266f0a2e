import { viewOf, type DType, type NumberArray } from '../../sdk/core/dtype.ts';
import type { Port } from '../../sdk/runtime/types.ts';

/** A model input or output without a model. */
export function port(dtype: DType, shape: readonly number[], quantization?: { scale: number; zeroPoint: number }): Port {
  const count = shape.reduce((product, extent) => product * extent, 1);
  return {
    name: 'x',
    dtype,
    shape,
    ...(quantization && { quantization: { scales: [quantization.scale], zeroPoints: [quantization.zeroPoint] } }),
    data: viewOf(dtype, new ArrayBuffer(count * 8), 0, count) as NumberArray,
  };
}
