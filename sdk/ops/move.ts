// Operators that only move elements: each is a list of strided copies of any element type.

import { bitsOf } from '../core/dtype.ts';
import { elementCount, stridesOf } from '../core/shape.ts';
import type { Node, Tensor, TensorType } from '../ir/graph.ts';
import type { PlanField } from '../plan/types.ts';
import { checkMoved } from './float-operands.ts';
import { bytesOf, sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { operand, rejectOperand } from './operands.ts';
import type { Lowering, Operator } from './types.ts';

/** Element (i, j, …) of `extents` goes from input offset + i * strides[0] + … to the same sum of the output. In elements. */
export interface Walk {
  readonly extents: readonly number[];
  readonly inputOffset: number;
  readonly inputStrides: readonly number[];
  readonly outputOffset: number;
  readonly outputStrides: readonly number[];
}

/** A walk from input number `input` to output number `output` of a node. */
export interface Move extends Walk {
  readonly input: number;
  readonly output: number;
}

/** Copy of the whole input to the place along `axis` of the output where it starts. */
export function moveInto(input: number, from: TensorType, to: TensorType, axis: number, start: number): Move {
  const outputStrides = stridesOf(to.shape);
  return {
    input, output: 0, extents: from.shape, inputOffset: 0, inputStrides: stridesOf(from.shape), outputOffset: start * outputStrides[axis]!, outputStrides,
  };
}

/** Copy of the part of the input that starts at `start` along `axis` to the whole output. */
export function moveOutOf(output: number, from: TensorType, to: TensorType, axis: number, start: number): Move {
  const inputStrides = stridesOf(from.shape);
  return {
    input: 0, output, extents: to.shape, inputOffset: start * inputStrides[axis]!, inputStrides, outputOffset: 0, outputStrides: stridesOf(to.shape),
  };
}

/** Checks that no tensor of a moving operator holds packed elements and that all are of one type and quantization. */
export function checkMovedTensors(node: Node, inputs: readonly (Tensor | undefined)[], outputs: readonly Tensor[]): void {
  const first = operand(node, inputs, 0, 'input');
  if (bitsOf(first.dtype) < 8) rejectOperand(node, 'input', first, `is ${first.dtype}; ${node.op} supports elements of whole bytes`);
  for (const output of outputs) checkMoved(node, first, output);
  for (const tensor of inputs.slice(1)) if (tensor !== undefined) checkMoved(node, tensor, operand(node, outputs, 0, 'output'));
}

interface Dimension {
  readonly extent: number;
  readonly input: number;
  readonly output: number;
}

/** Dimensions outermost first with those joined that are contiguous on both sides. */
function joined({ extents, inputStrides, outputStrides }: Walk): Dimension[] {
  const dims: Dimension[] = [];
  extents.forEach((extent, axis) => {
    if (extent === 1) return;
    const dim = { extent, input: inputStrides[axis]!, output: outputStrides[axis]! };
    const outer = dims.at(-1);
    if (outer !== undefined && outer.input === dim.input * extent && outer.output === dim.output * extent) {
      dims[dims.length - 1] = { ...dim, extent: outer.extent * extent };
    } else dims.push(dim);
  });
  return dims;
}

function withOffset(field: PlanField, offset: number): PlanField {
  return typeof field === 'object' && ('buffer' in field || 'constant' in field) && offset !== 0 ? { ...field, offset } : field;
}

/** Emits the copy of elements of `bytes` bytes. */
export function lowerWalk(node: Node, lowering: Lowering, walk: Walk, input: PlanField, output: PlanField, bytes: number): void {
  const dims = joined(walk);
  const last = dims.at(-1);
  const contiguous = last !== undefined && last.input === 1 && last.output === 1;
  if (contiguous) dims.pop();
  const inner = dims.pop() ?? { extent: 1, input: 0, output: 0 };
  const table = Int32Array.from(dims.flatMap((dim) => [dim.extent, dim.input * bytes, dim.output * bytes]));
  const fields: Fields<'MoveParams'> = {
    INPUT: withOffset(input, walk.inputOffset * bytes),
    OUTPUT: withOffset(output, walk.outputOffset * bytes),
    COUNT: inner.extent,
    RUN: (contiguous ? last.extent : 1) * bytes,
    INPUT_STEP: inner.input * bytes,
    OUTPUT_STEP: inner.output * bytes,
    RANK: dims.length,
    DIMS: dims.length === 0 ? 0 : { constant: lowering.constantData(`${node.name} loops`, bytesOf(table), { kind: 'raw' }) },
  };
  lowering.step({ kernel: 'move_x8', params: 'MoveParams', fields, units: elementCount(dims.map(({ extent }) => extent)) });
}

/** Emits the copy between tensors of the node. */
export function lowerMove(node: Node, lowering: Lowering, move: Move): void {
  const input = node.inputs[move.input] ?? -1;
  const output = node.outputs[move.output] ?? -1;
  lowerWalk(node, lowering, move, sourceField(lowering, input), { buffer: lowering.buffer(output) }, bitsOf(lowering.tensor(input).dtype) / 8);
}

/** The copy, element by element. */
export function moveElements(move: Walk, from: ArrayLike<number>, to: { [index: number]: number }): void {
  const visit = (axis: number, input: number, output: number): void => {
    const extent = move.extents[axis];
    if (extent === undefined) {
      to[output] = from[input]!;
      return;
    }
    for (let index = 0; index < extent; index++) {
      visit(axis + 1, input + index * move.inputStrides[axis]!, output + index * move.outputStrides[axis]!);
    }
  };
  visit(0, move.inputOffset, move.outputOffset);
}

/** An operator from its types and its copies; together the copies write every output element once. */
export function moveOperator(
  name: string,
  infer: Operator['infer'],
  moves: (node: Node, inputs: readonly TensorType[], outputs: readonly TensorType[]) => readonly Move[],
): Operator {
  return {
    name,

    infer(node, inputs, outputs) {
      const types = infer(node, inputs, outputs);
      checkMovedTensors(node, inputs, outputs);
      return types;
    },

    reference(node, inputs, outputs) {
      const present = inputs.map((_, index) => operand(node, inputs, index, 'input'));
      for (const move of moves(node, present, outputs)) {
        moveElements(move, present[move.input]!.data as Uint8Array, outputs[move.output]!.data as Uint8Array);
      }
    },

    lower(node, lowering) {
      const inputs = node.inputs.map((id) => lowering.tensor(id));
      for (const move of moves(node, inputs, node.outputs.map((id) => lowering.tensor(id)))) lowerMove(node, lowering, move);
    },
  };
}
