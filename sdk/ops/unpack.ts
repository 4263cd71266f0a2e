import { checkAttributeNames, integerAttribute } from './attributes.ts';
import { moveOperator, moveOutOf } from './move.ts';
import { checkOperandCount, operand } from './operands.ts';

/** One output for each index of an axis, which is removed. Attribute: axis. */
export const unpack = moveOperator(
  'unpack',
  (node, inputs, outputs) => {
    checkAttributeNames(node, ['axis']);
    const input = operand(node, inputs, 0, 'input');
    const axis = integerAttribute(node, 'axis', 0, input.shape.length - 1);
    checkOperandCount(node, [1, 1], input.shape[axis]);
    return outputs.map((output) => ({ ...output, shape: input.shape.toSpliced(axis, 1) }));
  },
  (node, [input], outputs) => {
    const axis = integerAttribute(node, 'axis', 0, 7);
    return outputs.map((output, index) => moveOutOf(index, input!, { ...output, shape: output.shape.toSpliced(axis, 0, 1) }, axis, index));
  },
);
