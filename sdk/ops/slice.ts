import { ModelError } from '../core/errors.ts';
import { stridesOf } from '../core/shape.ts';
import type { Node } from '../ir/graph.ts';
import { checkAttributeNames, integersAttribute } from './attributes.ts';
import { moveOperator } from './move.ts';
import { checkOperandCount, operand } from './operands.ts';

const LIMIT = 2147483647;

interface Range {
  readonly begin: readonly number[];
  readonly size: readonly number[];
  readonly strides: readonly number[];
}

function rangeOf(node: Node, shape: readonly number[]): Range {
  const begin = integersAttribute(node, 'begin', shape.length, 0, LIMIT);
  const size = integersAttribute(node, 'size', shape.length, 1, LIMIT);
  const strides = integersAttribute(node, 'strides', shape.length, -LIMIT, LIMIT);
  shape.forEach((extent, axis) => {
    const last = begin[axis]! + (size[axis]! - 1) * strides[axis]!;
    if (begin[axis]! < extent && last >= 0 && last < extent) return;
    throw new ModelError(
      'invalid-attribute',
      `${node.name}: ${size[axis]} elements from ${begin[axis]} by ${strides[axis]} leave axis ${axis} of extent ${extent}; export the model again`,
    );
  });
  return { begin, size, strides };
}

/** Axes of size 1 that the output does not have. */
function droppedAxes(node: Node, size: readonly number[]): readonly number[] {
  const dropped = node.attributes['dropped'];
  if (Array.isArray(dropped) && dropped.every((axis: unknown) => size[axis as number] === 1)) return dropped as readonly number[];
  throw new ModelError('invalid-attribute', `${node.name}: attribute 'dropped' is ${JSON.stringify(dropped)}, must list axes of size 1`);
}

/** Elements begin + i * strides, i < size, of each axis; the output may drop axes of extent 1. Attributes: begin, size, strides, a value an axis; dropped, a list of axes. */
export const slice = moveOperator(
  'slice',
  (node, inputs, outputs) => {
    checkAttributeNames(node, ['begin', 'size', 'strides', 'dropped']);
    checkOperandCount(node, [1, 1]);
    const { shape } = operand(node, inputs, 0, 'input');
    const { size } = rangeOf(node, shape);
    const dropped = droppedAxes(node, size);
    return [{ ...operand(node, outputs, 0, 'output'), shape: size.filter((_, axis) => !dropped.includes(axis)) }];
  },
  (node, [input]) => {
    const { begin, size, strides } = rangeOf(node, input!.shape);
    const inputStrides = stridesOf(input!.shape);
    return [{
      input: 0,
      output: 0,
      extents: size,
      inputOffset: begin.reduce((sum, start, axis) => sum + start * inputStrides[axis]!, 0),
      inputStrides: inputStrides.map((stride, axis) => stride * strides[axis]!),
      outputOffset: 0,
      outputStrides: stridesOf(size),
    }];
  },
);
