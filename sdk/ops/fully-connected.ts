import { elementCount, formatShape } from '../core/shape.ts';
import type { Node, TensorType } from '../ir/graph.ts';
import { clampCode, codeRange } from './activation.ts';
import { booleanAttribute, checkAttributeNames } from './attributes.ts';
import { rejectOperand, tensorScale } from './operands.ts';
import { lowerProduct } from './product.ts';
import { realMultipliers, requantizer } from './requantize.ts';
import type { Operator } from './types.ts';
import { checkWeighted, loweredOperands, weightedOperands } from './weighted.ts';
import type { WeightedOperands } from './weighted.ts';

function productOf(node: Node, { input, weights }: WeightedOperands<TensorType>): { rows: number; columns: number; depth: number } {
  const [columns = 0, depth = 0] = weights.shape;
  const count = elementCount(input.shape);
  if (count % depth !== 0) {
    rejectOperand(node, 'input', input, `${formatShape(input.shape)} must divide into rows of ${depth}, the depth of the weights`);
  }
  return { rows: count / depth, columns, depth };
}

/**
 * Fully connected layer: int8 input of rows of K, int8 weights [N, K], optional int32 bias [N].
 * Attributes: activation; keepDims keeps the leading dimensions of the input, else the output is [rows, N].
 */
export const fullyConnected: Operator = {
  name: 'fully-connected',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, ['activation', 'keepDims']);
    const operands = checkWeighted(node, inputs, outputs, { weights: 2, channelAxis: 0 });
    const { rows, columns, depth } = productOf(node, operands);
    const keepDims = booleanAttribute(node, 'keepDims');
    if (keepDims && operands.input.shape.at(-1) !== depth) {
      rejectOperand(node, 'input', operands.input, `${formatShape(operands.input.shape)} must end in the weights' depth ${depth} to keep dimensions`);
    }
    return [{ ...operands.output, shape: keepDims ? [...operands.input.shape.slice(0, -1), columns] : [rows, columns] }];
  },

  reference(node, inputs, outputs, mode) {
    const { input, weights, bias, output } = weightedOperands(node, inputs, outputs);
    const { rows, columns, depth } = productOf(node, { input, weights, bias, output });
    const x = input.data as Int8Array;
    const w = weights.data as Int8Array;
    const b = bias?.data as Int32Array | undefined;
    const y = output.data as Int8Array;
    const inputZero = tensorScale(input).zeroPoint;
    const outputZero = tensorScale(output).zeroPoint;
    const range = codeRange(node, tensorScale(output));
    const perTensor = weights.quantization?.scales.length === 1;
    const requantize = requantizer(mode, realMultipliers(input, weights, output, columns, perTensor && mode !== 'float'));
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let accumulator = b?.[column] ?? 0;
        for (let k = 0; k < depth; k++) accumulator = (accumulator + (x[row * depth + k]! - inputZero) * w[column * depth + k]!) | 0;
        y[row * columns + column] = clampCode(requantize(accumulator, column) + outputZero, range);
      }
    }
  },

  lower(node, lowering) {
    const operands = loweredOperands(node, lowering);
    const product = productOf(node, operands);
    lowerProduct(node, lowering, operands, { ...product, macs: product.rows * product.columns * product.depth });
  },
};
