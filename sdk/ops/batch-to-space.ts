import { formatShape } from '../core/shape.ts';
import { checkAttributeNames } from './attributes.ts';
import { blockOf, blockWalk } from './blocks.ts';
import { moveOperator } from './move.ts';
import { checkOperandCount, operand, rejectOperand } from './operands.ts';

/** Pictures of a batch interleaved to one, the inverse of space-to-batch, NHWC of any dtype. Attribute: block [height, width]. */
export const batchToSpace = moveOperator(
  'batch-to-space',
  (node, inputs, outputs) => {
    checkAttributeNames(node, ['block']);
    checkOperandCount(node, [1, 1]);
    const input = operand(node, inputs, 0, 'input');
    const [batch = 0, height = 0, width = 0, channels = 0] = input.shape;
    const block = blockOf(node);
    if (input.shape.length !== 4 || batch % (block[0] * block[1]) !== 0) {
      rejectOperand(node, 'input', input, `has shape ${formatShape(input.shape)}; needs 4 dimensions, the first a multiple of the block ${block.join('x')}`);
    }
    return [{ ...operand(node, outputs, 0, 'output'), shape: [batch / block[0] / block[1], height * block[0], width * block[1], channels] }];
  },
  (node, [input], [output]) => {
    const { extents, pictures, batches } = blockWalk(node, output!, input!);
    return [{ input: 0, output: 0, extents, inputOffset: 0, inputStrides: batches, outputOffset: 0, outputStrides: pictures }];
  },
);
