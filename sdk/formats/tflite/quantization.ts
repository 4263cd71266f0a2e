import { bitsOf, type DType } from '../../core/dtype.ts';
import { ModelError } from '../../core/errors.ts';
import { formatShape } from '../../core/shape.ts';
import type { Quantization } from '../../ir/graph.ts';
import type { Table } from './flatbuffer.ts';
import * as schema from './schema.ts';

const UNSIGNED: readonly DType[] = ['uint4', 'uint8', 'uint16', 'uint32'];
const SIGNED: readonly DType[] = ['int4', 'int8', 'int16', 'int32'];

/** Quantization of an integer tensor, or undefined where it has none. @throws ModelError starting with `where`. */
export function readQuantization(
  tensor: Table<keyof typeof schema.Tensor>, dtype: DType, shape: readonly number[], where: string,
): Quantization | undefined {
  const table = tensor.table('quantization', schema.QuantizationParameters, `${where} quantization`);
  const details = table.u8('details_type');
  if (details !== 0) {
    throw new ModelError('unsupported-quantization', `${where} uses ${schema.QUANTIZATION_DETAILS[details] ?? `quantization details ${details}`}; ` +
      'allowed are scales per tensor or per channel');
  }
  const scales = table.f32s('scale');
  if (scales.length === 0 || !(UNSIGNED.includes(dtype) || SIGNED.includes(dtype))) return undefined;
  const invalid = scales.findIndex((scale) => !(scale > 0 && scale < Infinity));
  if (invalid >= 0) {
    throw new ModelError('invalid-quantization', `${where} has scale ${scales[invalid]} at ${invalid}; scales must be finite and above 0; ` +
      'export the model again');
  }
  const zeroPoints = readZeroPoints(table, dtype, scales.length, where);
  return scales.length === 1 ? { scales, zeroPoints } : { scales, zeroPoints, axis: channelAxis(table, scales.length, shape, where) };
}

function readZeroPoints(table: Table<keyof typeof schema.QuantizationParameters>, dtype: DType, count: number, where: string): number[] {
  const zeroPoints = table.i64s('zero_point');
  if (zeroPoints.length === 0) return new Array<number>(count).fill(0);
  if (zeroPoints.length !== count) {
    throw new ModelError('invalid-quantization', `${where} has ${zeroPoints.length} zero points for ${count} scales; export the model again`);
  }
  const lowest = UNSIGNED.includes(dtype) ? 0 : -(2 ** (bitsOf(dtype) - 1));
  const highest = lowest + 2 ** bitsOf(dtype) - 1;
  if (!zeroPoints.some(Boolean)) return zeroPoints;
  const invalid = zeroPoints.findIndex((zeroPoint) => zeroPoint < lowest || zeroPoint > highest);
  if (invalid < 0) return zeroPoints;
  throw new ModelError('invalid-quantization', `${where} has zero point ${zeroPoints[invalid]} at ${invalid}; ` +
    `allowed for ${dtype} are ${lowest} to ${highest}; export the model again`);
}

function channelAxis(table: Table<keyof typeof schema.QuantizationParameters>, count: number, shape: readonly number[], where: string): number {
  const stated = table.i32('quantized_dimension', 0);
  // Some converters state the axis of the weights at the bias, which has only one.
  const axis = shape.length === 1 ? 0 : stated;
  if (shape[axis] === count) return axis;
  throw new ModelError('invalid-quantization', `${where} of shape ${formatShape(shape)} has ${count} scales along quantized_dimension ${stated}; ` +
    'one scale, or one for each index of that dimension, is allowed; export the model again');
}
