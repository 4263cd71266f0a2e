import { elementCount } from '../core/shape.ts';
import { checkAttributeNames } from './attributes.ts';
import { checkFloat, isFloat } from './float-operands.ts';
import { sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { checkActivation, checkOperandCount, operand, rejectOperand, tensorScale } from './operands.ts';
import { roundToEven } from './requantize.ts';
import type { Operator } from './types.ts';

/** Most elements of a row: their squares sum up below 2^31. */
const MAX_COLUMNS = 33025;

/** Shortest length a float32 row is divided by, as TFLite has it. */
const LEAST_LENGTH = Math.fround(1e-6);

/** A row of float32; squares are summed in index order. */
function normalizeFloats(x: Float32Array, y: Float32Array): void {
  const sum = x.reduce((total, value) => Math.fround(total + Math.fround(value * value)), 0);
  const length = Math.max(Math.fround(Math.sqrt(sum)), LEAST_LENGTH);
  y.set(x.map((value) => value / length));
}

/** Rows of the last dimension divided by their Euclidean length: float32, or int8 in and int8 out with scale 1/128 and zero point 0, in float32 in all modes. */
export const l2Normalization: Operator = {
  name: 'l2-normalization',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, []);
    checkOperandCount(node, [1, 1]);
    const input = operand(node, inputs, 0, 'input');
    const output = operand(node, outputs, 0, 'output');
    if (isFloat(input)) {
      checkFloat(node, 'output', output);
      if (input.shape.length === 0) rejectOperand(node, 'input', input, `has no dimension; ${node.op} needs rows`);
      return [{ ...output, shape: input.shape }];
    }
    checkActivation(node, 'input', input);
    checkActivation(node, 'output', output);
    const columns = input.shape.at(-1);
    if (columns === undefined || columns > MAX_COLUMNS) {
      rejectOperand(node, 'input', input, `has rows of ${columns ?? 'no'} elements; ${node.op} supports 1 to ${MAX_COLUMNS}`);
    }
    const { scale, zeroPoint } = tensorScale(output);
    if (scale !== 1 / 128 || zeroPoint !== 0) {
      rejectOperand(node, 'output', output, `has scale ${scale} and zero point ${zeroPoint}; l2-normalization gives scale ${1 / 128} and zero point 0`);
    }
    return [{ ...output, shape: input.shape }];
  },

  reference(node, inputs, outputs) {
    const input = operand(node, inputs, 0, 'input');
    const columns = input.shape.at(-1)!;
    if (isFloat(input)) {
      const [x, y] = [input.data as Float32Array, operand(node, outputs, 0, 'output').data as Float32Array];
      for (let at = 0; at < x.length; at += columns) normalizeFloats(x.subarray(at, at + columns), y.subarray(at, at + columns));
      return;
    }
    const { zeroPoint } = tensorScale(input);
    const [x, y] = [input.data as Int8Array, operand(node, outputs, 0, 'output').data as Int8Array];
    for (let at = 0; at < x.length; at += columns) {
      const steps = Array.from(x.subarray(at, at + columns), (code) => code - zeroPoint);
      const sum = steps.reduce((total, step) => total + step * step, 0);
      const scale = Math.fround(128 / Math.fround(Math.sqrt(Math.fround(Math.max(sum, 1)))));
      y.set(steps.map((step) => Math.min(127, roundToEven(Math.fround(step * scale)))), at);
    }
  },

  lower(node, lowering) {
    const [input = -1] = node.inputs;
    const [output = -1] = node.outputs;
    const tensor = lowering.tensor(input);
    const common = { INPUT: sourceField(lowering, input), OUTPUT: { buffer: lowering.buffer(output) }, COLUMNS: tensor.shape.at(-1)! };
    const units = elementCount(tensor.shape.slice(0, -1));
    if (isFloat(tensor)) {
      const fields: Fields<'L2NormalizationF32Params'> = common;
      lowering.step({ kernel: 'l2norm_f32', params: 'L2NormalizationF32Params', fields, units });
      return;
    }
    const fields: Fields<'L2NormalizationParams'> = { ...common, ZERO: tensorScale(tensor).zeroPoint };
    lowering.step({ kernel: 'l2norm_qs8', params: 'L2NormalizationParams', fields, units });
  },
};
