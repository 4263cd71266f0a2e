import { PlanError } from '../core/errors.ts';
import { elementCount, formatShape, sameShape } from '../core/shape.ts';
import type { TensorType } from '../ir/graph.ts';
import { clampCode, codeRange } from './activation.ts';
import { checkAttributeNames } from './attributes.ts';
import { multiplyByQuantizedMultiplier, quantizeMultiplier } from './fixed-point.ts';
import type { Rounding } from './fixed-point.ts';
import { roundingFields, sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { checkActivation, checkOperandCount, operand, rejectOperand, tensorScale } from './operands.ts';
import type { TensorScale } from './operands.ts';
import { elementBlock } from './partition.ts';
import { ROUNDING_LIMIT, roundingOf, roundToEven } from './requantize.ts';
import { TAIL_SCRATCH } from './scratch.ts';
import type { Operator } from './types.ts';

/** Left shift of inputs before they are scaled (TFLite add.cc, int8). */
const INPUT_SHIFT = 1048576;

interface Scales {
  readonly a: TensorScale;
  readonly b: TensorScale;
  readonly output: TensorScale;
}

function scalesOf(a: TensorType, b: TensorType, output: TensorType): Scales {
  return { a: tensorScale(a), b: tensorScale(b), output: tensorScale(output) };
}

/** float32 coefficients of round(a * scaleA + b * scaleB + bias), zero points folded into the bias. */
function coefficients({ a, b, output }: Scales): { scaleA: number; scaleB: number; bias: number } {
  const ratioA = a.scale / output.scale;
  const ratioB = b.scale / output.scale;
  return {
    scaleA: Math.fround(ratioA),
    scaleB: Math.fround(ratioB),
    bias: Math.fround(output.zeroPoint - a.zeroPoint * ratioA - b.zeroPoint * ratioB),
  };
}

function floatSum(scales: Scales): (a: number, b: number) => number {
  const { scaleA, scaleB, bias } = coefficients(scales);
  return (a, b) => roundToEven(Math.fround(Math.fround(Math.fround(a * scaleA) + Math.fround(b * scaleB)) + bias));
}

function fixedSum({ a, b, output }: Scales, rounding: Rounding): (a: number, b: number) => number {
  const twiceMax = 2 * Math.max(a.scale, b.scale);
  const multiplierA = quantizeMultiplier(a.scale / twiceMax, rounding);
  const multiplierB = quantizeMultiplier(b.scale / twiceMax, rounding);
  const multiplierOut = quantizeMultiplier(twiceMax / (INPUT_SHIFT * output.scale), rounding);
  return (codeA, codeB) => {
    const scaledA = multiplyByQuantizedMultiplier((codeA - a.zeroPoint) * INPUT_SHIFT, multiplierA, rounding);
    const scaledB = multiplyByQuantizedMultiplier((codeB - b.zeroPoint) * INPUT_SHIFT, multiplierB, rounding);
    return multiplyByQuantizedMultiplier(scaledA + scaledB, multiplierOut, rounding) + output.zeroPoint;
  };
}

/** Elementwise sum of two int8 tensors of equal shape, each with its own quantization. Attribute: activation. */
export const add: Operator = {
  name: 'add',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, ['activation']);
    checkOperandCount(node, [2, 2]);
    const a = operand(node, inputs, 0, 'input');
    const b = operand(node, inputs, 1, 'second input');
    const output = operand(node, outputs, 0, 'output');
    checkActivation(node, 'input', a);
    checkActivation(node, 'second input', b);
    checkActivation(node, 'output', output);
    codeRange(node, tensorScale(output));
    if (!sameShape(a.shape, b.shape)) {
      const shapes = `${formatShape(b.shape)}, the first ${formatShape(a.shape)}`;
      rejectOperand(node, 'second input', b, `has shape ${shapes}; broadcasting is unsupported: shapes must be equal`);
    }
    return [{ ...output, shape: a.shape }];
  },

  reference(node, inputs, outputs, mode) {
    const a = operand(node, inputs, 0, 'input');
    const b = operand(node, inputs, 1, 'second input');
    const output = operand(node, outputs, 0, 'output');
    const scales = scalesOf(a, b, output);
    const sum = mode === 'float' ? floatSum(scales) : fixedSum(scales, roundingOf(mode));
    const range = codeRange(node, tensorScale(output));
    const [x, z, y] = [a.data as Int8Array, b.data as Int8Array, output.data as Int8Array];
    for (let index = 0; index < y.length; index++) y[index] = clampCode(sum(x[index]!, z[index]!), range);
  },

  lower(node, lowering) {
    const [a = -1, b = -1] = node.inputs;
    const [output = -1] = node.outputs;
    const scales = scalesOf(lowering.tensor(a), lowering.tensor(b), lowering.tensor(output));
    const { scaleA, scaleB, bias } = coefficients(scales);
    const worst = 128 * (scaleA + scaleB) + Math.abs(bias);
    if (!(worst < ROUNDING_LIMIT)) {
      throw new PlanError('requantize-range', `${node.name}: sums may reach ${worst} steps, must stay below ${ROUNDING_LIMIT}: use a larger scale`);
    }
    const count = elementCount(lowering.tensor(output).shape);
    const block = elementBlock(count);
    const fields: Fields<'AddParams'> = {
      A: sourceField(lowering, a),
      B: sourceField(lowering, b),
      OUTPUT: { buffer: lowering.buffer(output) },
      COUNT: count,
      BLOCK: block,
      SCALE_A: { splat: 'f32', value: scaleA },
      SCALE_B: { splat: 'f32', value: scaleB },
      BIAS: { splat: 'f32', value: bias },
      ...roundingFields(0, codeRange(node, scales.output)),
    };
    lowering.step({ kernel: 'add_qs8', params: 'AddParams', fields, units: Math.ceil(count / block), scratch: TAIL_SCRATCH });
  },
};
