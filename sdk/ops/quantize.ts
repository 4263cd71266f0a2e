import type { Node, TensorType } from '../ir/graph.ts';
import { clampCode } from './activation.ts';
import { checkAttributeNames } from './attributes.ts';
import { lowerElementwise } from './elementwise.ts';
import { multiplyByQuantizedMultiplier, multiplyRoundingUp, quantizeMultiplier } from './fixed-point.ts';
import { lowerFlip } from './flip.ts';
import { lookUp, lookupTable, lowerLookup } from './lookup.ts';
import { checkCodes, checkOperandCount, codesOf, operand, rejectOperand, tensorScale } from './operands.ts';
import { isIn256ths, MAGIC, MAGIC_BITS, roundingOf, roundToEven } from './requantize.ts';
import { TAIL_SCRATCH } from './scratch.ts';
import type { Lowering, Operator, RequantizeMode, TensorValue } from './types.ts';

/** Whether codes of equal values differ in nothing but the sign bit. */
function isFlip(input: TensorType, output: TensorType): boolean {
  const [from, to] = [tensorScale(input), tensorScale(output)];
  return input.dtype !== output.dtype && from.scale === to.scale && from.zeroPoint - to.zeroPoint === (input.dtype === 'uint8' ? 128 : -128);
}

/** The code of `output` for a code of `input`. */
function requantizeCode(input: TensorType, output: TensorType, mode: RequantizeMode): (code: number) => number {
  const [from, to] = [tensorScale(input), tensorScale(output)];
  const range = codesOf(output);
  if (isFlip(input, output)) return (code) => code - from.zeroPoint + to.zeroPoint;
  const ratio = Math.fround(from.scale / to.scale);
  if (mode === 'float' && input.dtype !== output.dtype) {
    const multiplier = quantizeMultiplier(from.scale / to.scale, 'double');
    return (code) => clampCode(multiplyRoundingUp(code - from.zeroPoint, multiplier) + to.zeroPoint, range);
  }
  if (mode !== 'float' || !isIn256ths(ratio)) {
    const rounding = mode === 'float' ? 'double' : roundingOf(mode);
    const multiplier = quantizeMultiplier(from.scale / to.scale, rounding);
    return (code) => clampCode(multiplyByQuantizedMultiplier(code - from.zeroPoint, multiplier, rounding) + to.zeroPoint, range);
  }
  // XNNPACK's conversion of codes of one type: a multiplier in 256ths, ties up.
  const multiplier = roundToEven(256 * ratio);
  return (code) => clampCode(Math.floor(((code - from.zeroPoint) * multiplier + 128) / 256) + to.zeroPoint, range);
}

function bounds(output: TensorType): { scale: number; least: number; most: number } {
  const { scale, zeroPoint } = tensorScale(output);
  const { min, max } = codesOf(output);
  return { scale: Math.fround(1 / Math.fround(scale)), least: min - zeroPoint, most: max - zeroPoint };
}

/** Codes of float32 values: the product with the reciprocal of the scale, to the nearest even integer; NaN gives the least code. */
function quantizeReals(input: TensorValue, output: TensorValue): void {
  const { scale, least, most } = bounds(output);
  const { zeroPoint } = tensorScale(output);
  const y = output.data;
  (input.data as Float32Array).forEach((real, index) => {
    const scaled = Math.fround(real * scale);
    y[index] = roundToEven(Number.isNaN(scaled) ? least : clampCode(scaled, { min: least, max: most })) + zeroPoint;
  });
}

function lowerReals(lowering: Lowering, input: number, output: number): void {
  const to = lowering.tensor(output);
  const { scale, least, most } = bounds(to);
  const unsigned = to.dtype === 'uint8' ? 128 : 0;
  lowerElementwise(lowering, input, { buffer: lowering.buffer(output) }, {
    kernel: 'quantize_f32_qs8',
    params: 'QuantizeParams',
    fields: {
      SCALE: { splat: 'f32', value: scale },
      LEAST: { splat: 'f32', value: least },
      MOST: { splat: 'f32', value: most },
      MAGIC: { splat: 'f32', value: MAGIC },
      OFFSET: { splat: 'i32', value: MAGIC_BITS - tensorScale(to).zeroPoint + unsigned },
      FLIP: { splat: 'i8', value: -unsigned },
    },
    scratch: TAIL_SCRATCH,
  });
}

/** Codes of another quantization: float32, int8 or uint8 in; int8 or uint8 out. */
export const quantize: Operator = {
  name: 'quantize',
  isElementwise: true,

  infer(node: Node, inputs, outputs) {
    checkAttributeNames(node, []);
    checkOperandCount(node, [1, 1]);
    const input = operand(node, inputs, 0, 'input');
    const output = operand(node, outputs, 0, 'output');
    if (input.dtype === 'int8' || input.dtype === 'uint8') checkCodes(node, 'input', input);
    else if (input.dtype !== 'float32') rejectOperand(node, 'input', input, `is ${input.dtype}; quantize supports float32, int8 and uint8`);
    if (output.dtype !== 'int8' && output.dtype !== 'uint8') rejectOperand(node, 'output', output, `is ${output.dtype}; quantize gives int8 or uint8`);
    checkCodes(node, 'output', output);
    return [{ ...output, shape: input.shape }];
  },

  reference(node, inputs, outputs, mode) {
    const input = operand(node, inputs, 0, 'input');
    const output = operand(node, outputs, 0, 'output');
    if (input.dtype === 'float32') quantizeReals(input, output);
    else lookUp(lookupTable(input, requantizeCode(input, output, mode)), input.data, output.data);
  },

  lower(node, lowering) {
    const [input = -1] = node.inputs;
    const [output = -1] = node.outputs;
    const [from, to] = [lowering.tensor(input), lowering.tensor(output)];
    if (from.dtype === 'float32') lowerReals(lowering, input, output);
    else if (isFlip(from, to)) lowerFlip(lowering, input, { buffer: lowering.buffer(output) });
    else lowerLookup(node, lowering, input, { buffer: lowering.buffer(output) }, lookupTable(from, requantizeCode(from, to, 'float')));
  },
};
