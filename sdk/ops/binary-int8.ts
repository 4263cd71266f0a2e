import { PlanError } from '../core/errors.ts';
import { powerOfTwo, splitExponent } from '../core/math.ts';
import type { Node } from '../ir/graph.ts';
import { clampCode, codeRange } from './activation.ts';
import type { BinaryForm, BinaryOperands } from './binary.ts';
import { multiplyByQuantizedMultiplier, quantizeMultiplier } from './fixed-point.ts';
import type { Rounding } from './fixed-point.ts';
import { roundingFields } from './kernel-fields.ts';
import { checkActivation, tensorScale } from './operands.ts';
import type { TensorScale } from './operands.ts';
import { requantizer, ROUNDING_LIMIT, roundingOf } from './requantize.ts';

/** Left shift of inputs before they are scaled (TFLite add.cc and sub.cc, int8). */
const INPUT_SHIFT = 1048576;
/** Bits of the larger factor, and the largest shift. */
const FACTOR_BITS = 20;
const MAX_SHIFT = 30;

interface Scales {
  readonly a: TensorScale;
  readonly b: TensorScale;
  readonly output: TensorScale;
}

function scalesOf({ a, b, output }: BinaryOperands): Scales {
  return { a: tensorScale(a), b: tensorScale(b), output: tensorScale(output) };
}

function checkInt8(node: Node, { a, b, output }: BinaryOperands): void {
  checkActivation(node, 'input', a);
  checkActivation(node, 'second input', b);
  checkActivation(node, 'output', output);
  codeRange(node, tensorScale(output));
}

interface Factors {
  readonly factorA: number;
  readonly factorB: number;
  readonly bias: number;
  readonly shift: number;
}

/** Fixed-point form of a sum in output steps, (a * factorA + b * factorB + bias) >> shift, with XNNPACK's precision. */
function factorsOf({ a, b, output }: Scales, sign: 1 | -1): Factors {
  const ratioA = Math.fround(a.scale / output.scale);
  const ratioB = Math.fround(b.scale / output.scale);
  const shift = Math.min(FACTOR_BITS - (splitExponent(Math.max(ratioA, ratioB)).exponent - 1), MAX_SHIFT);
  const factor = (ratio: number): number => {
    const scaled = ratio * powerOfTwo(shift);
    const whole = Math.floor(scaled);
    const isUp = scaled - whole > 0.5 || (scaled - whole === 0.5 && whole % 2 === 1);
    return isUp ? whole + 1 : whole;
  };
  const factorA = factor(ratioA);
  const factorB = sign * factor(ratioB);
  return { factorA, factorB, bias: powerOfTwo(shift - 1) - factorA * a.zeroPoint - factorB * b.zeroPoint, shift };
}

function floatSum(scales: Scales, sign: 1 | -1): (a: number, b: number) => number {
  const { factorA, factorB, bias, shift } = factorsOf(scales, sign);
  return (a, b) => ((a * factorA + b * factorB + bias) >> shift) + scales.output.zeroPoint;
}

/** TFLite forms the ratios of a sum in doubles (add.cc), those of a difference in float32 (sub.cc). */
function fixedSum({ a, b, output }: Scales, sign: 1 | -1, rounding: Rounding): (a: number, b: number) => number {
  const ratio = (part: number, whole: number): number => (sign > 0 ? part / whole : Math.fround(part / whole));
  const twiceMax = 2 * Math.max(a.scale, b.scale);
  const multiplierA = quantizeMultiplier(ratio(a.scale, twiceMax), rounding);
  const multiplierB = quantizeMultiplier(ratio(b.scale, twiceMax), rounding);
  const multiplierOut = quantizeMultiplier(ratio(twiceMax, INPUT_SHIFT * output.scale), rounding);
  return (codeA, codeB) => {
    const scaledA = multiplyByQuantizedMultiplier((codeA - a.zeroPoint) * INPUT_SHIFT, multiplierA, rounding);
    const scaledB = multiplyByQuantizedMultiplier((codeB - b.zeroPoint) * INPUT_SHIFT, multiplierB, rounding);
    return multiplyByQuantizedMultiplier(scaledA + sign * scaledB, multiplierOut, rounding) + output.zeroPoint;
  };
}

function rejectRange(node: Node, what: string, worst: number): never {
  throw new PlanError('requantize-range', `${node.name}: ${what} may reach ${worst} steps, must stay below ${ROUNDING_LIMIT}: use a larger scale`);
}

/** a + sign * b of int8 codes, each with its own quantization. */
export function int8Sum(sign: 1 | -1): BinaryForm {
  return {
    kernel: 'add_qs8',
    params: 'AddParams',
    check: checkInt8,
    combine(node, operands, mode) {
      const scales = scalesOf(operands);
      const sum = mode === 'float' ? floatSum(scales, sign) : fixedSum(scales, sign, roundingOf(mode));
      const range = codeRange(node, scales.output);
      return (a, b) => clampCode(sum(a, b), range);
    },
    fields(node, operands) {
      const scales = scalesOf(operands);
      const worst = (255 * (scales.a.scale + scales.b.scale)) / scales.output.scale;
      if (!(worst < ROUNDING_LIMIT)) rejectRange(node, 'sums', worst);
      const { factorA, factorB, bias, shift } = factorsOf(scales, sign);
      const { MIN, MAX } = roundingFields(0, codeRange(node, scales.output));
      return {
        SHIFT: shift,
        FACTOR_A: { splat: 'i32', value: factorA },
        FACTOR_B: { splat: 'i32', value: factorB },
        BIAS: { splat: 'i32', value: bias },
        ZERO: { splat: 'i32', value: pairOf(scales.output.zeroPoint) },
        MIN,
        MAX,
      };
    },
  };
}

function productScale({ a, b, output }: Scales): number {
  return Math.fround(Math.fround(Math.fround(a.scale) * Math.fround(b.scale)) / Math.fround(output.scale));
}

/** Both halves of an i32 hold `code`. */
function pairOf(code: number): number {
  return (code << 16) | (code & 0xffff);
}

/** a * b of int8 codes, each with its own quantization. The real multiplier is formed in float32 (TFLite mul.cc). */
export const int8Product: BinaryForm = {
  kernel: 'mul_qs8',
  params: 'MulParams',
  check: checkInt8,
  combine(node, operands, mode) {
    const scales = scalesOf(operands);
    const range = codeRange(node, scales.output);
    const requantize = requantizer(mode, Float64Array.of(productScale(scales)));
    const { a: { zeroPoint: zeroA }, b: { zeroPoint: zeroB }, output } = scales;
    return (a, b) => clampCode(requantize((a - zeroA) * (b - zeroB), 0) + output.zeroPoint, range);
  },
  fields(node, operands) {
    const scales = scalesOf(operands);
    const scale = productScale(scales);
    const worst = 255 * 255 * scale;
    if (!(worst < ROUNDING_LIMIT)) rejectRange(node, 'products', worst);
    return {
      ZERO_A: { splat: 'i32', value: pairOf(scales.a.zeroPoint) },
      ZERO_B: { splat: 'i32', value: pairOf(scales.b.zeroPoint) },
      SCALE: { splat: 'f32', value: scale },
      ...roundingFields(scales.output.zeroPoint, codeRange(node, scales.output)),
    };
  },
};
