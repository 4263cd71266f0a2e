import { operand } from './operands.ts';
import { reshape } from './reshape.ts';
import type { Operator } from './types.ts';

/** The value of a variable: the elements and the shape of the input, of any dtype. */
export const assign: Operator = {
  ...reshape,
  name: 'assign',

  infer(node, inputs, outputs) {
    const [output] = reshape.infer(node, inputs, outputs);
    return [{ ...output!, shape: operand(node, inputs, 0, 'input').shape }];
  },
};
