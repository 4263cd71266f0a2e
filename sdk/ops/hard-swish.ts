// int8 codes take TFLite's int16 arithmetic (kernels/internal/reference/hard_swish.h), the same in all modes.

import { powerOfTwo } from '../core/math.ts';
import { UNBOUNDED } from './activation.ts';
import { divideByPowerOfTwo, quantizeMultiplier } from './fixed-point.ts';
import { unaryCodesOperator } from './unary-codes.ts';
import { boundReal, lowerRealBinary, realOperands, withReals } from './unary-f32.ts';

const INT16_MAX = 32767;

function saturate(x: number): number {
  return Math.min(INT16_MAX, Math.max(-INT16_MAX - 1, x));
}

/** a * b / 2^15 to nearest, ties up. */
function roundedHighMultiply(a: number, b: number): number {
  const product = a * b;
  return saturate(Math.trunc((product + (product >= 0 ? 16384 : -16383)) / 32768));
}

interface Multiplier16 {
  readonly mantissa: number;
  readonly exponent: number;
}

function multiplier16(real: number): Multiplier16 {
  const { mantissa, exponent } = quantizeMultiplier(real, 'double');
  return { mantissa: Math.min(INT16_MAX, Math.floor((mantissa + 32768) / 65536)), exponent };
}

/** relu6(x + 3) / 6 in 2^-15 of the code on the scale of the input / 128. */
function gate(hires: number, { mantissa, exponent }: Multiplier16): number {
  const before = exponent > 0 ? saturate(hires * powerOfTwo(exponent - 1)) : hires;
  const scaled = roundedHighMultiply(before, mantissa);
  const after = exponent > 0 ? saturate(scaled * 2) : divideByPowerOfTwo(scaled, -exponent);
  return (after + 32768) >> 1;
}

const onCodes = unaryCodesOperator('hard-swish', [], (_node, input, output) => {
  const hiresScale = Math.fround(Math.fround(1 / 128) * input.scale);
  const toOutput = multiplier16(Math.fround(hiresScale / output.scale));
  const toGate = multiplier16(Math.fround(hiresScale / Math.fround(3 / 32768)));
  return (code) => {
    const hires = (code - input.zeroPoint) * 128;
    const preshift = Math.trunc((gate(hires, toGate) * roundedHighMultiply(hires, toOutput.mantissa)) / 32768);
    return divideByPowerOfTwo(preshift, Math.max(0, -toOutput.exponent)) + output.zeroPoint;
  };
});

const SIXTH = Math.fround(1 / 6);
const UNIT_RANGE = { min: 0, max: 1 };

/** x * relu6(x + 3) / 6 of float32 elements or int8 codes. */
export const hardSwish = withReals(onCodes, {
  attributes: [],

  apply: () => (x) => x * boundReal(Math.fround(x * SIXTH) + 0.5, UNIT_RANGE),

  lower(node, lowering) {
    const { count, x, y, temporary } = realOperands(node, lowering);
    const gates = temporary();
    lowerRealBinary(node, lowering, 'mul_f32', count, x, { every: SIXTH }, gates, UNBOUNDED);
    lowerRealBinary(node, lowering, 'add_f32', count, gates, { every: 0.5 }, gates, UNIT_RANGE);
    lowerRealBinary(node, lowering, 'mul_f32', count, x, gates, y, UNBOUNDED);
  },
});
