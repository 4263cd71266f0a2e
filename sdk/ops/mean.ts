import { CODE_RANGES } from '../core/affine.ts';
import { ModelError, PlanError } from '../core/errors.ts';
import { powerOfTwo } from '../core/math.ts';
import { elementCount } from '../core/shape.ts';
import type { Node, TensorType } from '../ir/graph.ts';
import { clampCode, UNBOUNDED } from './activation.ts';
import { booleanAttribute, checkAttributeNames, listAttribute } from './attributes.ts';
import { multiplyByQuantizedMultiplier, quantizeMultiplier } from './fixed-point.ts';
import { checkFloat, isFloat } from './float-operands.ts';
import { bytesOf, clampFields, roundingFields, sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { checkActivation, checkOperandCount, operand, rejectOperand, tensorScale } from './operands.ts';
import { ROUNDING_LIMIT, roundingOf, roundToEven } from './requantize.ts';
import { TAIL_SCRATCH } from './scratch.ts';
import type { Operator, RequantizeMode } from './types.ts';

/** Most elements of a mean: their int8 sum is exact in float32. */
const MAX_COUNT = 65536;

/** The input as [outer, count, inner], the mean being over the middle. */
interface Extents {
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
  readonly shape: readonly number[];
}

function extentsOf(node: Node, input: TensorType): Extents {
  const axes = [...listAttribute(node, 'axes', 1, 8, 0, input.shape.length - 1)].sort((a, b) => a - b);
  const [first = 0] = axes;
  if (axes.some((axis, index) => axis !== first + index)) {
    throw new ModelError('unsupported-attribute', `${node.name}: axes ${axes.join(', ')} are not neighbours; transpose the input or split the mean`);
  }
  const end = first + axes.length;
  const count = elementCount(input.shape.slice(first, end));
  if (count > MAX_COUNT) rejectOperand(node, 'input', input, `has ${count} elements for each mean; at most ${MAX_COUNT} are supported`);
  const ones = booleanAttribute(node, 'keepDims') ? axes.map(() => 1) : [];
  return {
    outer: elementCount(input.shape.slice(0, first)),
    count,
    inner: elementCount(input.shape.slice(end)),
    shape: [...input.shape.slice(0, first), ...ones, ...input.shape.slice(end)],
  };
}

function ratioOf(input: TensorType, output: TensorType, count: number): number {
  return Math.fround(tensorScale(input).scale / (tensorScale(output).scale * count));
}

/** XNNPACK's bias: what the zero points add to a sum of codes times `ratio`, in output steps, each result rounded to float32. */
function biasOf(input: TensorType, output: TensorType, count: number, ratio: number): number {
  return Math.fround(tensorScale(output).zeroPoint - Math.fround(tensorScale(input).zeroPoint * count * ratio));
}

/** The code, before it is clamped, of a sum of `count` codes. */
function averager(input: TensorType, output: TensorType, count: number, mode: RequantizeMode): (sum: number) => number {
  if (mode === 'float') {
    const ratio = ratioOf(input, output, count);
    const bias = biasOf(input, output, count, ratio);
    return (sum) => roundToEven(Math.fround(Math.fround(sum * ratio) + bias));
  }
  const [lift, zeroPoint] = [tensorScale(input).zeroPoint * count, tensorScale(output).zeroPoint];
  const rounding = roundingOf(mode);
  const { mantissa, exponent } = quantizeMultiplier(tensorScale(input).scale / tensorScale(output).scale, rounding);
  // TFLite reduce.cc: the division by the count goes into the mantissa, with as many more bits as fit.
  const shift = Math.min(31 - Math.clz32(count), 31 + exponent);
  const multiplier = { mantissa: Math.trunc((mantissa * powerOfTwo(shift)) / count), exponent: exponent - shift };
  return (sum) => multiplyByQuantizedMultiplier(sum - lift, multiplier, rounding) + zeroPoint;
}

/** The sum, in the order of the elements, and the quotient are rounded to float32. */
function realMeans({ outer, count, inner }: Extents, x: Float32Array, y: Float32Array): void {
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let sum = 0;
      for (let k = 0; k < count; k++) sum = Math.fround(sum + x[(o * count + k) * inner + i]!);
      y[o * inner + i] = sum / count;
    }
  }
}

