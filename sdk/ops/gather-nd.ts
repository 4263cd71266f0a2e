import { bitsOf } from '../core/dtype.ts';
import { elementCount, formatShape, stridesOf } from '../core/shape.ts';
import type { Node, TensorType } from '../ir/graph.ts';
import { checkAttributeNames } from './attributes.ts';
import { checkMoved } from './float-operands.ts';
import { bytesOf, sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { checkOperandCount, operand, rejectOperand } from './operands.ts';
import type { Operator } from './types.ts';

interface Gather {
  /** Indices that name one slice. */
  readonly depth: number;
  readonly slices: number;
  /** Elements of a slice. */
  readonly run: number;
  /** Extents and strides of the axes that are indexed, in elements. */
  readonly extents: readonly number[];
  readonly strides: readonly number[];
}

function gatherOf(input: TensorType, indices: TensorType): Gather {
  const depth = indices.shape.at(-1)!;
  return {
    depth,
    slices: elementCount(indices.shape.slice(0, -1)),
    run: elementCount(input.shape.slice(depth)),
    extents: input.shape.slice(0, depth),
    strides: stridesOf(input.shape).slice(0, depth),
  };
}

function checkOperands(node: Node, input: TensorType, indices: TensorType): void {
  if (bitsOf(input.dtype) < 8) rejectOperand(node, 'input', input, `is ${input.dtype}; ${node.op} supports elements of whole bytes`);
  if (indices.dtype !== 'int32') rejectOperand(node, 'indices', indices, `are ${indices.dtype}; gather-nd supports int32`);
  const depth = indices.shape.at(-1);
  if (depth === undefined || depth > input.shape.length) {
    rejectOperand(node, 'indices', indices, `have shape ${formatShape(indices.shape)}; the last dimension must be at most the input's ${input.shape.length} axes`);
  }
}

/** Slices of the input, each named by the int32 indices of its first axes; indices outside an axis are clamped to it. */
export const gatherNd: Operator = {
  name: 'gather-nd',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, []);
    checkOperandCount(node, [2, 2]);
    const input = operand(node, inputs, 0, 'input');
    const indices = operand(node, inputs, 1, 'indices');
    const output = operand(node, outputs, 0, 'output');
    checkOperands(node, input, indices);
    checkMoved(node, input, output);
    return [{ ...output, shape: [...indices.shape.slice(0, -1), ...input.shape.slice(indices.shape.at(-1))] }];
  },

  reference(node, inputs, outputs) {
    const input = operand(node, inputs, 0, 'input');
    const indices = operand(node, inputs, 1, 'indices');
    const { depth, slices, run, extents, strides } = gatherOf(input, indices);
    const [x, at, y] = [input.data as Uint8Array, indices.data as Int32Array, operand(node, outputs, 0, 'output').data as Uint8Array];
    for (let slice = 0; slice < slices; slice++) {
      const start = extents.reduce((sum, extent, axis) => sum + Math.max(0, Math.min(at[slice * depth + axis]!, extent - 1)) * strides[axis]!, 0);
      y.set(x.subarray(start, start + run), slice * run);
    }
  },

  lower(node, lowering) {
    const [inputId = -1, indicesId = -1] = node.inputs;
    const [output = -1] = node.outputs;
    const input = lowering.tensor(inputId);
    const bytes = bitsOf(input.dtype) / 8;
    const { depth, slices, run, extents, strides } = gatherOf(input, lowering.tensor(indicesId));
    const table = Int32Array.from(extents.flatMap((extent, axis) => [extent, strides[axis]! * bytes]));
    const fields: Fields<'GatherNdParams'> = {
      INPUT: sourceField(lowering, inputId),
      INDICES: sourceField(lowering, indicesId),
      OUTPUT: { buffer: lowering.buffer(output) },
      RUN: run * bytes,
      DEPTH: depth,
      DIMS: { constant: lowering.constantData(`${node.name} extents`, bytesOf(table), { kind: 'raw' }) },
    };
    lowering.step({ kernel: 'gather_nd_x8', params: 'GatherNdParams', fields, units: slices });
  },
};
