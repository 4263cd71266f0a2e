import { CastType } from '../../kernels/abi.ts';
import { CODE_RANGES, type CodeRange } from '../core/affine.ts';
import type { Node, TensorType } from '../ir/graph.ts';
import { clampCode } from './activation.ts';
import { checkAttributeNames } from './attributes.ts';
import { lowerElementwise } from './elementwise.ts';
import { checkOperandCount, operand, rejectOperand } from './operands.ts';
import { TAIL_SCRATCH } from './scratch.ts';
import type { Operator } from './types.ts';

/** Integers that a truncated float may become. */
const RANGES: Readonly<Partial<Record<TensorType['dtype'], CodeRange>>> = {
  ...CODE_RANGES, int32: { min: -2147483648, max: 2147483647 },
};

const TYPES: Readonly<Partial<Record<TensorType['dtype'], CastType>>> = {
  float32: CastType.float32, int32: CastType.int32, int8: CastType.int8, uint8: CastType.uint8,
};

function typeOf(node: Node, what: string, tensor: TensorType): CastType {
  return TYPES[tensor.dtype] ?? rejectOperand(node, what, tensor, `is ${tensor.dtype}; cast supports ${Object.keys(TYPES).join(', ')}`);
}

/** Element values as another type, quantization ignored. Floats are truncated, saturating, NaN to the greatest integer; integers as narrower ones keep the low bits. */
export const cast: Operator = {
  name: 'cast',
  isElementwise: true,

  infer(node, inputs, outputs) {
    checkAttributeNames(node, []);
    checkOperandCount(node, [1, 1]);
    const input = operand(node, inputs, 0, 'input');
    const output = operand(node, outputs, 0, 'output');
    typeOf(node, 'input', input);
    typeOf(node, 'output', output);
    return [{ ...output, shape: input.shape }];
  },

  reference(node, inputs, outputs) {
    const input = operand(node, inputs, 0, 'input');
    const output = operand(node, outputs, 0, 'output');
    const range = input.dtype === 'float32' ? RANGES[output.dtype] : undefined;
    const y = output.data as Float32Array;
    (input.data as Float32Array).forEach((value, index) => {
      y[index] = range === undefined ? value : Number.isNaN(value) ? range.max : clampCode(Math.trunc(value), range);
    });
  },

  lower(node, lowering) {
    const [input = -1] = node.inputs;
    const [output = -1] = node.outputs;
    const fields = {
      FROM: typeOf(node, 'input', lowering.tensor(input)),
      TO: typeOf(node, 'output', lowering.tensor(output)),
    };
    lowerElementwise(lowering, input, { buffer: lowering.buffer(output) }, { kernel: 'cast_x', params: 'CastParams', fields, scratch: TAIL_SCRATCH });
  },
};
