import { bitsOf, byteLength } from '../core/dtype.ts';
import { elementCount, MAX_EXTENT, stridesOf } from '../core/shape.ts';
import type { Node, TensorType } from '../ir/graph.ts';
import { checkAttributeNames, integersAttribute } from './attributes.ts';
import { bytesOf } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { checkMovedTensors, lowerMove, moveElements } from './move.ts';
import type { Move } from './move.ts';
import { checkOperandCount, operand, tensorScale } from './operands.ts';
import type { Lowering, Operator } from './types.ts';

/** Most bytes of padding that are kept to be copied from. */
const MAX_FILL = 65536;

function padsOf(node: Node, rank: number): { readonly before: readonly number[]; readonly after: readonly number[] } {
  return { before: integersAttribute(node, 'before', rank, 0, MAX_EXTENT), after: integersAttribute(node, 'after', rank, 0, MAX_EXTENT) };
}

/** The element that stands for 0. */
export function paddingOf(output: TensorType): number {
  const codes = output.dtype === 'int8' || output.dtype === 'uint8';
  return codes && output.quantization !== undefined ? tensorScale(output).zeroPoint : 0;
}

/** The whole input, to its place in the output. */
function inner(node: Node, input: TensorType, output: TensorType): Move {
  const outputStrides = stridesOf(output.shape);
  const outputOffset = padsOf(node, input.shape.length).before.reduce((sum, pad, axis) => sum + pad * outputStrides[axis]!, 0);
  return { input: 0, output: 0, extents: input.shape, inputOffset: 0, inputStrides: stridesOf(input.shape), outputOffset, outputStrides };
}

/** Fills the output with padding, by copies of one row of it, or of a part of a wide one. */
export function lowerFill(node: Node, lowering: Lowering, id: number): void {
  const output = lowering.tensor(id);
  const bytes = byteLength(output.dtype, elementCount(output.shape));
  const run = Math.min(byteLength(output.dtype, output.shape.at(-1) ?? 1), MAX_FILL);
  // Padding is 0 or a code of 8 bits, so that all bytes are equal.
  const padding = lowering.constantData(`${node.name} padding`, bytesOf(new Int8Array(run).fill(paddingOf(output))), { kind: 'raw' });
  const copies = (count: number, length: number, offset: number): void => {
    const fields: Fields<'MoveParams'> = {
      INPUT: { constant: padding },
      OUTPUT: { buffer: lowering.buffer(id), ...(offset > 0 && { offset }) },
      COUNT: 1,
      RUN: length,
      INPUT_STEP: 0,
      OUTPUT_STEP: 0,
      RANK: 1,
      DIMS: { constant: lowering.constantData(`${node.name} rows`, bytesOf(Int32Array.of(count, 0, length)), { kind: 'raw' }) },
    };
    lowering.step({ kernel: 'move_x8', params: 'MoveParams', fields, units: count });
  };
  const rest = bytes % run;
  copies((bytes - rest) / run, run, 0);
  if (rest > 0) copies(1, rest, bytes - rest);
}

/** The input surrounded by elements that stand for 0, of any dtype. Attributes: before and after, how many on each side of every axis. */
export const pad: Operator = {
  name: 'pad',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, ['before', 'after']);
    checkOperandCount(node, [1, 1]);
    checkMovedTensors(node, inputs, outputs);
    const { shape } = operand(node, inputs, 0, 'input');
    const { before, after } = padsOf(node, shape.length);
    return [{ ...operand(node, outputs, 0, 'output'), shape: shape.map((extent, axis) => before[axis]! + extent + after[axis]!) }];
  },

  reference(node, inputs, outputs) {
    const input = operand(node, inputs, 0, 'input');
    const output = operand(node, outputs, 0, 'output');
    const target = output.data as Int8Array;
    if (bitsOf(output.dtype) < 64) target.fill(paddingOf(output));
    moveElements(inner(node, input, output), input.data as Int8Array, target);
  },

  lower(node, lowering) {
    const [input = -1] = node.inputs;
    const [output = -1] = node.outputs;
    lowerFill(node, lowering, output);
    lowerMove(node, lowering, inner(node, lowering.tensor(input), lowering.tensor(output)));
  },
};
