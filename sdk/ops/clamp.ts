import { elementCount } from '../core/shape.ts';
import { clampReal, realRange } from './activation.ts';
import { checkAttributeNames } from './attributes.ts';
import { checkFloat } from './float-operands.ts';
import { clampFields, sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { checkOperandCount, operand } from './operands.ts';
import { elementBlock } from './partition.ts';
import type { Operator } from './types.ts';

/** An activation that stands alone, on float32 elements. Attribute: activation. */
export const clamp: Operator = {
  name: 'clamp',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, ['activation']);
    checkOperandCount(node, [1, 1]);
    const input = operand(node, inputs, 0, 'input');
    const output = operand(node, outputs, 0, 'output');
    checkFloat(node, 'input', input);
    checkFloat(node, 'output', output);
    realRange(node);
    return [{ ...output, shape: input.shape }];
  },

  reference(node, inputs, outputs) {
    const range = realRange(node);
    const x = operand(node, inputs, 0, 'input').data as Float32Array;
    const y = operand(node, outputs, 0, 'output').data as Float32Array;
    x.forEach((value, index) => {
      y[index] = clampReal(value, range);
    });
  },

  lower(node, lowering) {
    const [input = -1] = node.inputs;
    const [output = -1] = node.outputs;
    const count = elementCount(lowering.tensor(input).shape);
    const block = elementBlock(count);
    const fields: Fields<'ClampF32Params'> = {
      INPUT: sourceField(lowering, input),
      OUTPUT: { buffer: lowering.buffer(output) },
      COUNT: count,
      BLOCK: block,
      ...clampFields(realRange(node)),
    };
    lowering.step({ kernel: 'clamp_f32', params: 'ClampF32Params', fields, units: Math.ceil(count / block) });
  },
};
