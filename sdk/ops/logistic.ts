import { CODE_RANGES } from '../core/affine.ts';
import { exp, roundHalfAway } from '../core/math.ts';
import type { TensorType } from '../ir/graph.ts';
import { clampCode } from './activation.ts';
import { checkAttributeNames } from './attributes.ts';
import { lookUp, lookupTable, lowerLookup } from './lookup.ts';
import { checkActivation, checkOperandCount, operand, rejectOperand, tensorScale } from './operands.ts';
import { logisticF32, lowerSquash } from './squash-f32.ts';
import type { Operator } from './types.ts';
import { withReals } from './unary-f32.ts';

function logisticTable(input: TensorType): Uint8Array {
  const { scale, zeroPoint } = tensorScale(input);
  return lookupTable(input, (code) => clampCode(roundHalfAway(256 / (1 + exp(-scale * (code - zeroPoint)))) - 128, CODE_RANGES.int8));
}

const onCodes: Operator = {
  name: 'logistic',
  isElementwise: true,

  infer(node, inputs, outputs) {
    checkAttributeNames(node, []);
    checkOperandCount(node, [1, 1]);
    const input = operand(node, inputs, 0, 'input');
    const output = operand(node, outputs, 0, 'output');
    checkActivation(node, 'input', input);
    checkActivation(node, 'output', output);
    const { scale, zeroPoint } = tensorScale(output);
    if (scale !== 1 / 256 || zeroPoint !== -128) {
      rejectOperand(node, 'output', output, `has scale ${scale} and zero point ${zeroPoint}; logistic gives scale ${1 / 256} and zero point -128`);
    }
    return [{ ...output, shape: input.shape }];
  },

  reference(node, inputs, outputs) {
    const input = operand(node, inputs, 0, 'input');
    lookUp(logisticTable(input), input.data, operand(node, outputs, 0, 'output').data);
  },

  lower(node, lowering) {
    const [input = -1] = node.inputs;
    const [output = -1] = node.outputs;
    lowerLookup(node, lowering, input, { buffer: lowering.buffer(output) }, logisticTable(lowering.tensor(input)));
  },
};

/** 1 / (1 + exp(-x)): float32, or int8 in and int8 out with scale 1/256 and zero point -128, the nearest code in all modes. */
export const logistic = withReals(onCodes, {
  attributes: [], apply: () => logisticF32, lower: (node, lowering) => lowerSquash(node, lowering, false),
});
