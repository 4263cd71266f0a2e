// What convolutions and fully connected layers share: operand checks, requantization, and the constants of a lowered call.

import { PlanError } from '../core/errors.ts';
import type { Node, Tensor, TensorType } from '../ir/graph.ts';
import type { PlanLayout } from '../plan/types.ts';
import { checkAccumulators } from './accumulator.ts';
import type { WeightRows } from './accumulator.ts';
import { clampCode, codeRange } from './activation.ts';
import { codeElements, int32Elements } from './constant.ts';
import type { Summation } from './convolution.ts';
import { bytesOf, roundingFields } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { checkActivation, checkBias, checkOperandCount, checkWeights, operand, tensorScale, weightZeroPoint } from './operands.ts';
import { kernelMultipliers, realMultipliers, requantizer } from './requantize.ts';
import type { Lowering, RequantizeMode, TensorValue } from './types.ts';

/** Operands of a node with inputs [input, weights, bias?] and one output. */
export interface WeightedOperands<T extends TensorType> {
  readonly input: T;
  readonly weights: T;
  readonly bias: T | undefined;
  readonly output: T;
}

export function weightedOperands<T extends TensorType>(node: Node, inputs: readonly (T | undefined)[], outputs: readonly T[]): WeightedOperands<T> {
  return {
    input: operand(node, inputs, 0, 'input'),
    weights: operand(node, inputs, 1, 'weights'),
    bias: inputs[2],
    output: operand(node, outputs, 0, 'output'),
  };
}

/** Ranks that an operator wants, and the axis of its weights that counts output channels. */
interface Ranks {
  readonly activation?: number;
  readonly weights: number;
  readonly channelAxis: number;
}

/** Checks of single operands of one kind of elements. */
interface OperandChecks {
  readonly activation: (node: Node, role: string, tensor: Tensor, rank?: number) => void;
  readonly weights: (node: Node, tensor: Tensor, rank: number, channelAxis: number) => void;
  readonly bias: (node: Node, tensor: Tensor | undefined, channels: number) => void;
  readonly clamp: (node: Node, output: Tensor) => void;
}

export type WeightedCheck = (node: Node, inputs: readonly (Tensor | undefined)[], outputs: readonly Tensor[], ranks: Ranks) => WeightedOperands<Tensor>;

/** A check of dtypes, ranks, quantization and activation; shapes against each other are the operator's part. */
export function weightedCheck(checks: OperandChecks): WeightedCheck {
  return (node, inputs, outputs, ranks) => {
    checkOperandCount(node, [2, 3]);
    const operands = weightedOperands(node, inputs, outputs);
    checks.activation(node, 'input', operands.input, ranks.activation);
    checks.weights(node, operands.weights, ranks.weights, ranks.channelAxis);
    checks.activation(node, 'output', operands.output);
    checks.bias(node, operands.bias, operands.weights.shape[ranks.channelAxis]!);
    checks.clamp(node, operands.output);
    return operands;
  };
}

export const checkWeighted = weightedCheck({
  activation: checkActivation,
  weights: checkWeights,
  bias: checkBias,
  clamp: (node, output) => codeRange(node, tensorScale(output)),
});

/** Sums of codes in int32, requantized once; `floatProduct` as in `realMultipliers`. */
export function summationCodes(
  node: Node, { input, weights, bias, output }: WeightedOperands<TensorValue>, mode: RequantizeMode, floatProduct = false,
): Summation {
  const b = bias?.data as Int32Array | undefined;
  const inputZero = tensorScale(input).zeroPoint;
  const weightZero = weightZeroPoint(weights);
  const outputZero = tensorScale(output).zeroPoint;
  const range = codeRange(node, tensorScale(output));
  const channels = output.shape.at(-1) ?? 0;
  const multipliers = mode === 'float' ? kernelMultipliers(input, weights, output, channels) : realMultipliers(input, weights, output, channels, floatProduct);
  const requantize = requantizer(mode, multipliers);
  return {
    start: (channel) => b?.[channel] ?? 0,
    add: (sum, code, weight) => (sum + (code - inputZero) * (weight - weightZero)) | 0,
    finish: (sum, channel) => clampCode(requantize(sum, channel) + outputZero, range),
  };
}

