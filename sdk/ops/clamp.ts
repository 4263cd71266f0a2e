import { elementCount } from '../core/shape.ts';
import type { Node } from '../ir/graph.ts';
import { clampCode, clampReal, codeRange, realRange } from './activation.ts';
import { checkAttributeNames } from './attributes.ts';
import { multiplyByQuantizedMultiplier, quantizeMultiplier } from './fixed-point.ts';
import { checkFloat, isFloat } from './float-operands.ts';
import { clampFields, sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { checkOperandCount, operand } from './operands.ts';
import { elementBlock } from './partition.ts';
import { roundingOf } from './requantize.ts';
import type { Lowering, Operator } from './types.ts';
import { unaryCodesOperator } from './unary-codes.ts';

/** Codes of another quantization, clamped; in mode `float` as LiteRT, which leaves this operator to TFLite's kernel. */
const onCodes = unaryCodesOperator('clamp', ['activation'], (node, input, output, mode) => {
  const range = codeRange(node, output);
  const rounding = mode === 'float' ? 'double' : roundingOf(mode);
  const multiplier = quantizeMultiplier(input.scale / output.scale, rounding);
  return (code) => clampCode(multiplyByQuantizedMultiplier(code - input.zeroPoint, multiplier, rounding) + output.zeroPoint, range);
});

function lowerReals(node: Node, lowering: Lowering): void {
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
}

/** An activation that stands alone, on float32 elements or int8 codes. Attribute: activation. */
export const clamp: Operator = {
  name: 'clamp',
  isElementwise: true,

  infer(node, inputs, outputs) {
    if (!isFloat(inputs[0])) return onCodes.infer(node, inputs, outputs);
    checkAttributeNames(node, ['activation']);
    checkOperandCount(node, [1, 1]);
    const input = operand(node, inputs, 0, 'input');
    const output = operand(node, outputs, 0, 'output');
    checkFloat(node, 'output', output);
    realRange(node);
    return [{ ...output, shape: input.shape }];
  },

  reference(node, inputs, outputs, mode) {
    const input = operand(node, inputs, 0, 'input');
    if (!isFloat(input)) {
      onCodes.reference(node, inputs, outputs, mode);
      return;
    }
    const range = realRange(node);
    const y = operand(node, outputs, 0, 'output').data as Float32Array;
    (input.data as Float32Array).forEach((value, index) => {
      y[index] = clampReal(value, range);
    });
  },

  lower(node, lowering) {
    const [input = -1] = node.inputs;
    if (isFloat(lowering.tensor(input))) lowerReals(node, lowering);
    else onCodes.lower(node, lowering);
  },
};
