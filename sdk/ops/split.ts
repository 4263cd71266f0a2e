import { checkAttributeNames, integerAttribute } from './attributes.ts';
import { moveOperator, moveOutOf } from './move.ts';
import { checkOperandCount, operand, rejectOperand } from './operands.ts';

/** Equal parts along an axis, one for each output. Attribute: axis. */
export const split = moveOperator(
  'split',
  (node, inputs, outputs) => {
    checkAttributeNames(node, ['axis']);
    checkOperandCount(node, [1, 1], outputs.length);
    const input = operand(node, inputs, 0, 'input');
    const axis = integerAttribute(node, 'axis', 0, input.shape.length - 1);
    const extent = input.shape[axis]! / outputs.length;
    if (!Number.isInteger(extent)) {
      rejectOperand(node, 'input', input, `has extent ${input.shape[axis]} at axis ${axis}; must be a multiple of the ${outputs.length} outputs`);
    }
    return outputs.map((output) => ({ ...output, shape: input.shape.with(axis, extent) }));
  },
  (node, [input], outputs) => {
    const axis = integerAttribute(node, 'axis', 0, 7);
    return outputs.map((output, index) => moveOutOf(index, input!, output, axis, index * output.shape[axis]!));
  },
);
