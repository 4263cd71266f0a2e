// What convolutions and fully connected layers share on float32 inputs, with float32 weights or int8 weights that packing dequantizes.

import { PlanError } from '../core/errors.ts';
import type { Node, Tensor } from '../ir/graph.ts';
import type { PlanField, PlanLayout } from '../plan/types.ts';
import { clampReal, realRange } from './activation.ts';
import { codeElements, float32Elements } from './constant.ts';
import type { Summation } from './convolution.ts';
import { checkFloat, checkFloatBias, checkFloatWeights, isFloat } from './float-operands.ts';
import { bytesOf, clampFields } from './kernel-fields.ts';
import type { Lowering, TensorValue } from './types.ts';
import { weightedCheck } from './weighted.ts';
import type { KernelWeights, WeightedOperands } from './weighted.ts';

export const checkWeightedF32 = weightedCheck({ activation: checkFloat, weights: checkFloatWeights, bias: checkFloatBias, clamp: realRange });

/** float32 scales of int8 weights, one an output channel. */
function channelScales(weights: Tensor | TensorValue, channels: number): Float32Array {
  const scales = weights.quantization?.scales ?? [];
  return Float32Array.from({ length: channels }, (_, channel) => scales[scales.length === 1 ? 0 : channel] ?? NaN);
}

/** Weights as float32 elements; `channelOf` gives the output channel of an element. */
export function realWeights(weights: TensorValue, channels: number, channelOf: (index: number) => number): Float32Array {
  if (weights.data instanceof Float32Array) return weights.data;
  const scales = channelScales(weights, channels);
  return Float32Array.from(weights.data as Int8Array, (code, index) => code * scales[channelOf(index)]!);
}

/** Sums in float32, one rounding an operation. */
export function summationF32(node: Node, bias: TensorValue | undefined): Summation {
  const b = bias?.data as Float32Array | undefined;
  const range = realRange(node);
  return {
    start: (channel) => (b?.[channel] ?? 0) + 0,
    add: (sum, input, weight) => Math.fround(sum + Math.fround(input * weight)),
    finish: (sum) => clampReal(sum, range),
  };
}

/** Padding is computed as 0 * weight. */
function checkFinite(node: Node, weights: Tensor): void {
  const elements = float32Elements(weights);
  const bad = elements.findIndex((weight) => !Number.isFinite(weight));
  if (bad < 0) return;
  const found = `weight ${bad} of '${weights.name}' is ${elements[bad]}`;
  throw new PlanError('non-finite-weights', `${node.name}: ${found}; must be finite: export the model again`);
}

function weightsConstant(node: Node, lowering: Lowering, weights: Tensor, { kind, channels, terms, rearranged }: KernelWeights): number {
  const [, id] = node.inputs;
  if (id === undefined) throw new PlanError('missing-weights', `${node.name}: has no weights`);
  const constant = (layout: PlanLayout): number => (
    rearranged === undefined ? lowering.constantTensor(id, layout) : lowering.constantData(weights.name, rearranged, layout)
  );
  if (isFloat(weights)) {
    checkFinite(node, weights);
    return constant(kind === 'gemm' ? { kind: 'gemm-f32-weights', columns: channels, depth: terms } : { kind: 'raw' });
  }
  const scales = lowering.constantData(`${weights.name} scale`, bytesOf(channelScales(weights, channels)), { kind: 'raw' });
  return constant(kind === 'gemm'
    ? { kind: 'gemm-f32-codes', columns: channels, depth: terms, scales }
    : { kind: 'dwconv-f32-codes', taps: terms, channels, scales });
}

/**
 * Constants and clamp of a lowered call.
 * @throws PlanError when a weight is not finite
 */
export function weightedFieldsF32(
  node: Node, lowering: Lowering, { weights, bias }: WeightedOperands<Tensor>, kernelWeights: KernelWeights,
): { readonly WEIGHTS: PlanField; readonly BIAS: PlanField; readonly MIN: PlanField; readonly MAX: PlanField } {
  const { kind, channels } = kernelWeights;
  const [, , biasId = -1] = node.inputs;
  const layout = kind === 'gemm' ? { kind: 'gemm-scale', columns: channels } as const : { kind: 'dwconv-scale', channels } as const;
  const biasConstant = bias === undefined
    ? lowering.constantData(`${weights.name} bias`, bytesOf(new Float32Array(channels)), layout)
    : lowering.constantTensor(biasId, layout);
  return {
    WEIGHTS: { constant: weightsConstant(node, lowering, weights, kernelWeights) },
    BIAS: { constant: biasConstant },
    ...clampFields(realRange(node)),
  };
}

/** Constant weights as stored: int8 codes or float32 elements. */
export function storedWeights(weights: Tensor): Int8Array | Uint8Array | Float32Array {
  return isFloat(weights) ? float32Elements(weights) : codeElements(weights);
}
