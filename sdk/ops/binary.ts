// What elementwise operators of two inputs share. Shapes broadcast; the attribute is activation.

import type { DType, NumberArray } from '../core/dtype.ts';
import type { Node, Tensor, TensorType } from '../ir/graph.ts';
import type { PlanField } from '../plan/types.ts';
import { checkAttributeNames } from './attributes.ts';
import { broadcastCall, broadcastShape, forEachPair } from './broadcast.ts';
import { checkOperandCount, operand, rejectOperand } from './operands.ts';
import { TAIL_SCRATCH } from './scratch.ts';
import type { Operator, RequantizeMode } from './types.ts';

export interface BinaryOperands<T extends TensorType = TensorType> {
  readonly a: T;
  readonly b: T;
  readonly output: T;
}

/** A binary operator on one element type. */
export interface BinaryForm {
  readonly kernel: string;
  readonly params: 'AddParams' | 'MulParams' | 'BinaryParams';
  /** @throws ModelError when quantization or activation do not fit. */
  check(node: Node, operands: BinaryOperands<Tensor>): void;
  /** The output element of two input elements. */
  combine(node: Node, operands: BinaryOperands, mode: RequantizeMode): (a: number, b: number) => number;
  /** Fields after DIMS. @throws PlanError when the kernel cannot run with these values. */
  fields(node: Node, operands: BinaryOperands): Record<string, PlanField>;
}

export type BinaryForms = Readonly<Partial<Record<DType, BinaryForm>>>;

function formOf(node: Node, forms: BinaryForms, { a, b, output }: BinaryOperands): BinaryForm {
  const form = forms[a.dtype];
  if (form === undefined) {
    const allowed = Object.keys(forms).join(', ');
    rejectOperand(node, 'input', a, `is ${a.dtype}; ${node.op} supports ${allowed}: export the model with one of these`);
  }
  if (b.dtype !== a.dtype) rejectOperand(node, 'second input', b, `is ${b.dtype}; must be ${a.dtype} as the first`);
  if (output.dtype !== a.dtype) rejectOperand(node, 'output', output, `is ${output.dtype}; must be ${a.dtype} as the inputs`);
  return form;
}

function operandsOf<T extends TensorType>(node: Node, inputs: readonly (T | undefined)[], outputs: readonly T[]): BinaryOperands<T> {
  return { a: operand(node, inputs, 0, 'input'), b: operand(node, inputs, 1, 'second input'), output: operand(node, outputs, 0, 'output') };
}

/** Elementwise operator with one form for each element type it supports. */
export function binaryOperator(name: string, forms: BinaryForms): Operator {
  return {
    name,
    isElementwise: true,

    infer(node, inputs, outputs) {
      checkAttributeNames(node, ['activation']);
      checkOperandCount(node, [2, 2]);
      const operands = operandsOf(node, inputs, outputs);
      formOf(node, forms, operands).check(node, operands);
      return [{ ...operands.output, shape: broadcastShape(node, operands.a, operands.b) }];
    },

    reference(node, inputs, outputs, mode) {
      const operands = operandsOf(node, inputs, outputs);
      const { a, b, output } = operands;
      const combine = formOf(node, forms, operands).combine(node, operands, mode);
      const [x, z, y] = [a.data, b.data, output.data] as NumberArray[];
      forEachPair(a.shape, b.shape, output.shape, (index, ia, ib) => {
        y![index] = combine(x![ia]!, z![ib]!);
      });
    },

    lower(node, lowering) {
      const operands = operandsOf(node, node.inputs.map((id) => lowering.tensor(id)), node.outputs.map((id) => lowering.tensor(id)));
      const form = formOf(node, forms, operands);
      const { fields, units } = broadcastCall(node, lowering);
      const all = { ...fields, ...form.fields(node, operands) };
      lowering.step({ kernel: form.kernel, params: form.params, fields: all, units, scratch: TAIL_SCRATCH });
    },
  };
}
