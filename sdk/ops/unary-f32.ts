// Operators of one input that take float32 elements as well as int8 codes.

import type { CodeRange } from '../core/affine.ts';
import { elementCount } from '../core/shape.ts';
import type { Node } from '../ir/graph.ts';
import type { PlanField } from '../plan/types.ts';
import { checkAttributeNames } from './attributes.ts';
import { checkFloat, isFloat } from './float-operands.ts';
import { bytesOf, clampFields, sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { checkOperandCount, operand } from './operands.ts';
import { elementBlock } from './partition.ts';
import { TAIL_SCRATCH } from './scratch.ts';
import type { Lowering, Operator } from './types.ts';

/** The float32 form of an operator. */
export interface RealForm {
  readonly attributes: readonly string[];
  /** The output element of an input element. Checks the node's attributes. */
  apply(node: Node): (x: number) => number;
  lower(node: Node, lowering: Lowering): void;
}

/** An operator on int8 codes with a form for float32 elements. */
export function withReals(onCodes: Operator, form: RealForm): Operator {
  return {
    ...onCodes,

    infer(node, inputs, outputs) {
      if (!isFloat(inputs[0])) return onCodes.infer(node, inputs, outputs);
      checkAttributeNames(node, form.attributes);
      checkOperandCount(node, [1, 1]);
      const input = operand(node, inputs, 0, 'input');
      const output = operand(node, outputs, 0, 'output');
      checkFloat(node, 'output', output);
      form.apply(node);
      return [{ ...output, shape: input.shape }];
    },

    reference(node, inputs, outputs, mode) {
      const input = operand(node, inputs, 0, 'input');
      if (!isFloat(input)) {
        onCodes.reference(node, inputs, outputs, mode);
        return;
      }
      const apply = form.apply(node);
      const y = operand(node, outputs, 0, 'output').data as Float32Array;
      (input.data as Float32Array).forEach((x, index) => {
        y[index] = apply(x);
      });
    },

    lower(node, lowering) {
      const [input = -1] = node.inputs;
      (isFloat(lowering.tensor(input)) ? form : onCodes).lower(node, lowering);
    },
  };
}

/** The element `value` as the binary kernels round and bound it. */
export function boundReal(value: number, { min, max }: CodeRange): number {
  return Math.min(Math.max(Math.fround(value), min), max);
}

/** Input and output of a node of `count` float32 elements, and further buffers of as many. */
interface RealOperands {
  readonly count: number;
  readonly x: PlanField;
  readonly y: PlanField;
  readonly temporary: () => PlanField;
}

export function realOperands(node: Node, lowering: Lowering): RealOperands {
  const [input = -1] = node.inputs;
  const [output = -1] = node.outputs;
  const count = elementCount(lowering.tensor(input).shape);
  return {
    count,
    x: sourceField(lowering, input),
    y: { buffer: lowering.buffer(output) },
    temporary: () => ({ buffer: lowering.temporary(`${node.name} part`, 4 * count) }),
  };
}

/** Emits output = clamp(a op b) on `count` elements; a number stands for as many equal elements. */
export function lowerRealBinary(
  node: Node, lowering: Lowering, kernel: 'add_f32' | 'mul_f32', count: number,
  a: PlanField, b: PlanField | { readonly every: number }, output: PlanField, range: CodeRange,
): void {
  const block = elementBlock(count);
  const isEvery = typeof b === 'object' && 'every' in b;
  const fields: Fields<'BinaryParams'> = {
    A: a,
    B: isEvery ? { constant: lowering.constantData(`${node.name} factor`, bytesOf(Float32Array.of(b.every)), { kind: 'raw' }) } : b,
    OUTPUT: output,
    COUNT: count,
    BLOCK: block,
    A_STEP: 1,
    B_STEP: isEvery ? 0 : 1,
    RANK: 0,
    DIMS: 0,
    ...clampFields(range),
  };
  lowering.step({ kernel, params: 'BinaryParams', fields, units: Math.ceil(count / block), scratch: TAIL_SCRATCH });
}
