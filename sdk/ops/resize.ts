// What resize-bilinear and resize-nearest-neighbor share: NHWC pictures, output size by the output tensor.

import { formatShape, MAX_EXTENT } from '../core/shape.ts';
import type { Node, Tensor, TensorType } from '../ir/graph.ts';
import { booleanAttribute, checkAttributeNames, integersAttribute } from './attributes.ts';
import { checkMoved } from './float-operands.ts';
import { checkOperandCount, operand, rejectOperand } from './operands.ts';

export interface ResizeAxis {
  readonly input: number;
  readonly output: number;
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

export interface Resize {
  readonly height: ResizeAxis;
  readonly width: ResizeAxis;
}

export function resizeOf(node: Node, { shape }: TensorType): Resize {
  const [height = 0, width = 0] = integersAttribute(node, 'size', 2, 1, MAX_EXTENT);
  const alignCorners = booleanAttribute(node, 'alignCorners');
  const halfPixelCenters = booleanAttribute(node, 'halfPixelCenters');
  const axisOf = (input: number, output: number): ResizeAxis => ({ input, output, alignCorners, halfPixelCenters });
  return { height: axisOf(shape[1]!, height), width: axisOf(shape[2]!, width) };
}

export function inferResize(node: Node, inputs: readonly (Tensor | undefined)[], outputs: readonly Tensor[]): TensorType[] {
  checkAttributeNames(node, ['size', 'alignCorners', 'halfPixelCenters']);
  checkOperandCount(node, [1, 1]);
  const input = operand(node, inputs, 0, 'input');
  const output = operand(node, outputs, 0, 'output');
  if (input.shape.length !== 4) rejectOperand(node, 'input', input, `has shape ${formatShape(input.shape)}; ${node.op} needs 4 dimensions`);
  checkMoved(node, input, output);
  const { height, width } = resizeOf(node, input);
  return [{ ...output, shape: [input.shape[0]!, height.output, width.output, input.shape[3]!] }];
}

/** Input elements for one output element, in float32. */
export function scaleOf({ input, output, alignCorners }: ResizeAxis): number {
  return alignCorners && output > 1 ? Math.fround((input - 1) / (output - 1)) : Math.fround(input / output);
}
