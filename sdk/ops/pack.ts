import { formatShape, sameShape } from '../core/shape.ts';
import { checkAttributeNames, integerAttribute } from './attributes.ts';
import { moveInto, moveOperator } from './move.ts';
import { checkOperandCount, operand, rejectOperand } from './operands.ts';

const MAX_INPUTS = 4096;

/** Inputs of one shape stacked along a new axis. Attribute: axis. */
export const pack = moveOperator(
  'pack',
  (node, inputs, outputs) => {
    checkAttributeNames(node, ['axis']);
    checkOperandCount(node, [1, MAX_INPUTS]);
    const { shape } = operand(node, inputs, 0, 'input');
    const axis = integerAttribute(node, 'axis', 0, shape.length);
    inputs.forEach((_, index) => {
      const tensor = operand(node, inputs, index, 'input');
      if (!sameShape(tensor.shape, shape)) rejectOperand(node, 'input', tensor, `has shape ${formatShape(tensor.shape)}; must be that of the first, ${formatShape(shape)}`);
    });
    return [{ ...operand(node, outputs, 0, 'output'), shape: shape.toSpliced(axis, 0, inputs.length) }];
  },
  (node, inputs, [output]) => {
    const axis = integerAttribute(node, 'axis', 0, 7);
    return inputs.map((tensor, index) => moveInto(index, { ...tensor, shape: tensor.shape.toSpliced(axis, 0, 1) }, output!, axis, index));
  },
);
