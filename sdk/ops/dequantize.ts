import { checkAttributeNames } from './attributes.ts';
import { lowerElementwise } from './elementwise.ts';
import { checkCodes, checkOperandCount, operand, rejectOperand, tensorScale } from './operands.ts';
import type { Operator } from './types.ts';

const SCRATCH = 32;

/** Real values of int8 or uint8 codes as float32: (code - zero point) * scale. */
export const dequantize: Operator = {
  name: 'dequantize',
  isElementwise: true,

  infer(node, inputs, outputs) {
    checkAttributeNames(node, []);
    checkOperandCount(node, [1, 1]);
    const input = operand(node, inputs, 0, 'input');
    operand(node, outputs, 0, 'output');
    if (input.dtype !== 'int8' && input.dtype !== 'uint8') rejectOperand(node, 'input', input, `is ${input.dtype}; dequantize supports int8 and uint8`);
    checkCodes(node, 'input', input);
    return [{ dtype: 'float32', shape: input.shape }];
  },

  reference(node, inputs, outputs) {
    const input = operand(node, inputs, 0, 'input');
    const { scale, zeroPoint } = tensorScale(input);
    const output = operand(node, outputs, 0, 'output').data as Float32Array;
    (input.data as Int8Array).forEach((code, index) => {
      output[index] = (code - zeroPoint) * Math.fround(scale);
    });
  },

  lower(node, lowering) {
    const [input = -1] = node.inputs;
    const [output = -1] = node.outputs;
    const tensor = lowering.tensor(input);
    const unsigned = tensor.dtype === 'uint8' ? 128 : 0;
    const { scale, zeroPoint } = tensorScale(tensor);
    lowerElementwise(lowering, input, { buffer: lowering.buffer(output) }, {
      kernel: 'dequantize_qs8_f32',
      params: 'DequantizeParams',
      fields: {
        SCALE: { splat: 'f32', value: Math.fround(scale) },
        ZERO: { splat: 'i32', value: zeroPoint - unsigned },
        FLIP: { splat: 'i8', value: -unsigned },
      },
      scratch: SCRATCH,
    });
  },
};
