import { bitsOf, byteLength } from '../core/dtype.ts';
import { elementCount, MAX_RANK } from '../core/shape.ts';
import type { Node, TensorType } from '../ir/graph.ts';
import { checkAttributeNames, integerAttribute } from './attributes.ts';
import { checkMoved } from './float-operands.ts';
import { sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { checkOperandCount, operand, rejectOperand } from './operands.ts';
import type { Operator } from './types.ts';

interface Slices {
  readonly axis: number;
  readonly outer: number;
  /** Slices to choose from. */
  readonly extent: number;
  readonly bytes: number;
}

function slicesOf(node: Node, input: TensorType): Slices {
  const axis = integerAttribute(node, 'axis', 0, MAX_RANK - 1);
  if (axis >= input.shape.length) rejectOperand(node, 'input', input, `has ${input.shape.length} dimensions; the attribute 'axis' is ${axis}`);
  return {
    axis,
    outer: elementCount(input.shape.slice(0, axis)),
    extent: input.shape[axis]!,
    bytes: byteLength(input.dtype, elementCount(input.shape.slice(axis + 1))),
  };
}

/**
 * Slices of the input along an axis, chosen by int32 indices, of any dtype. An index outside the axis chooses the nearest slice.
 * Attribute: axis.
 */
export const gather: Operator = {
  name: 'gather',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, ['axis']);
    checkOperandCount(node, [2, 2]);
    const input = operand(node, inputs, 0, 'input');
    const indices = operand(node, inputs, 1, 'indices');
    const output = operand(node, outputs, 0, 'output');
    if (bitsOf(input.dtype) < 8) rejectOperand(node, 'input', input, `is ${input.dtype}; gather needs elements of whole bytes`);
    if (indices.dtype !== 'int32') rejectOperand(node, 'indices', indices, `are ${indices.dtype}; gather supports int32`);
    checkMoved(node, input, output);
    const { axis } = slicesOf(node, input);
    return [{ ...output, shape: [...input.shape.slice(0, axis), ...indices.shape, ...input.shape.slice(axis + 1)] }];
  },

  reference(node, inputs, outputs) {
    const input = operand(node, inputs, 0, 'input');
    const indices = operand(node, inputs, 1, 'indices').data as Int32Array;
    const { outer, extent, bytes } = slicesOf(node, input);
    const source = new Uint8Array(input.data.buffer, input.data.byteOffset, input.data.byteLength);
    const { data } = operand(node, outputs, 0, 'output');
    const target = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let o = 0, at = 0; o < outer; o++) {
      for (const index of indices) {
        const slice = (o * extent + Math.min(Math.max(index, 0), extent - 1)) * bytes;
        target.set(source.subarray(slice, slice + bytes), at);
        at += bytes;
      }
    }
  },

  lower(node, lowering) {
    const [input = -1, indices = -1] = node.inputs;
    const [output = -1] = node.outputs;
    const { outer, extent, bytes } = slicesOf(node, lowering.tensor(input));
    const count = elementCount(lowering.tensor(indices).shape);
    const fields: Fields<'GatherParams'> = {
      INPUT: sourceField(lowering, input),
      INDICES: sourceField(lowering, indices),
      OUTPUT: { buffer: lowering.buffer(output) },
      COUNT: count,
      EXTENT: extent,
      SLICE_BYTES: bytes,
    };
    lowering.step({ kernel: 'gather_x8', params: 'GatherParams', fields, units: outer * count });
  },
};
