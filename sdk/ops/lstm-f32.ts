// The float32 form of `lstm`, one rounding an operation.

import type { Node } from '../ir/graph.ts';
import { numberAttribute } from './attributes.ts';
import { expTable } from './exp-f32.ts';
import { checkFloat, checkFloatBias, checkFloatWeights, isFloat } from './float-operands.ts';
import { bytesOf } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { GATES, geometryOf, lstmFields, lstmMacs } from './lstm-operands.ts';
import type { LstmForm, LstmOperands } from './lstm-operands.ts';
import { rejectOperand } from './operands.ts';
import { roundUp } from './partition.ts';
import { logisticF32, tanhF32 } from './squash-f32.ts';

const FLOAT32_MAX = 3.4028234663852886e38;
const f = Math.fround;

/** Four sums of every fourth product, added in pairs, then the products past a multiple of four. */
function dot(weights: Float32Array, row: number, values: Float32Array, first: number, count: number): number {
  const whole = count - (count % 4);
  const sums = [0, 0, 0, 0];
  for (let k = 0; k < whole; k++) sums[k % 4] = f(sums[k % 4]! + f(weights[row * count + k]! * values[first + k]!));
  let sum = f(f(sums[0]! + sums[1]!) + f(sums[2]! + sums[3]!));
  for (let k = whole; k < count; k++) sum = f(sum + f(weights[row * count + k]! * values[first + k]!));
  return sum;
}

function check(node: Node, { input, inputWeights, hiddenWeights, biases, hidden, cell, output, hiddenAfter, cellAfter }: LstmOperands): void {
  for (const weights of [...inputWeights, ...hiddenWeights]) {
    checkFloatWeights(node, weights, 2, 0);
    if (!isFloat(weights)) rejectOperand(node, 'weights', weights, `are ${weights.dtype}; lstm needs float32 weights for a float32 input`);
  }
  GATES.forEach((_, index) => checkFloatBias(node, biases[index], biases[index]!.shape[0] ?? 0));
  for (const tensor of [input, hidden, cell, output, hiddenAfter, cellAfter]) checkFloat(node, 'operand', tensor);
}

function clipOf(node: Node): number {
  const clip = f(numberAttribute(node, 'cellClip'));
  return clip > 0 ? Math.min(clip, FLOAT32_MAX) : FLOAT32_MAX;
}

export const lstmReals: LstmForm = {
  check,

  reference(node, operands) {
    const { input, inputWeights, hiddenWeights, biases, hidden, cell, output, hiddenAfter, cellAfter } = operands;
    const { batch, steps, inputs, cells, inputStrides, outputStrides } = geometryOf(node, operands);
    const clip = clipOf(node);
    const [x, y] = [input.data as Float32Array, output.data as Float32Array];
    const [h, c] = [hiddenAfter.data as Float32Array, cellAfter.data as Float32Array];
    h.set(hidden.data as Float32Array);
    c.set(cell.data as Float32Array);
    const sumOf = (gate: number, row: number, at: number, state: number): number => {
      const fromInput = f((biases[gate]!.data as Float32Array)[row]! + dot(inputWeights[gate]!.data as Float32Array, row, x, at, inputs));
      return f(fromInput + dot(hiddenWeights[gate]!.data as Float32Array, row, h, state, cells));
    };
    for (let sequence = 0; sequence < batch; sequence++) {
      const state = sequence * cells;
      for (let step = 0; step < steps; step++) {
        const at = sequence * inputStrides[1] + step * inputStrides[0];
        const sums = GATES.map((_, gate) => Float32Array.from({ length: cells }, (_, row) => sumOf(gate, row, at, state)));
        for (let row = 0; row < cells; row++) {
          const kept = f(logisticF32(sums[1]![row]!) * c[state + row]!);
          const next = f(kept + f(logisticF32(sums[0]![row]!) * tanhF32(sums[2]![row]!)));
          const raised = next < -clip ? -clip : next;
          c[state + row] = clip < raised ? clip : raised;
          h[state + row] = f(logisticF32(sums[3]![row]!) * tanhF32(c[state + row]!));
        }
        y.set(h.subarray(state, state + cells), sequence * outputStrides[1] + step * outputStrides[0]);
      }
    }
  },

  lower(node, lowering, operands) {
    const geometry = geometryOf(node, operands);
    const fields: Fields<'LstmF32Params'> = {
      ...lstmFields(node, lowering, geometry, 4),
      TABLE: { constant: lowering.constantData(`${node.name} table`, bytesOf(expTable()), { kind: 'raw' }) },
      CLIP: { f32: clipOf(node) },
    };
    const scratch = 24 * roundUp(geometry.cells, 4);
    lowering.step({ kernel: 'lstm_f32', params: 'LstmF32Params', fields, units: geometry.batch, scratch, macs: lstmMacs(geometry) });
  },
};
