import { elementCount, formatShape } from '../core/shape.ts';
import type { Node, Tensor } from '../ir/graph.ts';
import { checkAttributeNames } from './attributes.ts';
import { lowerFlip } from './flip.ts';
import { lookUp, lowerLookup } from './lookup.ts';
import { checkOperandCount, operand, rejectOperand } from './operands.ts';
import type { Operator } from './types.ts';

const CODES = 256;
const SIGN = 128;

function checkCodesOf(node: Node, what: string, tensor: Tensor): void {
  if (tensor.dtype !== 'int8' && tensor.dtype !== 'uint8') rejectOperand(node, what, tensor, `is ${tensor.dtype}; map-codes supports int8 and uint8`);
}

/** Each code replaced by that of a table: codes of 8 bits, and constant uint8 [256] indexed by the bits of a code, in all modes. Made by passes. */
export const mapCodes: Operator = {
  name: 'map-codes',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, []);
    checkOperandCount(node, [2, 2]);
    const input = operand(node, inputs, 0, 'input');
    const table = operand(node, inputs, 1, 'table');
    const output = operand(node, outputs, 0, 'output');
    checkCodesOf(node, 'input', input);
    checkCodesOf(node, 'output', output);
    if (table.data?.length !== CODES) rejectOperand(node, 'table', table, `must be a constant of ${CODES} codes`);
    if (elementCount(input.shape) !== elementCount(output.shape)) {
      rejectOperand(node, 'output', output, `has shape ${formatShape(output.shape)}; must have as many elements as the input, ${formatShape(input.shape)}`);
    }
    return [output];
  },

  reference(node, inputs, outputs) {
    const table = operand(node, inputs, 1, 'table').data as Uint8Array;
    lookUp(table, operand(node, inputs, 0, 'input').data, operand(node, outputs, 0, 'output').data);
  },

  lower(node, lowering) {
    const [input = -1, tableId = -1] = node.inputs;
    const [output = -1] = node.outputs;
    const table = lowering.tensor(tableId).data ?? new Uint8Array();
    const isConstant = lowering.tensor(input).data !== undefined;
    if (!isConstant && table.every((code, bits) => code === bits)) lowering.alias(input, output);
    else if (table.every((code, bits) => code === (bits ^ SIGN))) lowerFlip(lowering, input, { buffer: lowering.buffer(output) });
    else lowerLookup(node, lowering, input, { buffer: lowering.buffer(output) }, table);
  },
};
