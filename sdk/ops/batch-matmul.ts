import { CODE_RANGES } from '../core/affine.ts';
import { bitsOf } from '../core/dtype.ts';
import { PlanError } from '../core/errors.ts';
import { elementCount, formatShape, stridesOf } from '../core/shape.ts';
import type { Node, Tensor, TensorType } from '../ir/graph.ts';
import type { PlanField } from '../plan/types.ts';
import { clampCode } from './activation.ts';
import { booleanAttribute, checkAttributeNames } from './attributes.ts';
import { broadcastShape, forEachPair } from './broadcast.ts';
import { INT32_MAX, multiplyByQuantizedMultiplier, quantizeMultiplier } from './fixed-point.ts';
import type { FixedMultiplier, Rounding } from './fixed-point.ts';
import { checkFloat, isFloat } from './float-operands.ts';
import { bytesOf, sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { lowerWalk } from './move.ts';
import { checkActivation, checkOperandCount, operand, rejectOperand, tensorScale } from './operands.ts';
import { roundUp } from './partition.ts';
import { roundingOf } from './requantize.ts';
import type { Lowering, Operator } from './types.ts';

const TILE_ROWS = 4;
const MAX_BLOCK_ROWS = 64;
const UNITS = 8;

interface Geometry {
  /** Shape of the products, before rows and columns. */
  readonly products: readonly number[];
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

/** The shape of an operand as [products..., rows, columns] of the product. */
function turned({ shape }: TensorType, isAdjoint: boolean): readonly number[] {
  const [rows = 1, columns = 1] = shape.slice(-2);
  return isAdjoint ? [...shape.slice(0, -2), columns, rows] : shape;
}

function geometryOf(node: Node, a: TensorType, b: TensorType): Geometry {
  for (const [what, tensor] of [['input', a], ['second input', b]] as const) {
    if (tensor.shape.length >= 2) continue;
    rejectOperand(node, what, tensor, `has shape ${formatShape(tensor.shape)}; batch-matmul needs at least 2 dimensions`);
  }
  const left = turned(a, booleanAttribute(node, 'adjointA'));
  const right = turned(b, booleanAttribute(node, 'adjointB'));
  const [rows = 0, depth = 0] = left.slice(-2);
  const [terms = 0, columns = 0] = right.slice(-2);
  if (depth !== terms) {
    rejectOperand(node, 'second input', b, `${formatShape(right)} must have as many rows as the first, ${formatShape(left)}, has columns`);
  }
  const batchOf = ({ dtype, shape }: TensorType): Tensor => ({ name: 'leading dimensions', dtype, shape: shape.slice(0, -2) });
  return { products: broadcastShape(node, batchOf(a), batchOf(b)), rows, columns, depth };
}

/** The multiplier of int8 sums; the product of scales is formed in float32 as in TFLite's GetQuantizedConvolutionMultipler. */
function multiplierOf(a: TensorType, b: TensorType, output: TensorType, rounding: Rounding): FixedMultiplier {
  return quantizeMultiplier(Math.fround(tensorScale(a).scale * tensorScale(b).scale) / tensorScale(output).scale, rounding);
}

type Elements = Float32Array | Int8Array;

/** Every output: `add` takes the indices of a pair of elements, in the order of the depth. */
function multiply(
  node: Node, a: TensorType, b: TensorType, y: Elements, add: (sum: number, atA: number, atB: number) => number, finish: (sum: number) => number,
): void {
  const { products, rows, columns, depth } = geometryOf(node, a, b);
  const [adjointA, adjointB] = [booleanAttribute(node, 'adjointA'), booleanAttribute(node, 'adjointB')];
  forEachPair(a.shape.slice(0, -2), b.shape.slice(0, -2), products, (product, productA, productB) => {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let k = 0; k < depth; k++) {
          const atA = productA * rows * depth + (adjointA ? k * rows + row : row * depth + k);
          const atB = productB * columns * depth + (adjointB ? column * depth + k : k * columns + column);
          sum = add(sum, atA, atB);
        }
        y[(product * rows + row) * columns + column] = finish(sum);
      }
    }
  });
}

/** Where the kernel reads an operand as [products][rows][columns]: its own place, or a transposed copy. */
function operandField(node: Node, lowering: Lowering, index: 0 | 1, isAdjoint: boolean): PlanField {
  const id = node.inputs[index] ?? -1;
  const tensor = lowering.tensor(id);
  if (!isAdjoint) return sourceField(lowering, id);
  const [rows = 1, columns = 1] = tensor.shape.slice(-2);
  const batch = elementCount(tensor.shape.slice(0, -2));
  const bytes = bitsOf(tensor.dtype) / 8;
  const copy = lowering.temporary(`${node.name} operand ${index} transposed`, batch * rows * columns * bytes);
  lowerWalk(node, lowering, {
    extents: [batch, columns, rows],
    inputOffset: 0,
    inputStrides: [rows * columns, 1, columns],
    outputOffset: 0,
    outputStrides: [rows * columns, rows, 1],
  }, sourceField(lowering, id), { buffer: copy }, bytes);
  return { buffer: copy };
}

