import { checkAttributeNames } from './attributes.ts';
import { bytesOf } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { checkOperandCount, operand } from './operands.ts';
import type { Operator } from './types.ts';

/** Extents of the input as int32. Shapes are fixed, so that its value is known before a run. */
export const shape: Operator = {
  name: 'shape',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, []);
    checkOperandCount(node, [1, 1]);
    operand(node, outputs, 0, 'output');
    return [{ dtype: 'int32', shape: [operand(node, inputs, 0, 'input').shape.length] }];
  },

  reference(node, inputs, outputs) {
    (operand(node, outputs, 0, 'output').data as Int32Array).set(operand(node, inputs, 0, 'input').shape);
  },

  lower(node, lowering) {
    const [input = -1] = node.inputs;
    const [output = -1] = node.outputs;
    const extents = bytesOf(Int32Array.from(lowering.tensor(input).shape));
    const fields: Fields<'CopyParams'> = {
      INPUT: { constant: lowering.constantData(`${node.name} extents`, extents, { kind: 'raw' }) },
      OUTPUT: { buffer: lowering.buffer(output) },
      BYTES: extents.length,
      BLOCK: extents.length,
    };
    lowering.step({ kernel: 'copy_x8', params: 'CopyParams', fields, units: 1 });
  },
};
