// The int8 form of `lstm`: LstmStepInteger8x8_16 of TFLite's kernels/lstm_eval.cc. Gates have 3 bits before the binary point and 12 after it.

import { LstmTable } from '../../kernels/abi.ts';
import { CODE_RANGES } from '../core/affine.ts';
import { PlanError } from '../core/errors.ts';
import { splitExponent } from '../core/math.ts';
import type { Node, TensorType } from '../ir/graph.ts';
import { clampCode } from './activation.ts';
import { numberAttribute } from './attributes.ts';
import { codeElements, int32Elements } from './constant.ts';
import { logistic16, NEGATIVE_POWERS, saturate, tanh16 } from './fixed-point-16.ts';
import { divideByPowerOfTwo, INT32_MAX, multiplyByQuantizedMultiplier, quantizeMultiplier } from './fixed-point.ts';
import type { FixedMultiplier } from './fixed-point.ts';
import { bytesOf } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { GATES, geometryOf, lstmFields, lstmMacs } from './lstm-operands.ts';
import type { LstmForm, LstmOperands } from './lstm-operands.ts';
import { checkActivation, checkBias, checkSameQuantization, checkWeights, rejectOperand, tensorScale } from './operands.ts';
import { roundUp } from './partition.ts';

/** Scale of gates before their activation. */
const GATE_SCALE = 2 ** -12;
const FRACTION = 2 ** -15;
const GATE_BITS = 3;
const MAX_CELL_BITS = 6;

/** Bits of the cells before the binary point: their scale is 2^(bits - 15). */
function cellBits(cell: TensorType): number {
  const { fraction, exponent } = splitExponent(tensorScale(cell).scale);
  return fraction === 0.5 ? exponent - 1 + 15 : NaN;
}

interface Parameters {
  readonly bits: number;
  readonly clip: number;
  /** Of each gate. */
  readonly inputs: readonly FixedMultiplier[];
  readonly hidden: readonly FixedMultiplier[];
  readonly output: FixedMultiplier;
  readonly outputZero: number;
}

function parametersOf(node: Node, { input, inputWeights, hiddenWeights, hidden, cell }: LstmOperands<TensorType>): Parameters {
  const of = (activation: TensorType, weights: TensorType): FixedMultiplier => (
    quantizeMultiplier(Math.fround(Math.fround(tensorScale(activation).scale * tensorScale(weights).scale) / GATE_SCALE), 'double'));
  const clip = numberAttribute(node, 'cellClip');
  return {
    bits: cellBits(cell),
    clip: clip > 0 ? Math.trunc(Math.min(32767, Math.fround(Math.fround(clip) / tensorScale(cell).scale))) : 32767,
    inputs: inputWeights.map((weights) => of(input, weights)),
    hidden: hiddenWeights.map((weights) => of(hidden, weights)),
    output: quantizeMultiplier((FRACTION / numberAttribute(node, 'hiddenScale')) * FRACTION, 'double'),
    outputZero: numberAttribute(node, 'hiddenZeroPoint'),
  };
}

function check(node: Node, operands: LstmOperands): void {
  const { input, inputWeights, hiddenWeights, biases, hidden, cell, output, hiddenAfter, cellAfter } = operands;
  checkActivation(node, 'input', input);
  GATES.forEach((gate, index) => {
    for (const [what, weights] of [['input', inputWeights[index]!], ['recurrent', hiddenWeights[index]!]] as const) {
      checkWeights(node, weights, 2, 0);
      if (weights.dtype !== 'int8' || weights.quantization?.scales.length !== 1) {
        rejectOperand(node, `${what} weights of the ${gate} gate`, weights, 'must be int8 with one scale');
      }
    }
    checkBias(node, biases[index], biases[index]!.shape[0] ?? 0);
  });
  for (const [what, tensor] of [['output state', hidden], ['new output state', hiddenAfter], ['output', output]] as const) {
    checkActivation(node, what, tensor);
    checkSameQuantization(node, hidden, tensor);
  }
  for (const [what, tensor] of [['cell state', cell], ['new cell state', cellAfter]] as const) {
    const bits = tensor.dtype === 'int16' && tensor.quantization?.scales.length === 1 && tensorScale(tensor).zeroPoint === 0 ? cellBits(tensor) : NaN;
    if (!(bits >= 0 && bits <= MAX_CELL_BITS)) {
      rejectOperand(node, what, tensor, `must be int16 with zero point 0 and a scale of 2^-15 to 2^${MAX_CELL_BITS - 15}, a power of two`);
    }
  }
  if (!(numberAttribute(node, 'hiddenScale') > 0)) rejectOperand(node, 'output', output, 'has no scale of its hidden values: export the model again');
}

/** Sums of one gate before its activation. */
function gateSum(weights: Int8Array, row: number, codes: ArrayLike<number>, first: number, count: number, zeroPoint: number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += weights[row * count + k]! * (codes[first + k]! - zeroPoint);
  return sum;
}

function tableOf({ inputs, hidden, output }: Parameters): Uint8Array {
  const table = new Int32Array(LstmTable.SIZE / 4);
  const put = (at: number, { mantissa, exponent }: FixedMultiplier): void => table.set([mantissa, exponent], at / 4);
  inputs.forEach((multiplier, gate) => put(LstmTable.GATES + 8 * gate, multiplier));
  hidden.forEach((multiplier, gate) => put(LstmTable.GATES + 32 + 8 * gate, multiplier));
  put(LstmTable.OUTPUT, output);
  new Int16Array(table.buffer, LstmTable.POWERS).set(NEGATIVE_POWERS);
  return bytesOf(table);
}