/** Loops over the products: [extent, bytes between operands of A, of B], a stride of 0 where an operand is repeated. */
function productLoops(products: readonly number[], a: readonly number[], b: readonly number[], sizeA: number, sizeB: number): Int32Array {
  const stridesIn = (shape: readonly number[], size: number): number[] => {
    const aligned = [...new Array<number>(products.length - shape.length).fill(1), ...shape];
    return stridesOf(aligned).map((stride, axis) => (aligned[axis] === 1 ? 0 : stride * size));
  };
  const [stridesA, stridesB] = [stridesIn(a, sizeA), stridesIn(b, sizeB)];
  return Int32Array.from(products.flatMap((extent, axis) => [extent, stridesA[axis]!, stridesB[axis]!]));
}

/**
 * Matrix products of computed operands, [..., rows, depth] x [..., depth, columns], leading dimensions broadcast: float32, or int8 with one scale
 * each.
 * Attributes: adjointA, adjointB: the last two dimensions of an operand are exchanged. int8 sums are scaled in fixed point as in TFLite.
 */
export const batchMatmul: Operator = {
  name: 'batch-matmul',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, ['adjointA', 'adjointB']);
    checkOperandCount(node, [2, 2]);
    const a = operand(node, inputs, 0, 'input');
    const b = operand(node, inputs, 1, 'second input');
    const output = operand(node, outputs, 0, 'output');
    const check = isFloat(a) ? checkFloat : checkActivation;
    check(node, 'input', a);
    check(node, 'second input', b);
    check(node, 'output', output);
    const { products, rows, columns } = geometryOf(node, a, b);
    return [{ ...output, shape: [...products, rows, columns] }];
  },

  reference(node, inputs, outputs, mode) {
    const a = operand(node, inputs, 0, 'input');
    const b = operand(node, inputs, 1, 'second input');
    const output = operand(node, outputs, 0, 'output');
    if (isFloat(a)) {
      const [x, z] = [a.data as Float32Array, b.data as Float32Array];
      multiply(node, a, b, output.data as Float32Array, (sum, atA, atB) => Math.fround(sum + Math.fround(x[atA]! * z[atB]!)), (sum) => sum);
      return;
    }
    const [x, z] = [a.data as Int8Array, b.data as Int8Array];
    const [zeroA, zeroB, zero] = [tensorScale(a).zeroPoint, tensorScale(b).zeroPoint, tensorScale(output).zeroPoint];
    const rounding = mode === 'float' ? 'double' : roundingOf(mode);
    const multiplier = multiplierOf(a, b, output, rounding);
    multiply(node, a, b, output.data as Int8Array,
      (sum, atA, atB) => sum + (x[atA]! - zeroA) * (z[atB]! - zeroB),
      (sum) => clampCode(multiplyByQuantizedMultiplier(sum, multiplier, rounding) + zero, CODE_RANGES.int8));
  },

  lower(node, lowering) {
    const [a, b] = [0, 1].map((index) => lowering.tensor(node.inputs[index] ?? -1)) as [Tensor, Tensor];
    const outputId = node.outputs[0] ?? -1;
    const output = lowering.tensor(outputId);
    const { products, rows, columns, depth } = geometryOf(node, a, b);
    const bytes = bitsOf(a.dtype) / 8;
    const loops = productLoops(products, a.shape.slice(0, -2), b.shape.slice(0, -2), rows * depth * bytes, columns * depth * bytes);
    const blockRows = Math.min(MAX_BLOCK_ROWS, roundUp(Math.ceil(rows / UNITS), TILE_ROWS));
    const common: Fields<'MatmulF32Params'> = {
      A: operandField(node, lowering, 0, booleanAttribute(node, 'adjointA')),
      B: operandField(node, lowering, 1, booleanAttribute(node, 'adjointB')),
      OUTPUT: { buffer: lowering.buffer(outputId) },
      ROWS: rows,
      COLUMNS: columns,
      DEPTH: depth,
      BLOCK_ROWS: blockRows,
      RANK: products.length,
      DIMS: products.length === 0 ? 0 : { constant: lowering.constantData(`${node.name} loops`, bytesOf(loops), { kind: 'raw' }) },
    };
    const units = elementCount(products) * Math.ceil(rows / blockRows);
    const macs = elementCount(products) * rows * columns * depth;
    if (isFloat(a)) {
      lowering.step({ kernel: 'matmul_f32', params: 'MatmulF32Params', fields: common, units, macs, scratch: 64 });
      return;
    }
    const { mantissa, exponent } = multiplierOf(a, b, output, 'double');
    const worst = depth * 255 * 255 * 2 ** Math.max(0, exponent);
    if (worst > INT32_MAX) {
      throw new PlanError('accumulator-overflow', `${node.name}: sums of ${depth} products may reach ${worst} before they are scaled, past int32: `
        + 'split the product or use a larger output scale');
    }
    const fields: Fields<'MatmulParams'> = {
      ...common,
      ZERO_A: tensorScale(a).zeroPoint,
      ZERO_B: tensorScale(b).zeroPoint,
      MANTISSA: mantissa,
      EXPONENT: exponent,
      ZERO: tensorScale(output).zeroPoint,
    };
    lowering.step({ kernel: 'matmul_qs8', params: 'MatmulParams', fields, units, macs, scratch: 2 * blockRows * roundUp(depth, 2) + 96 });
  },
};
