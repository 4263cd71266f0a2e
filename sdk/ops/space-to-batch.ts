import { bitsOf } from '../core/dtype.ts';
import { formatShape } from '../core/shape.ts';
import type { Node, TensorType } from '../ir/graph.ts';
import { checkAttributeNames } from './attributes.ts';
import { batchWalks, blockOf, marginsOf } from './blocks.ts';
import { checkMovedTensors, lowerMove, moveElements } from './move.ts';
import type { Move } from './move.ts';
import { checkOperandCount, operand, rejectOperand } from './operands.ts';
import { lowerFill, paddingOf } from './pad.ts';
import type { Operator } from './types.ts';

function movesOf(node: Node, input: TensorType, output: TensorType): Move[] {
  const [, height = 0, width = 0] = output.shape;
  return batchWalks(node, 'from-pictures', input.shape, [height, width]).map((walk) => ({ input: 0, output: 0, ...walk }));
}

/**
 * Every block-th pixel of a picture as a picture of its own, NHWC of any dtype, with elements that stand for 0 around the picture.
 * Attributes: block [height, width]; margins [top, left, bottom, right].
 */
export const spaceToBatch: Operator = {
  name: 'space-to-batch',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, ['block', 'margins']);
    checkOperandCount(node, [1, 1]);
    checkMovedTensors(node, inputs, outputs);
    const input = operand(node, inputs, 0, 'input');
    const [batch = 0, height = 0, width = 0, channels = 0] = input.shape;
    const block = blockOf(node);
    const [top, left, bottom, right] = marginsOf(node);
    const extents = [height + top + bottom, width + left + right] as const;
    if (input.shape.length !== 4 || extents[0] % block[0] !== 0 || extents[1] % block[1] !== 0) {
      rejectOperand(node, 'input', input, `has shape ${formatShape(input.shape)} and margins ${[top, left, bottom, right].join(', ')}; `
        + `needs 4 dimensions, the middle ones with their margins multiples of the block ${block.join('x')}`);
    }
    return [{ ...operand(node, outputs, 0, 'output'), shape: [batch * block[0] * block[1], extents[0] / block[0], extents[1] / block[1], channels] }];
  },

  reference(node, inputs, outputs) {
    const input = operand(node, inputs, 0, 'input');
    const output = operand(node, outputs, 0, 'output');
    const target = output.data as Int8Array;
    if (bitsOf(output.dtype) < 64) target.fill(paddingOf(output));
    for (const move of movesOf(node, input, output)) moveElements(move, input.data as Int8Array, target);
  },

  lower(node, lowering) {
    const [input = -1] = node.inputs;
    const [output = -1] = node.outputs;
    if (marginsOf(node).some((margin) => margin > 0)) lowerFill(node, lowering, output);
    for (const move of movesOf(node, lowering.tensor(input), lowering.tensor(output))) lowerMove(node, lowering, move);
  },
};
