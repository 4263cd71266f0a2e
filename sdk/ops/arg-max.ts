import { elementCount } from '../core/shape.ts';
import type { Node, TensorType } from '../ir/graph.ts';
import { checkAttributeNames, integerAttribute } from './attributes.ts';
import { sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { checkOperandCount, operand, rejectOperand } from './operands.ts';
import type { Operator } from './types.ts';

interface Loops {
  readonly outer: number;
  readonly extent: number;
  readonly inner: number;
}

function loopsOf(node: Node, { shape }: TensorType): Loops {
  const axis = integerAttribute(node, 'axis', 0, shape.length - 1);
  return { outer: elementCount(shape.slice(0, axis)), extent: shape[axis]!, inner: elementCount(shape.slice(axis + 1)) };
}

/** Index of the first greatest element along an axis, which is removed: int8 or float32 in, int32 out. Attribute: axis. */
export const argMax: Operator = {
  name: 'arg-max',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, ['axis']);
    checkOperandCount(node, [1, 1]);
    const input = operand(node, inputs, 0, 'input');
    operand(node, outputs, 0, 'output');
    if (input.dtype !== 'int8' && input.dtype !== 'float32') rejectOperand(node, 'input', input, `is ${input.dtype}; arg-max supports int8 and float32`);
    loopsOf(node, input);
    return [{ dtype: 'int32', shape: input.shape.toSpliced(integerAttribute(node, 'axis', 0, 7), 1) }];
  },

  reference(node, inputs, outputs) {
    const input = operand(node, inputs, 0, 'input');
    const { outer, extent, inner } = loopsOf(node, input);
    const [x, y] = [input.data as Int8Array | Float32Array, operand(node, outputs, 0, 'output').data as Int32Array];
    for (let unit = 0; unit < outer * inner; unit++) {
      const start = Math.floor(unit / inner) * extent * inner + (unit % inner);
      let best = 0;
      for (let index = 1; index < extent; index++) if (x[start + index * inner]! > x[start + best * inner]!) best = index;
      y[unit] = best;
    }
  },

  lower(node, lowering) {
    const [inputId = -1] = node.inputs;
    const [output = -1] = node.outputs;
    const input = lowering.tensor(inputId);
    const { outer, extent, inner } = loopsOf(node, input);
    const fields: Fields<'ArgMaxParams'> = {
      INPUT: sourceField(lowering, inputId), OUTPUT: { buffer: lowering.buffer(output) }, EXTENT: extent, INNER: inner,
    };
    lowering.step({ kernel: input.dtype === 'int8' ? 'argmax_qs8' : 'argmax_f32', params: 'ArgMaxParams', fields, units: outer * inner });
  },
};
