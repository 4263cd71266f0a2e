import { ModelError } from '../core/errors.ts';
import { formatShape, sameShape } from '../core/shape.ts';
import type { Node, Tensor } from '../ir/graph.ts';

const PICTURE_AXES = [1, 2] as const;
const PADDED: readonly string[] = ['conv2d', 'depthwise-conv2d', 'average-pool2d', 'max-pool2d'];
/** Operators with axes that the file may count from the end. */
const WITH_AXES: readonly string[] = ['gather', 'mean', 'concat', 'pack', 'unpack', 'split', 'arg-max'];
const AXIS_OF_OUTPUT: readonly string[] = ['concat', 'pack'];

/** Whether SAME padding may differ: that of stride 1 is the same for all extents. */
function isPaddingOther({ attributes: { strides } }: Node, stated: readonly number[], shape: readonly number[]): boolean {
  const isOne = (index: number): boolean => Array.isArray(strides) && strides[index] === 1;
  return stated.length !== shape.length || PICTURE_AXES.some((axis, index) => stated[axis] !== shape[axis] && !isOne(index));
}

function isOther(node: Node, stated: readonly number[], shape: readonly number[]): boolean {
  if (PADDED.includes(node.op)) return isPaddingOther(node, stated, shape);
  return node.op === 'slice' || (node.op === 'reshape' && node.inputs.length === 1) || (WITH_AXES.includes(node.op) && stated.length !== shape.length);
}

/**
 * Refuses nodes with attributes that a reader computes from the stated shape of an input, or of an output that the axis counts on, where it has another
 * one. `tensors` are those of the file with the shapes they really have.
 */
export function checkStatedShapes(node: Node, file: readonly Tensor[], tensors: readonly Tensor[]): void {
  for (const id of AXIS_OF_OUTPUT.includes(node.op) ? [...node.inputs, ...node.outputs] : node.inputs) {
    const [stated, tensor] = [file[id], tensors[id]];
    if (stated === undefined || tensor === undefined || sameShape(stated.shape, tensor.shape) || !isOther(node, stated.shape, tensor.shape)) continue;
    const found = `'${tensor.name}' is stated as ${formatShape(stated.shape)} and computed as ${formatShape(tensor.shape)}`;
    throw new ModelError('dynamic-shape', `${node.name}: ${found}; export the model with fixed shapes`);
  }
}
