import { ModelError } from '../core/errors.ts';
import { stridesOf } from '../core/shape.ts';
import type { Node } from '../ir/graph.ts';
import { checkAttributeNames, integersAttribute } from './attributes.ts';
import { moveOperator } from './move.ts';
import { checkOperandCount, operand } from './operands.ts';

function permutationOf(node: Node, rank: number): readonly number[] {
  const permutation = integersAttribute(node, 'permutation', rank, 0, rank - 1);
  if (new Set(permutation).size === rank) return permutation;
  throw new ModelError('invalid-attribute', `${node.name}: attribute 'permutation' is [${permutation.join(', ')}], must name every axis once`);
}

/** Output axis i is input axis permutation[i]. Attribute: permutation. */
export const transpose = moveOperator(
  'transpose',
  (node, inputs, outputs) => {
    checkAttributeNames(node, ['permutation']);
    checkOperandCount(node, [1, 1]);
    const { shape } = operand(node, inputs, 0, 'input');
    return [{ ...operand(node, outputs, 0, 'output'), shape: permutationOf(node, shape.length).map((axis) => shape[axis]!) }];
  },
  (node, [input], [output]) => {
    const strides = stridesOf(input!.shape);
    return [{
      input: 0,
      output: 0,
      extents: output!.shape,
      inputOffset: 0,
      inputStrides: permutationOf(node, strides.length).map((axis) => strides[axis]!),
      outputOffset: 0,
      outputStrides: stridesOf(output!.shape),
    }];
  },
);