/** The mean as a pool whose window is the whole input. */
function windowFields({ count, inner }: Extents): Omit<Fields<'Pool2dF32Params'>, 'INPUT' | 'OUTPUT' | 'MIN' | 'MAX'> {
  return {
    CHANNELS: inner,
    INPUT_HEIGHT: count,
    INPUT_WIDTH: 1,
    OUTPUT_HEIGHT: 1,
    OUTPUT_WIDTH: 1,
    KERNEL_HEIGHT: count,
    KERNEL_WIDTH: 1,
    STRIDE_HEIGHT: 1,
    STRIDE_WIDTH: 1,
    PAD_TOP: 0,
    PAD_LEFT: 0,
  };
}

/** Mean over neighbouring axes, float32 or int8. Attributes: axes, in any order; keepDims keeps them as extents of 1. */
export const mean: Operator = {
  name: 'mean',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, ['axes', 'keepDims']);
    checkOperandCount(node, [1, 1]);
    const input = operand(node, inputs, 0, 'input');
    const output = operand(node, outputs, 0, 'output');
    if (isFloat(input)) {
      checkFloat(node, 'output', output);
    } else {
      checkActivation(node, 'input', input);
      checkActivation(node, 'output', output);
    }
    return [{ ...output, shape: extentsOf(node, input).shape }];
  },

  reference(node, inputs, outputs, mode) {
    const input = operand(node, inputs, 0, 'input');
    const output = operand(node, outputs, 0, 'output');
    const extents = extentsOf(node, input);
    if (isFloat(input)) {
      realMeans(extents, input.data as Float32Array, output.data as Float32Array);
      return;
    }
    const { outer, count, inner } = extents;
    const average = averager(input, output, count, mode);
    const [x, y] = [input.data as Int8Array, output.data as Int8Array];
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (let k = 0; k < count; k++) sum += x[(o * count + k) * inner + i]!;
        y[o * inner + i] = clampCode(average(sum), CODE_RANGES.int8);
      }
    }
  },

  lower(node, lowering) {
    const [inputId = -1] = node.inputs;
    const [outputId = -1] = node.outputs;
    const [input, output] = [lowering.tensor(inputId), lowering.tensor(outputId)];
    const extents = extentsOf(node, input);
    const { outer, count } = extents;
    const common = { INPUT: sourceField(lowering, inputId), OUTPUT: { buffer: lowering.buffer(outputId) }, ...windowFields(extents) };
    if (isFloat(input)) {
      lowering.step({ kernel: 'avgpool2d_f32', params: 'Pool2dF32Params', fields: { ...common, ...clampFields(UNBOUNDED) }, units: outer });
      return;
    }
    const ratio = ratioOf(input, output, count);
    if (!(255 * count * ratio < ROUNDING_LIMIT)) {
      throw new PlanError('requantize-range', `${node.name}: means may reach ${255 * count * ratio} steps, must stay below ${ROUNDING_LIMIT}: use a larger scale`);
    }
    const ratios = new Float32Array(count + 1);
    ratios[count] = ratio;
    const fields: Fields<'Pool2dParams'> = {
      ...common,
      LIFT: 0,
      BIAS: { splat: 'f32', value: biasOf(input, output, count, ratio) },
      RECIPROCALS: { constant: lowering.constantData(`${node.name} ratios`, bytesOf(ratios), { kind: 'raw' }) },
      ...roundingFields(0, CODE_RANGES.int8),
    };
    lowering.step({ kernel: 'avgpool2d_qs8', params: 'Pool2dParams', fields, units: outer, scratch: TAIL_SCRATCH });
  },
};
