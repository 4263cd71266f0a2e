import { CODE_RANGES, type CodeRange } from '../core/affine.ts';
import { ModelError } from '../core/errors.ts';
import { elementCount, formatShape } from '../core/shape.ts';
import type { Node, Tensor, TensorType } from '../ir/graph.ts';

/** Per-tensor quantization of an activation: real = scale * (code - zeroPoint). */
export interface TensorScale {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Rejects an operand in a sentence: `operator 3 CONV_2D: input 'x' … `. */
export function rejectOperand(node: Node, what: string, tensor: TensorType & { readonly name?: string }, problem: string): never {
  const name = tensor.name === undefined ? '' : ` '${tensor.name}'`;
  throw new ModelError('invalid-operand', `${node.name}: ${what}${name} ${problem}`);
}

/** Checks how many operands a node has. */
export function checkOperandCount(node: Node, inputs: readonly [min: number, max: number], outputs = 1): void {
  const [min, max] = inputs;
  if (node.inputs.length < min || node.inputs.length > max) {
    const allowed = min === max ? `${min}` : `${min} to ${max}`;
    throw new ModelError('invalid-operand', `${node.name}: ${node.op} has ${node.inputs.length} inputs, must have ${allowed}`);
  }
  if (node.outputs.length !== outputs) {
    throw new ModelError('invalid-operand', `${node.name}: ${node.op} has ${node.outputs.length} outputs, must have ${outputs}`);
  }
}

/** A required operand. */
export function operand<T extends TensorType>(node: Node, tensors: readonly (T | undefined)[], index: number, what: string): T {
  const tensor = tensors[index];
  if (tensor === undefined) throw new ModelError('invalid-operand', `${node.name}: ${what} (operand ${index} of ${node.op}) is missing`);
  return tensor;
}

/** Index of the first scale that is no finite float32 above 0, or -1. In this range products and quotients of three scales stay finite doubles above 0. */
function invalidScale(scales: readonly number[]): number {
  for (let index = 0; index < scales.length; index++) {
    const scale = Math.fround(scales[index]!);
    if (!(scale > 0 && scale < Infinity)) return index;
  }
  return -1;
}

/** Checks an int8 activation: one finite scale above 0, one zero point in -128…127, and the rank if given. */
export function checkActivation(node: Node, what: string, tensor: TensorType, rank?: number): void {
  if (tensor.dtype !== 'int8') rejectOperand(node, what, tensor, `is ${tensor.dtype}; ${node.op} supports int8: quantize the model to full int8`);
  if (rank !== undefined && tensor.shape.length !== rank) {
    rejectOperand(node, what, tensor, `has shape ${formatShape(tensor.shape)}; ${node.op} needs ${rank} dimensions`);
  }
  checkCodes(node, what, tensor);
}

/** The codes of a uint8 tensor, else those of an int8 one. */
export function codesOf({ dtype }: TensorType): CodeRange {
  return CODE_RANGES[dtype === 'uint8' ? 'uint8' : 'int8'];
}

/** Checks the quantization of int8 or uint8 codes: one finite scale above 0, one zero point within the codes. */
export function checkCodes(node: Node, what: string, tensor: TensorType): void {
  const quantization = tensor.quantization;
  if (quantization === undefined) rejectOperand(node, what, tensor, 'has no quantization: quantize the model to full int8');
  const { min, max } = codesOf(tensor);
  const { scales, zeroPoints } = quantization;
  const zeroPoint = zeroPoints[0];
  if (scales.length !== 1 || invalidScale(scales) >= 0) {
    rejectOperand(node, what, tensor, `has scales [${scales.slice(0, 4).join(', ')}]; must be one finite scale above 0`);
  }
  if (zeroPoints.length !== 1 || zeroPoint === undefined || !Number.isInteger(zeroPoint) || zeroPoint < min || zeroPoint > max) {
    rejectOperand(node, what, tensor, `has zero points [${zeroPoints.slice(0, 4).join(', ')}]; must be one integer from ${min} to ${max}`);
  }
}

/** Checks constant weights of `rank` dimensions: int8 with zero points 0 and one scale for all or one per index of `channelAxis`, or uint8 with one of each. */
export function checkWeights(node: Node, tensor: Tensor, rank: number, channelAxis: number): void {
  if (tensor.dtype !== 'int8' && tensor.dtype !== 'uint8') rejectOperand(node, 'weights', tensor, `are ${tensor.dtype}; ${node.op} supports int8 and uint8 weights`);
  if (tensor.data === undefined) rejectOperand(node, 'weights', tensor, 'are computed at run time; they must be constant');
  if (tensor.shape.length !== rank) {
    rejectOperand(node, 'weights', tensor, `have shape ${formatShape(tensor.shape)}; ${node.op} needs ${rank} dimensions`);
  }
  const quantization = tensor.quantization;
  if (quantization === undefined) rejectOperand(node, 'weights', tensor, 'have no quantization');
  const { scales, zeroPoints, axis } = quantization;
  const channels = tensor.shape[channelAxis]!;
  if (scales.length !== 1 && scales.length !== channels) {
    rejectOperand(node, 'weights', tensor, `have ${scales.length} scales; must be 1 or one for each of ${channels} output channels`);
  }
  if (scales.length > 1 && axis !== channelAxis) {
    rejectOperand(node, 'weights', tensor, `are quantized along axis ${axis}; ${node.op} needs the output channel axis ${channelAxis}`);
  }
  const badScale = invalidScale(scales);
  if (badScale >= 0) rejectOperand(node, 'weights', tensor, `have scale ${scales[badScale]} in channel ${badScale}; must be finite and above 0`);
  if (tensor.dtype === 'uint8') {
    const [zeroPoint = NaN, more] = zeroPoints;
    if (scales.length === 1 && more === undefined && Number.isInteger(zeroPoint) && zeroPoint >= 0 && zeroPoint <= 255) return;
    rejectOperand(node, 'weights', tensor, `have ${scales.length} scales and zero points [${zeroPoints.slice(0, 4).join(', ')}]; uint8 weights need one, from 0 to 255`);
  }
  const badZero = zeroPoints.findIndex((zeroPoint) => zeroPoint !== 0);
  if (badZero >= 0) rejectOperand(node, 'weights', tensor, `have zero point ${zeroPoints[badZero]} in channel ${badZero}; must be 0`);
}

/** Checks an optional constant int32 bias. Its own scale is ignored: it is input scale * weight scale by definition. */
export function checkBias(node: Node, tensor: Tensor | undefined, channels: number): void {
  if (tensor === undefined) return;
  if (tensor.dtype !== 'int32') rejectOperand(node, 'bias', tensor, `is ${tensor.dtype}; ${node.op} supports int32`);
  if (tensor.data === undefined) rejectOperand(node, 'bias', tensor, 'is computed at run time; it must be constant');
  checkBiasShape(node, tensor, channels);
}

/** Checks a bias: one value for each channel, with any extents of 1 before. */
export function checkBiasShape(node: Node, tensor: TensorType, channels: number): void {
  if (elementCount(tensor.shape) === channels && tensor.shape.at(-1) === channels) return;
  rejectOperand(node, 'bias', tensor, `has shape ${formatShape(tensor.shape)}; must have one value for each of ${channels} output channels`);
}

/** The quantization of a checked activation. */
export function tensorScale(tensor: TensorType): TensorScale {
  return { scale: tensor.quantization?.scales[0] ?? NaN, zeroPoint: tensor.quantization?.zeroPoints[0] ?? NaN };
}

/** The code of checked weights that stands for 0. */
export function weightZeroPoint(weights: TensorType): number {
  return weights.dtype === 'uint8' ? tensorScale(weights).zeroPoint : 0;
}

/** Input and output of an operator that moves codes must be quantized alike. */
export function checkSameQuantization(node: Node, input: TensorType, output: TensorType): void {
  const from = tensorScale(input);
  const to = tensorScale(output);
  if (from.scale === to.scale && from.zeroPoint === to.zeroPoint) return;
  const expected = `${from.scale} and ${from.zeroPoint}`;
  rejectOperand(node, 'output', output, `has scale ${to.scale} and zero point ${to.zeroPoint}; ${node.op} needs those of its input: ${expected}`);
}
