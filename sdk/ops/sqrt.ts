import { checkAttributeNames } from './attributes.ts';
import { lowerElementwise } from './elementwise.ts';
import { checkFloat } from './float-operands.ts';
import { checkOperandCount, operand } from './operands.ts';
import { TAIL_SCRATCH } from './scratch.ts';
import type { Operator } from './types.ts';

/** Square roots of float32 elements. */
export const sqrt: Operator = {
  name: 'sqrt',
  isElementwise: true,

  infer(node, inputs, outputs) {
    checkAttributeNames(node, []);
    checkOperandCount(node, [1, 1]);
    const input = operand(node, inputs, 0, 'input');
    checkFloat(node, 'input', input);
    checkFloat(node, 'output', operand(node, outputs, 0, 'output'));
    return [{ dtype: 'float32', shape: input.shape }];
  },

  reference(node, inputs, outputs) {
    const y = operand(node, outputs, 0, 'output').data as Float32Array;
    (operand(node, inputs, 0, 'input').data as Float32Array).forEach((value, index) => {
      y[index] = Math.sqrt(value);
    });
  },

  lower(node, lowering) {
    const [input = -1] = node.inputs;
    const [output = -1] = node.outputs;
    lowerElementwise(lowering, input, { buffer: lowering.buffer(output) }, { kernel: 'sqrt_f32', params: 'SqrtParams', fields: {}, scratch: TAIL_SCRATCH });
  },
};