/** Proves that no sum of products overflows int32 before it is scaled. */
function checkSums(node: Node, { input, hidden, inputWeights, hiddenWeights, biases }: LstmOperands, { inputs, hidden: recurrent }: Parameters): void {
  GATES.forEach((gate, index) => {
    const bias = int32Elements(biases[index]!);
    for (const [activation, weights, { exponent }, offsets] of [
      [input, inputWeights[index]!, inputs[index]!, bias], [hidden, hiddenWeights[index]!, recurrent[index]!, undefined],
    ] as const) {
      const zeroPoint = tensorScale(activation).zeroPoint;
      const reach = Math.max(127 - zeroPoint, 128 + zeroPoint);
      const elements = codeElements(weights);
      const [rows = 0, columns = 0] = weights.shape;
      for (let row = 0; row < rows; row++) {
        let worst = Math.abs(offsets?.[row] ?? 0);
        for (let k = 0; k < columns; k++) worst += Math.abs(elements[row * columns + k]!) * reach;
        if (worst * 2 ** Math.max(0, exponent) > INT32_MAX) {
          throw new PlanError('accumulator-overflow', `${node.name}: the ${gate} gate of cell ${row} may sum up to ${worst}, past int32 when scaled: `
            + 'reduce its bias or scales');
        }
      }
    }
  });
}

export const lstmCodes: LstmForm = {
  check,

  reference(node, operands) {
    const { input, inputWeights, hiddenWeights, biases, hidden, cell, output, hiddenAfter, cellAfter } = operands;
    const { batch, steps, inputs, cells, inputStrides, outputStrides } = geometryOf(node, operands);
    const parameters = parametersOf(node, operands);
    const { bits, clip } = parameters;
    const [x, y] = [input.data as Int8Array, output.data as Int8Array];
    const [h, c] = [hiddenAfter.data as Int8Array, cellAfter.data as Int16Array];
    h.set(hidden.data as Int8Array);
    c.set(cell.data as Int16Array);
    const [inputZero, hiddenZero] = [tensorScale(input).zeroPoint, tensorScale(hidden).zeroPoint];
    const sumOf = (gate: number, row: number, at: number, state: number): number => {
      const fromInput = (biases[gate]!.data as Int32Array)[row]! + gateSum(inputWeights[gate]!.data as Int8Array, row, x, at, inputs, inputZero);
      const fromHidden = gateSum(hiddenWeights[gate]!.data as Int8Array, row, h, state, cells, hiddenZero);
      const first = saturate(multiplyByQuantizedMultiplier(fromInput, parameters.inputs[gate]!, 'double'));
      return saturate(first + multiplyByQuantizedMultiplier(fromHidden, parameters.hidden[gate]!, 'double'));
    };
    for (let sequence = 0; sequence < batch; sequence++) {
      const state = sequence * cells;
      for (let step = 0; step < steps; step++) {
        const at = sequence * inputStrides[1] + step * inputStrides[0];
        const sums = GATES.map((_, gate) => Int16Array.from({ length: cells }, (_, row) => sumOf(gate, row, at, state)));
        for (let row = 0; row < cells; row++) {
          const kept = divideByPowerOfTwo(logistic16(sums[1]![row]!) * c[state + row]!, 15);
          const added = divideByPowerOfTwo(logistic16(sums[0]![row]!) * tanh16(sums[2]![row]!, GATE_BITS), 15 + bits);
          const next = Math.min(clip, Math.max(clip < 32767 ? -clip : -32768, saturate(kept + added)));
          c[state + row] = next;
          const scaled = multiplyByQuantizedMultiplier(logistic16(sums[3]![row]!) * tanh16(next, bits), parameters.output, 'double');
          h[state + row] = clampCode(scaled + parameters.outputZero, CODE_RANGES.int8);
        }
        y.set(h.subarray(state, state + cells), sequence * outputStrides[1] + step * outputStrides[0]);
      }
    }
  },

  lower(node, lowering, operands) {
    const geometry = geometryOf(node, operands);
    const parameters = parametersOf(node, operands);
    checkSums(node, operands, parameters);
    const fields: Fields<'LstmParams'> = {
      ...lstmFields(node, lowering, geometry, 1),
      TABLE: { constant: lowering.constantData(`${node.name} table`, tableOf(parameters), { kind: 'raw' }) },
      INPUT_ZERO: tensorScale(operands.input).zeroPoint,
      HIDDEN_ZERO: tensorScale(operands.hidden).zeroPoint,
      OUTPUT_ZERO: parameters.outputZero,
      CELL_BITS: parameters.bits,
      CLIP: parameters.clip,
      LEAST: parameters.clip < 32767 ? -parameters.clip : -32768,
    };
    const scratch = 2 * roundUp(geometry.inputs, 8) + 14 * roundUp(geometry.cells, 8) + 32;
    lowering.step({ kernel: 'lstm_qs8', params: 'LstmParams', fields, units: geometry.batch, scratch, macs: lstmMacs(geometry) });
  },
};
