import { formatShape } from '../core/shape.ts';
import { checkAttributeNames } from './attributes.ts';
import { batchWalks, blockOf, marginsOf } from './blocks.ts';
import { moveOperator } from './move.ts';
import { checkOperandCount, operand, rejectOperand } from './operands.ts';

/**
 * Pictures of a batch interleaved to one whose edges are cut off, the inverse of space-to-batch, NHWC of any dtype.
 * Attributes: block [height, width]; margins [top, left, bottom, right], what is cut off.
 */
export const batchToSpace = moveOperator(
  'batch-to-space',
  (node, inputs, outputs) => {
    checkAttributeNames(node, ['block', 'margins']);
    checkOperandCount(node, [1, 1]);
    const input = operand(node, inputs, 0, 'input');
    const [batch = 0, height = 0, width = 0, channels = 0] = input.shape;
    const block = blockOf(node);
    const [top, left, bottom, right] = marginsOf(node);
    const extents = [height * block[0] - top - bottom, width * block[1] - left - right] as const;
    if (input.shape.length !== 4 || batch % (block[0] * block[1]) !== 0 || extents[0] < 1 || extents[1] < 1) {
      rejectOperand(node, 'input', input, `has shape ${formatShape(input.shape)} and margins ${[top, left, bottom, right].join(', ')}; `
        + `needs 4 dimensions, the first a multiple of the block ${block.join('x')}, and a picture larger than its margins`);
    }
    return [{ ...operand(node, outputs, 0, 'output'), shape: [batch / block[0] / block[1], ...extents, channels] }];
  },
  (node, [input], [output]) => {
    const [, height = 0, width = 0] = input!.shape;
    return batchWalks(node, 'to-pictures', output!.shape, [height, width]).map((walk) => ({ input: 0, output: 0, ...walk }));
  },
);
