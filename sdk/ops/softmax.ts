import { CODE_RANGES } from '../core/affine.ts';
import { exp, powerOfTwo } from '../core/math.ts';
import { elementCount } from '../core/shape.ts';
import type { Node, TensorType } from '../ir/graph.ts';
import type { PlanField } from '../plan/types.ts';
import { clampCode } from './activation.ts';
import { checkAttributeNames, positiveAttribute } from './attributes.ts';
import { expF32, expTable as expConstants } from './exp-f32.ts';
import { divideByPowerOfTwo, doublingHighMultiply, quantizeMultiplier } from './fixed-point.ts';
import type { Rounding } from './fixed-point.ts';
import { checkFloat, isFloat } from './float-operands.ts';
import { bytesOf, sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { checkActivation, checkOperandCount, operand, rejectOperand, tensorScale } from './operands.ts';
import { roundingOf, roundToEven } from './requantize.ts';
import { expOfNegative, reciprocalOfOnePlus } from './softmax-fixed-point.ts';
import type { Lowering, Operator } from './types.ts';

type SoftmaxRow = (input: Int8Array, output: Int8Array) => void;

/** float32 exp(-beta * scale * d) for code differences d of 0…255. */
function expTable(node: Node, input: TensorType): Float32Array {
  const step = -positiveAttribute(node, 'beta') * tensorScale(input).scale;
  return Float32Array.from({ length: 256 }, (_, difference) => exp(step * difference));
}

function floatRow(table: Float32Array): SoftmaxRow {
  return (input, output) => {
    const max = input.reduce((most, code) => Math.max(most, code), -128);
    let sum = 0;
    for (const code of input) sum = Math.fround(sum + table[max - code]!);
    const factor = Math.fround(256 / sum);
    input.forEach((code, index) => {
      output[index] = Math.min(127, roundToEven(Math.fround(table[max - code]! * factor)) - 128);
    });
  };
}

/** TFLite reference softmax: differences in Q5.26, exponentials in Q0.31, their sum in Q12.19. */
function fixedRow(beta: number, scale: number, rounding: Rounding): SoftmaxRow {
  const limit = rounding === 'single' ? 1073741823 : 2147483647;
  const { mantissa, exponent } = quantizeMultiplier(Math.min(beta * scale * 67108864, limit), rounding);
  const smallest = -Math.floor((31 * 67108864) / powerOfTwo(exponent));
  const expOf = (difference: number): number => expOfNegative(doublingHighMultiply(difference * powerOfTwo(exponent), mantissa));
  return (input, output) => {
    const max = input.reduce((most, code) => Math.max(most, code), -128);
    let sum = 0;
    for (const code of input) if (code - max >= smallest) sum += divideByPowerOfTwo(expOf(code - max), 12);
    const headroom = Math.clz32(sum);
    const reciprocal = reciprocalOfOnePlus(sum * powerOfTwo(headroom) - 2147483648);
    input.forEach((code, index) => {
      const difference = code - max;
      const share = difference >= smallest ? divideByPowerOfTwo(doublingHighMultiply(reciprocal, expOf(difference)), 12 - headroom + 31 - 8) : 0;
      output[index] = clampCode(share - 128, CODE_RANGES.int8);
    });
  };
}

/** A row of float32, summed in index order. */
function realRow(beta: number): (input: Float32Array, output: Float32Array) => void {
  return (input, output) => {
    const greatest = input.reduce((most, value) => (most < value ? value : most));
    let sum = 0;
    input.forEach((value, index) => {
      const power = expF32(Math.fround(Math.fround(value - greatest) * beta));
      output[index] = power;
      sum = Math.fround(sum + power);
    });
    output.forEach((value, index) => {
      output[index] = value / sum;
    });
  };
}

function floatStep(node: Node, input: PlanField, output: PlanField, columns: number, lowering: Lowering): Fields<'SoftmaxF32Params'> {
  return {
    INPUT: input,
    OUTPUT: output,
    COLUMNS: columns,
    TABLE: { constant: lowering.constantData(`${node.name} table`, bytesOf(expConstants()), { kind: 'raw' }) },
    BETA: { f32: Math.fround(positiveAttribute(node, 'beta')) },
  };
}

/** Softmax over the last dimension: float32, or int8 in and out with output scale 1/256 and zero point -128. Attribute: beta. */
export const softmax: Operator = {
  name: 'softmax',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, ['beta']);
    checkOperandCount(node, [1, 1]);
    const input = operand(node, inputs, 0, 'input');
    const output = operand(node, outputs, 0, 'output');
    if (input.shape.length === 0) rejectOperand(node, 'input', input, 'is a scalar; softmax needs at least 1 dimension');
    positiveAttribute(node, 'beta');
    if (isFloat(input)) {
      checkFloat(node, 'output', output);
      return [{ ...output, shape: input.shape }];
    }
    checkActivation(node, 'input', input);
    checkActivation(node, 'output', output);
    const { scale, zeroPoint } = tensorScale(output);
    if (scale !== 1 / 256 || zeroPoint !== -128) {
      rejectOperand(node, 'output', output, `has scale ${scale} and zero point ${zeroPoint}; softmax gives scale ${1 / 256} and zero point -128`);
    }
    return [{ ...output, shape: input.shape }];
  },

  reference(node, inputs, outputs, mode) {
    const input = operand(node, inputs, 0, 'input');
    const output = operand(node, outputs, 0, 'output');
    const columns = input.shape.at(-1)!;
    if (isFloat(input)) {
      const row = realRow(Math.fround(positiveAttribute(node, 'beta')));
      const [x, y] = [input.data as Float32Array, output.data as Float32Array];
      for (let at = 0; at < x.length; at += columns) row(x.subarray(at, at + columns), y.subarray(at, at + columns));
      return;
    }
    const row = mode === 'float'
      ? floatRow(expTable(node, input))
      : fixedRow(positiveAttribute(node, 'beta'), tensorScale(input).scale, roundingOf(mode));
    const [x, y] = [input.data as Int8Array, output.data as Int8Array];
    for (let at = 0; at < x.length; at += columns) row(x.subarray(at, at + columns), y.subarray(at, at + columns));
  },

  lower(node, lowering) {
    const [inputId = -1] = node.inputs;
    const [output = -1] = node.outputs;
    const input = lowering.tensor(inputId);
    const columns = input.shape.at(-1)!;
    const units = elementCount(input.shape.slice(0, -1));
    if (isFloat(input)) {
      const fields = floatStep(node, sourceField(lowering, inputId), { buffer: lowering.buffer(output) }, columns, lowering);
      lowering.step({ kernel: 'softmax_f32', params: 'SoftmaxF32Params', fields, units });
      return;
    }
    const fields: Fields<'SoftmaxParams'> = {
      INPUT: sourceField(lowering, inputId),
      OUTPUT: { buffer: lowering.buffer(output) },
      COLUMNS: columns,
      TABLE: { constant: lowering.constantData(`${node.name} table`, bytesOf(expTable(node, input)), { kind: 'raw' }) },
    };
    lowering.step({ kernel: 'softmax_qs8', params: 'SoftmaxParams', fields, units });
  },
};
