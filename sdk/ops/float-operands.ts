// Checks of float32 operands; weights may be int8 codes that are dequantized when they are packed.

import { formatShape } from '../core/shape.ts';
import type { Node, Tensor, TensorType } from '../ir/graph.ts';
import { checkActivation, checkBiasShape, checkSameQuantization, checkWeights, rejectOperand } from './operands.ts';

export function isFloat(tensor: TensorType | undefined): boolean {
  return tensor?.dtype === 'float32';
}

/** Checks a float32 tensor, and its rank if given. */
export function checkFloat(node: Node, what: string, tensor: TensorType, rank?: number): void {
  if (!isFloat(tensor)) rejectOperand(node, what, tensor, `is ${tensor.dtype}; ${node.op} needs float32 here`);
  if (rank !== undefined && tensor.shape.length !== rank) {
    rejectOperand(node, what, tensor, `has shape ${formatShape(tensor.shape)}; ${node.op} needs ${rank} dimensions`);
  }
}

/** Checks constant weights for a float32 input: float32, or int8 with zero points 0 and one scale for all or for each index of `channelAxis`. */
export function checkFloatWeights(node: Node, tensor: Tensor, rank: number, channelAxis: number): void {
  if (!isFloat(tensor)) {
    if (tensor.dtype !== 'int8') {
      rejectOperand(node, 'weights', tensor, `are ${tensor.dtype}; ${node.op} supports float32 or int8 weights for a float32 input`);
    }
    checkWeights(node, tensor, rank, channelAxis);
    return;
  }
  if (tensor.data === undefined) rejectOperand(node, 'weights', tensor, 'are computed at run time; they must be constant');
  checkFloat(node, 'weights', tensor, rank);
}

/** Checks an optional constant float32 bias. */
export function checkFloatBias(node: Node, tensor: Tensor | undefined, channels: number): void {
  if (tensor === undefined) return;
  checkFloat(node, 'bias', tensor);
  if (tensor.data === undefined) rejectOperand(node, 'bias', tensor, 'is computed at run time; it must be constant');
  checkBiasShape(node, tensor, channels);
}

/** Checks an operator that moves elements unchanged: equal dtypes, and equal quantization where they are int8 codes. */
export function checkMoved(node: Node, input: TensorType, output: TensorType): void {
  if (input.dtype !== output.dtype) rejectOperand(node, 'output', output, `is ${output.dtype}; must be ${input.dtype} as the input`);
  if (input.dtype !== 'int8') return;
  checkActivation(node, 'input', input);
  checkActivation(node, 'output', output);
  checkSameQuantization(node, input, output);
}
