// What the float32 and the int8 form of `lstm` share.

import { formatShape, sameShape } from '../core/shape.ts';
import type { Node, Tensor, TensorType } from '../ir/graph.ts';
import type { PlanField } from '../plan/types.ts';
import { booleanAttribute, checkAttributeNames, integerAttribute, numberAttribute } from './attributes.ts';
import { sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { operand, rejectOperand } from './operands.ts';
import type { Lowering, TensorValue } from './types.ts';

export const GATES = ['input', 'forget', 'cell', 'output'] as const;
export const INPUT_COUNT = 15;

/** Operands of a node; lists have one tensor for each gate. */
export interface LstmOperands<T extends TensorType = Tensor> {
  readonly input: T;
  readonly inputWeights: readonly T[];
  readonly hiddenWeights: readonly T[];
  readonly biases: readonly T[];
  readonly hidden: T;
  readonly cell: T;
  readonly output: T;
  readonly hiddenAfter: T;
  readonly cellAfter: T;
}

/** One element type of the operator. */
export interface LstmForm {
  /** @throws ModelError when dtypes, quantization or constants do not fit. */
  check(node: Node, operands: LstmOperands): void;
  reference(node: Node, operands: LstmOperands<TensorValue>): void;
  lower(node: Node, lowering: Lowering, operands: LstmOperands): void;
}

export function lstmOperands<T extends TensorType>(node: Node, inputs: readonly (T | undefined)[], outputs: readonly T[]): LstmOperands<T> {
  const listOf = (first: number, what: string): T[] => GATES.map((gate, index) => operand(node, inputs, first + index, `${what} of the ${gate} gate`));
  return {
    input: operand(node, inputs, 0, 'input'),
    inputWeights: listOf(1, 'input weights'),
    hiddenWeights: listOf(5, 'recurrent weights'),
    biases: listOf(9, 'bias'),
    hidden: operand(node, inputs, 13, 'output state'),
    cell: operand(node, inputs, 14, 'cell state'),
    output: operand(node, outputs, 0, 'output'),
    hiddenAfter: operand(node, outputs, 1, 'new output state'),
    cellAfter: operand(node, outputs, 2, 'new cell state'),
  };
}

export function checkAttributes(node: Node): void {
  checkAttributeNames(node, ['timeMajor', 'cellClip', 'hiddenScale', 'hiddenZeroPoint']);
  booleanAttribute(node, 'timeMajor');
  numberAttribute(node, 'cellClip', 0);
  numberAttribute(node, 'hiddenScale', 0);
  integerAttribute(node, 'hiddenZeroPoint', -128, 127);
}

export interface LstmGeometry {
  readonly batch: number;
  readonly steps: number;
  readonly inputs: number;
  readonly cells: number;
  /** Elements between steps and between sequences, of the input and of the output. */
  readonly inputStrides: readonly [step: number, sequence: number];
  readonly outputStrides: readonly [step: number, sequence: number];
}

/** Sizes of a node. @throws ModelError when shapes do not fit each other. */
export function geometryOf(node: Node, operands: LstmOperands<TensorType>): LstmGeometry {
  const { input, inputWeights, hiddenWeights, biases, hidden, cell } = operands;
  const [cells = 0, inputs = 0] = inputWeights[0]!.shape;
  const shape = input.shape.length === 2 ? [input.shape[0]!, 1, input.shape[1]!] : input.shape;
  if (shape.length !== 3 || shape[2] !== inputs) {
    rejectOperand(node, 'input', input, `has shape ${formatShape(input.shape)}; needs 2 or 3 dimensions, the last of the weights' ${inputs} inputs`);
  }
  const [outer = 0, inner = 0] = shape;
  const timeMajor = booleanAttribute(node, 'timeMajor') && input.shape.length === 3;
  const [steps, batch] = timeMajor ? [outer, inner] : [inner, outer];
  const expect = (what: string, tensor: TensorType, expected: readonly number[]): void => {
    if (sameShape(tensor.shape, expected)) return;
    rejectOperand(node, what, tensor, `has shape ${formatShape(tensor.shape)}; must be ${formatShape(expected)}`);
  };
  GATES.forEach((gate, index) => {
    expect(`input weights of the ${gate} gate`, inputWeights[index]!, [cells, inputs]);
    expect(`recurrent weights of the ${gate} gate`, hiddenWeights[index]!, [cells, cells]);
    expect(`bias of the ${gate} gate`, biases[index]!, [cells]);
  });
  expect('output state', hidden, [batch, cells]);
  expect('cell state', cell, [batch, cells]);
  const stridesOf = (width: number): readonly [number, number] => (timeMajor ? [batch * width, width] : [width, steps * width]);
  return { batch, steps, inputs, cells, inputStrides: stridesOf(inputs), outputStrides: stridesOf(cells) };
}

/** Multiply-accumulates of a node. */
export function lstmMacs({ batch, steps, inputs, cells }: LstmGeometry): number {
  return batch * steps * 4 * cells * (inputs + cells);
}

type CommonFields = Omit<Fields<'LstmF32Params'>, 'TABLE' | 'CLIP'>;

/** Fields up to the strides; elements of the sequences take `bytes` bytes. */
export function lstmFields(
  node: Node, lowering: Lowering, { cells, inputs, steps, inputStrides, outputStrides }: LstmGeometry, bytes: number,
): CommonFields {
  const source = (index: number): PlanField => sourceField(lowering, node.inputs[index] ?? -1);
  const target = (index: number): PlanField => ({ buffer: lowering.buffer(node.outputs[index] ?? -1) });
  return {
    INPUT: source(0),
    OUTPUT: target(0),
    HIDDEN_BEFORE: source(13),
    HIDDEN: target(1),
    CELL_BEFORE: source(14),
    CELL: target(2),
    INPUT_WEIGHTS_0: source(1),
    INPUT_WEIGHTS_1: source(2),
    INPUT_WEIGHTS_2: source(3),
    INPUT_WEIGHTS_3: source(4),
    HIDDEN_WEIGHTS_0: source(5),
    HIDDEN_WEIGHTS_1: source(6),
    HIDDEN_WEIGHTS_2: source(7),
    HIDDEN_WEIGHTS_3: source(8),
    BIAS_0: source(9),
    BIAS_1: source(10),
    BIAS_2: source(11),
    BIAS_3: source(12),
    CELLS: cells,
    INPUTS: inputs,
    STEPS: steps,
    INPUT_STEP: inputStrides[0] * bytes,
    INPUT_SEQUENCE: inputStrides[1] * bytes,
    OUTPUT_STEP: outputStrides[0] * bytes,
    OUTPUT_SEQUENCE: outputStrides[1] * bytes,
  };
}
