import { CODE_RANGES } from '../core/affine.ts';
import { byteLength } from '../core/dtype.ts';
import { elementCount, formatShape } from '../core/shape.ts';
import { roundHalfAway } from '../core/math.ts';
import type { Node, Tensor, TensorType } from '../ir/graph.ts';
import { clampCode } from './activation.ts';
import { checkAttributeNames, integerAttribute } from './attributes.ts';
import { bytesOf, sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { lookUp, lookupTable, lowerLookup } from './lookup.ts';
import { checkActivation, checkOperandCount, operand, rejectOperand, tensorScale } from './operands.ts';
import { elementBlock } from './partition.ts';
import type { Lowering, Operator } from './types.ts';

const MAX_INPUTS = 1024;
/** Element types of whole bytes. */
const DTYPES = ['int8', 'uint8', 'int16', 'int32', 'int64', 'float32'];

/** Rows of `bytes` bytes of one input, `stride` bytes apart in the output from byte `offset`. */
interface Part {
  readonly rows: number;
  readonly bytes: number;
  readonly stride: number;
  readonly offset: number;
}

function partsOf(node: Node, inputs: readonly TensorType[], output: TensorType): Part[] {
  const axis = integerAttribute(node, 'axis', 0, output.shape.length - 1);
  const bytesFrom = ({ dtype, shape }: TensorType): number => byteLength(dtype, elementCount(shape.slice(axis)));
  let offset = 0;
  return inputs.map((input) => {
    const bytes = bytesFrom(input);
    const part = { rows: elementCount(output.shape.slice(0, axis)), bytes, stride: bytesFrom(output), offset };
    offset += bytes;
    return part;
  });
}

/** Codes of `output` for codes of `input` in the arithmetic of TFLite's ConcatenationWithScaling, or undefined where they are the same. */
function rescaling(input: TensorType, output: TensorType): Uint8Array | undefined {
  if (input.dtype !== 'int8') return undefined;
  const [from, to] = [tensorScale(input), tensorScale(output)];
  if (from.scale === to.scale && from.zeroPoint === to.zeroPoint) return undefined;
  const scale = Math.fround(Math.fround(from.scale) * Math.fround(1 / Math.fround(to.scale)));
  const bias = Math.fround(-(from.zeroPoint + 128) * scale);
  return lookupTable(input, (code) => {
    const value = Math.fround(Math.fround((code + 128) * scale) + bias);
    return clampCode(roundHalfAway(value) + to.zeroPoint, CODE_RANGES.int8);
  });
}

function presentInputs<T>(node: Node, inputs: readonly (T | undefined)[]): T[] {
  return inputs.map((_, index) => operand(node, inputs as readonly (T & TensorType | undefined)[], index, `input ${index}`));
}

function lowerCopy(lowering: Lowering, node: Node, input: number, output: number, { rows, bytes, stride, offset }: Part): void {
  const target = { buffer: lowering.buffer(output), offset };
  if (rows === 1) {
    const block = elementBlock(bytes);
    const fields: Fields<'CopyParams'> = { INPUT: sourceField(lowering, input), OUTPUT: target, BYTES: bytes, BLOCK: block };
    lowering.step({ kernel: 'copy_x8', params: 'CopyParams', fields, units: Math.ceil(bytes / block) });
    return;
  }
  const fields: Fields<'MoveParams'> = {
    INPUT: sourceField(lowering, input),
    OUTPUT: target,
    COUNT: 1,
    RUN: bytes,
    INPUT_STEP: bytes,
    OUTPUT_STEP: stride,
    RANK: 1,
    DIMS: { constant: lowering.constantData(`${node.name} rows`, bytesOf(Int32Array.of(rows, bytes, stride)), { kind: 'raw' }) },
  };
  lowering.step({ kernel: 'move_x8', params: 'MoveParams', fields, units: rows });
}

/** Joins tensors along an axis. int8 inputs of another quantization than the output's are rescaled. Attribute: axis. */
export const concat: Operator = {
  name: 'concat',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, ['axis']);
    checkOperandCount(node, [1, MAX_INPUTS]);
    const output = operand(node, outputs, 0, 'output');
    const all = presentInputs<Tensor>(node, inputs);
    const [first] = all as [Tensor];
    const axis = integerAttribute(node, 'axis', 0, first.shape.length - 1);
    if (!DTYPES.includes(first.dtype)) rejectOperand(node, 'input', first, `is ${first.dtype}; ${node.op} supports ${DTYPES.join(', ')}`);
    let extent = 0;
    for (const input of all) {
      const fits = input.dtype === first.dtype && input.shape.length === first.shape.length
        && input.shape.every((size, at) => at === axis || size === first.shape[at]);
      if (!fits) {
        const found = `${input.dtype} ${formatShape(input.shape)}`;
        rejectOperand(node, 'input', input, `is ${found}; must be as the first, ${first.dtype} ${formatShape(first.shape)}, but for axis ${axis}`);
      }
      if (input.dtype === 'int8') checkActivation(node, 'input', input);
      extent += input.shape[axis]!;
    }
    if (first.dtype === 'int8') checkActivation(node, 'output', output);
    return [{ ...output, dtype: first.dtype, shape: first.shape.map((size, at) => (at === axis ? extent : size)) }];
  },

  reference(node, inputs, outputs) {
    const output = operand(node, outputs, 0, 'output');
    const all = presentInputs(node, inputs);
    const bytesOfElements = ({ buffer, byteOffset, byteLength: length }: ArrayBufferView): Uint8Array => new Uint8Array(buffer, byteOffset, length);
    const target = bytesOfElements(output.data);
    partsOf(node, all, output).forEach(({ rows, bytes, stride, offset }, index) => {
      const input = all[index]!;
      const table = rescaling(input, output);
      const source = table === undefined ? bytesOfElements(input.data) : new Uint8Array(input.data.length);
      if (table !== undefined) lookUp(table, input.data, source);
      for (let row = 0; row < rows; row++) target.set(source.subarray(row * bytes, (row + 1) * bytes), row * stride + offset);
    });
  },

  lower(node, lowering) {
    const [output = -1] = node.outputs;
    const to = lowering.tensor(output);
    const all = node.inputs.map((id) => lowering.tensor(id));
    partsOf(node, all, to).forEach((part, index) => {
      const input = node.inputs[index]!;
      const table = rescaling(all[index]!, to);
      if (table === undefined) lowerCopy(lowering, node, input, output, part);
      else lowerLookup(node, lowering, input, { buffer: lowering.buffer(output), offset: part.offset }, table, part.rows === 1 ? undefined : part);
    });
  },
};
