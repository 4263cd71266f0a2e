import { byteLength } from '../core/dtype.ts';
import { elementCount, formatShape } from '../core/shape.ts';
import { checkAttributeNames } from './attributes.ts';
import { checkMoved } from './float-operands.ts';
import { sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { checkOperandCount, operand, rejectOperand } from './operands.ts';
import { elementBlock } from './partition.ts';
import type { Operator } from './types.ts';

/** The same elements, of any dtype, under another shape: that of the output tensor. */
export const reshape: Operator = {
  name: 'reshape',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, []);
    checkOperandCount(node, [1, 1]);
    const input = operand(node, inputs, 0, 'input');
    const output = operand(node, outputs, 0, 'output');
    checkMoved(node, input, output);
    const from = elementCount(input.shape);
    if (from !== elementCount(output.shape)) {
      rejectOperand(node, 'output', output, `has shape ${formatShape(output.shape)}; must have the ${from} elements of ${formatShape(input.shape)}`);
    }
    return [output];
  },

  reference(node, inputs, outputs) {
    const output = operand(node, outputs, 0, 'output');
    (output.data as Int8Array).set(operand(node, inputs, 0, 'input').data as Int8Array);
  },

  lower(node, lowering) {
    const [input = -1] = node.inputs;
    const [output = -1] = node.outputs;
    const { data, dtype, shape } = lowering.tensor(input);
    if (data === undefined) {
      lowering.alias(input, output);
      return;
    }
    const bytes = byteLength(dtype, elementCount(shape));
    const block = elementBlock(bytes);
    const fields: Fields<'CopyParams'> = {
      INPUT: sourceField(lowering, input),
      OUTPUT: { buffer: lowering.buffer(output) },
      BYTES: bytes,
      BLOCK: block,
    };
    lowering.step({ kernel: 'copy_x8', params: 'CopyParams', fields, units: Math.ceil(bytes / block) });
  },
};
