import { CODE_RANGES, type CodeRange } from '../core/affine.ts';
import { roundHalfAway } from '../core/math.ts';
import type { Node } from '../ir/graph.ts';
import { choiceAttribute } from './attributes.ts';
import type { TensorScale } from './operands.ts';

export const ACTIVATIONS = ['none', 'relu', 'relu6', 'relu-n1-to-1'] as const;

export type Activation = (typeof ACTIVATIONS)[number];

const BOUNDS: Readonly<Record<Activation, readonly [low: number, high: number]>> = {
  none: [-Infinity, Infinity],
  relu: [0, Infinity],
  relu6: [0, 6],
  'relu-n1-to-1': [-1, 1],
};

/** Clamp range of a fused activation: zero point + round(bound / scale) with a float32 quotient, as in TFLite's CalculateActivationRangeQuantized. */
export function codeRange(node: Node, output: TensorScale): CodeRange {
  const [low, high] = BOUNDS[choiceAttribute(node, 'activation', ACTIVATIONS)];
  const code = (bound: number): number => clampCode(output.zeroPoint + roundHalfAway(Math.fround(bound / output.scale)), CODE_RANGES.int8);
  return { min: code(low), max: code(high) };
}

/** Clamp range of a fused activation on real values; infinities where it has no bound, as in XNNPACK. */
export function realRange(node: Node): CodeRange {
  const [min, max] = BOUNDS[choiceAttribute(node, 'activation', ACTIVATIONS)];
  return { min, max };
}

/** No bounds. */
export const UNBOUNDED: CodeRange = { min: -Infinity, max: Infinity };

/** The element `value` within `range` as the kernels' comparisons leave it: NaN stays. */
export function clampReal(value: number, { min, max }: CodeRange): number {
  const raised = value < min ? min : value;
  return max < raised ? max : raised;
}

/** The integer `value` within `range`. */
export function clampCode(value: number, range: CodeRange): number {
  return Math.min(range.max, Math.max(range.min, value));
}
