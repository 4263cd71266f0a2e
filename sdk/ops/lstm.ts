import type { TensorType } from '../ir/graph.ts';
import { isFloat } from './float-operands.ts';
import { lstmCodes } from './lstm-int8.ts';
import { checkAttributes, geometryOf, INPUT_COUNT, lstmOperands, type LstmForm } from './lstm-operands.ts';
import { lstmReals } from './lstm-f32.ts';
import { checkOperandCount } from './operands.ts';
import type { Operator } from './types.ts';

function formOf(input: TensorType): LstmForm {
  return isFloat(input) ? lstmReals : lstmCodes;
}

/**
 * Long short-term memory over a sequence [batch, steps, inputs], or [steps, batch, inputs] where timeMajor, or one step [batch, inputs]: float32, or
 * int8 with int16 cells as in TFLite's integer kernel. Gates are input, forget, cell, output, without peepholes, projection and normalization.
 * Inputs: sequence; 4 weights [cells, inputs]; 4 weights [cells, cells]; 4 biases [cells]; output and cells before [batch, cells].
 * Outputs: a sequence of [cells]; output and cells after. Attributes: timeMajor; cellClip, 0 for none; int8: hiddenScale and hiddenZeroPoint.
 */
export const lstm: Operator = {
  name: 'lstm',

  infer(node, inputs, outputs) {
    checkOperandCount(node, [INPUT_COUNT, INPUT_COUNT], 3);
    const operands = lstmOperands(node, inputs, outputs);
    checkAttributes(node);
    const form = formOf(operands.input);
    form.check(node, operands);
    const { batch, cells } = geometryOf(node, operands);
    const { output, hiddenAfter, cellAfter } = operands;
    return [
      { ...output, shape: [...operands.input.shape.slice(0, -1), cells] },
      { ...hiddenAfter, shape: [batch, cells] },
      { ...cellAfter, shape: [batch, cells] },
    ];
  },

  reference(node, inputs, outputs) {
    const operands = lstmOperands(node, inputs, outputs);
    formOf(operands.input).reference(node, operands);
  },

  lower(node, lowering) {
    const operands = lstmOperands(node, node.inputs.map((id) => lowering.tensor(id)), node.outputs.map((id) => lowering.tensor(id)));
    formOf(operands.input).lower(node, lowering, operands);
  },
};
