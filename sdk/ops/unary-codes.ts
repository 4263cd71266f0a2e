// Operators that map each int8 code by itself: one table of 256 codes.

import { CODE_RANGES } from '../core/affine.ts';
import { roundHalfAway } from '../core/math.ts';
import type { Node, TensorType } from '../ir/graph.ts';
import { clampCode } from './activation.ts';
import { checkAttributeNames } from './attributes.ts';
import { lookUp, lookupTable, lowerLookup } from './lookup.ts';
import { checkActivation, checkOperandCount, operand, tensorScale } from './operands.ts';
import type { TensorScale } from './operands.ts';
import type { Operator, RequantizeMode } from './types.ts';

/** The output code, before it is clamped, of an input code. Checks the node's attributes. */
export type CodeFunction = (node: Node, input: TensorScale, output: TensorScale, mode: RequantizeMode) => (code: number) => number;

/** The nearest code of a function of the real value, in all modes. */
export function nearestCode(real: (x: number) => number): CodeFunction {
  return (_, input, output) => (code) => roundHalfAway(real(input.scale * (code - input.zeroPoint)) / output.scale) + output.zeroPoint;
}

/** int8 in and out. `attributes` names the attributes that `codeOf` reads. */
export function unaryCodesOperator(name: string, attributes: readonly string[], codeOf: CodeFunction): Operator {
  const tableOf = (node: Node, input: TensorType, output: TensorType, mode: RequantizeMode): Uint8Array => {
    const map = codeOf(node, tensorScale(input), tensorScale(output), mode);
    return lookupTable(input, (code) => clampCode(map(code), CODE_RANGES.int8));
  };
  return {
    name,
    isElementwise: true,

    infer(node, inputs, outputs) {
      checkAttributeNames(node, attributes);
      checkOperandCount(node, [1, 1]);
      const input = operand(node, inputs, 0, 'input');
      const output = operand(node, outputs, 0, 'output');
      checkActivation(node, 'input', input);
      checkActivation(node, 'output', output);
      codeOf(node, tensorScale(input), tensorScale(output), 'float');
      return [{ ...output, shape: input.shape }];
    },

    reference(node, inputs, outputs, mode) {
      const input = operand(node, inputs, 0, 'input');
      const output = operand(node, outputs, 0, 'output');
      lookUp(tableOf(node, input, output, mode), input.data, output.data);
    },

    lower(node, lowering) {
      const [input = -1] = node.inputs;
      const [output = -1] = node.outputs;
      const table = tableOf(node, lowering.tensor(input), lowering.tensor(output), 'float');
      lowerLookup(node, lowering, input, { buffer: lowering.buffer(output) }, table);
    },
  };
}
