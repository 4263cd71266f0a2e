import { elementCount, formatShape } from '../core/shape.ts';
import type { Node, TensorType } from '../ir/graph.ts';
import { booleanAttribute, checkAttributeNames } from './attributes.ts';
import type { Elements, Summation } from './convolution.ts';
import { isFloat } from './float-operands.ts';
import { rejectOperand } from './operands.ts';
import { lowerProduct } from './product.ts';
import type { Operator } from './types.ts';
import { checkWeightedF32, realWeights, summationF32 } from './weighted-f32.ts';
import { checkWeighted, loweredOperands, summationCodes, weightedOperands } from './weighted.ts';
import type { WeightedOperands } from './weighted.ts';

function productOf(node: Node, { input, weights }: WeightedOperands<TensorType>): { rows: number; columns: number; depth: number } {
  const [columns = 0, depth = 0] = weights.shape;
  const count = elementCount(input.shape);
  if (count % depth !== 0) {
    rejectOperand(node, 'input', input, `${formatShape(input.shape)} must divide into rows of ${depth}, the depth of the weights`);
  }
  return { rows: count / depth, columns, depth };
}

/** Rows of `depth` inputs times weights [columns][depth]. */
function multiplyRows(depth: number, x: Elements, w: Elements, y: Elements, { start, add, finish }: Summation): void {
  const columns = w.length / depth;
  for (let at = 0, row = 0; at < y.length; row += depth) {
    for (let column = 0; column < columns; column++) {
      let sum = start(column);
      for (let k = 0; k < depth; k++) sum = add(sum, x[row + k]!, w[column * depth + k]!);
      y[at++] = finish(sum, column);
    }
  }
}

/**
 * Fully connected layer: input of rows of K, weights [N, K], optional bias [N]: int8 with int32 bias, or float32 with float32 or int8 weights.
 * Attributes: activation; keepDims keeps the leading dimensions of the input, else the output is [rows, N].
 */
export const fullyConnected: Operator = {
  name: 'fully-connected',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, ['activation', 'keepDims']);
    const check = isFloat(inputs[0]) ? checkWeightedF32 : checkWeighted;
    const operands = check(node, inputs, outputs, { weights: 2, channelAxis: 0 });
    const { rows, columns, depth } = productOf(node, operands);
    const keepDims = booleanAttribute(node, 'keepDims');
    if (keepDims && operands.input.shape.at(-1) !== depth) {
      rejectOperand(node, 'input', operands.input, `${formatShape(operands.input.shape)} must end in the weights' depth ${depth} to keep dimensions`);
    }
    return [{ ...operands.output, shape: keepDims ? [...operands.input.shape.slice(0, -1), columns] : [rows, columns] }];
  },

  reference(node, inputs, outputs, mode) {
    const operands = weightedOperands(node, inputs, outputs);
    const { input, weights, bias, output } = operands;
    const { columns, depth } = productOf(node, operands);
    if (isFloat(input)) {
      const w = realWeights(weights, columns, (index) => Math.floor(index / depth));
      multiplyRows(depth, input.data as Float32Array, w, output.data as Float32Array, summationF32(node, bias));
      return;
    }
    const summation = summationCodes(node, operands, mode, weights.quantization?.scales.length === 1);
    multiplyRows(depth, input.data as Int8Array, weights.data as Int8Array | Uint8Array, output.data as Int8Array, summation);
  },

  lower(node, lowering) {
    const operands = loweredOperands(node, lowering);
    const product = productOf(node, operands);
    lowerProduct(node, lowering, operands, { ...product, macs: product.rows * product.columns * product.depth });
  },
};