/** Operands of a node that is being lowered. */
export function loweredOperands(node: Node, lowering: Lowering): WeightedOperands<Tensor> {
  const inputs = node.inputs.map((id) => (id < 0 ? undefined : lowering.tensor(id)));
  return weightedOperands(node, inputs, node.outputs.map((id) => lowering.tensor(id)));
}

/** Weights in the order a kernel takes them: the bytes of the file, or `rearranged` by the operator. */
export interface KernelWeights {
  readonly kind: 'gemm' | 'dwconv';
  readonly channels: number;
  /** Products per output: depth of a `gemm`, taps of a `dwconv`. */
  readonly terms: number;
  readonly rearranged?: Uint8Array;
}

type ConstantFields = Pick<Fields<'GemmParams'>, 'WEIGHTS' | 'BIAS' | 'SCALE' | 'MAGIC' | 'OFFSET' | 'MIN' | 'MAX' | 'FLIP'>;

interface Layouts {
  readonly weights: PlanLayout;
  readonly bias: (weights: number, inputZeroPoint: number) => PlanLayout;
  readonly scale: PlanLayout;
}

function layoutsOf({ kind, channels, terms }: KernelWeights, tensor: Tensor): Layouts {
  const codes = tensor.dtype === 'uint8' ? { unsignedZeroPoint: weightZeroPoint(tensor) } : {};
  if (kind === 'gemm') {
    const size = { columns: channels, depth: terms };
    return {
      weights: { kind: 'gemm-weights', ...size, ...codes },
      bias: (weights, inputZeroPoint) => ({ kind: 'gemm-bias', ...size, weights, inputZeroPoint }),
      scale: { kind: 'gemm-scale', columns: channels },
    };
  }
  const size = { taps: terms, channels };
  return {
    weights: { kind: 'dwconv-weights', ...size, ...codes },
    bias: (weights, inputZeroPoint) => ({ kind: 'dwconv-bias', ...size, weights, inputZeroPoint }),
    scale: { kind: 'dwconv-scale', channels },
  };
}

function weightRows({ kind, channels, terms }: KernelWeights, elements: Int8Array | Uint8Array, zeroPoint: number): WeightRows {
  const strides = kind === 'gemm' ? { channelStride: terms, termStride: 1 } : { channelStride: 1, termStride: channels };
  return { elements, zeroPoint, channels, terms, ...strides };
}

/**
 * Constants and requantization of a lowered call, proven free of overflow.
 * @throws PlanError naming the channel that may overflow
 */
export function weightedFields(node: Node, lowering: Lowering, operands: WeightedOperands<Tensor>, weights: KernelWeights): ConstantFields {
  const [, weightsId, biasId = -1] = node.inputs;
  if (weightsId === undefined) throw new PlanError('missing-weights', `${node.name}: has no weights`);
  const { rearranged, channels } = weights;
  const inputZeroPoint = tensorScale(operands.input).zeroPoint;
  const output = tensorScale(operands.output);
  const scales = kernelMultipliers(operands.input, operands.weights, operands.output, channels);
  const bias = operands.bias === undefined ? undefined : int32Elements(operands.bias);
  const elements = codeElements(rearranged === undefined ? operands.weights : { ...operands.weights, data: rearranged });
  checkAccumulators(node, weightRows(weights, elements, weightZeroPoint(operands.weights)), bias, inputZeroPoint, scales);

  const layouts = layoutsOf(weights, operands.weights);
  const weightsConstant = rearranged === undefined
    ? lowering.constantTensor(weightsId, layouts.weights)
    : lowering.constantData(operands.weights.name, rearranged, layouts.weights);
  const biasLayout = layouts.bias(weightsConstant, inputZeroPoint);
  const biasConstant = bias === undefined
    ? lowering.constantData(`${operands.weights.name} bias`, bytesOf(new Int32Array(channels)), biasLayout)
    : lowering.constantTensor(biasId, biasLayout);
  return {
    WEIGHTS: { constant: weightsConstant },
    BIAS: { constant: biasConstant },
    SCALE: { constant: lowering.constantData(`${operands.weights.name} scale`, bytesOf(scales), layouts.scale) },
    ...roundingFields(output.zeroPoint, codeRange(node, output)),
    FLIP: { flip: true },
  };
}
