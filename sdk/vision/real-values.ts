import { affineOf } from '../core/affine.ts';
import { OptionError } from '../core/errors.ts';
import { formatShape } from '../core/shape.ts';
import type { Port } from '../runtime/types.ts';

/**
 * A function that gives the real value of an element of an output.
 * @throws OptionError for outputs that are neither float32 nor quantized as a whole
 */
export function realValues(port: Port, where: string): (at: number) => number {
  const { data, dtype, quantization } = port;
  if (dtype === 'float32') return (at) => (data as Float32Array)[at]!;
  const affine = dtype === 'int8' || dtype === 'uint8' ? affineOf(quantization) : undefined;
  if (affine === undefined) {
    throw new OptionError('not-real', `${where}: output '${port.name}' ${dtype} ${formatShape(port.shape)} holds no real numbers; ` +
      'allowed: float32, or int8 and uint8 with one scale');
  }
  const { scale, zeroPoint } = affine;
  return (at) => scale * ((data as Uint8Array)[at]! - zeroPoint);
}
