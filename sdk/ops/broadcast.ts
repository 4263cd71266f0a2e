// Broadcasting as in NumPy: shapes are aligned at their last dimension, extents of 1 repeat.

import { bitsOf } from '../core/dtype.ts';
import { elementCount, formatShape, stridesOf } from '../core/shape.ts';
import type { Node, Tensor, TensorType } from '../ir/graph.ts';
import { bytesOf, sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { lowerWalk } from './move.ts';
import { rejectOperand } from './operands.ts';
import { elementBlock } from './partition.ts';
import type { Lowering } from './types.ts';

/** Rows shorter than this are lengthened by writing out the operand that repeats, in elements. */
const SHORT_ROW = 256;
const MAX_REPEATED = 65536;
/** How many times longer rows must get, and how much smaller than the output an operand computed at run time stays. */
const LEAST_GAIN = 4;

/** Shape of an elementwise result. @throws ModelError when the shapes do not fit. */
export function broadcastShape(node: Node, a: Tensor, b: Tensor): number[] {
  const rank = Math.max(a.shape.length, b.shape.length);
  const [left, right] = [alignedShape(a.shape, rank), alignedShape(b.shape, rank)];
  if (left.some((extent, axis) => extent !== right[axis] && extent !== 1 && right[axis] !== 1)) {
    const shapes = `${formatShape(b.shape)}, the first ${formatShape(a.shape)}`;
    rejectOperand(node, 'second input', b, `has shape ${shapes}; extents must be equal or 1, aligned at the last dimension`);
  }
  return left.map((extent, axis) => Math.max(extent, right[axis]!));
}

function alignedShape(shape: readonly number[], rank: number): number[] {
  return [...new Array<number>(rank - shape.length).fill(1), ...shape];
}

/** Row-major strides in elements, 0 where an extent of 1 repeats. */
function repeatedStrides(shape: readonly number[], rank: number): number[] {
  const aligned = alignedShape(shape, rank);
  return stridesOf(aligned).map((stride, axis) => (aligned[axis] === 1 ? 0 : stride));
}

interface Dimension {
  readonly extent: number;
  readonly a: number;
  readonly b: number;
}

/** Two operands walked in the order of the output: rows of `count` elements in which an operand advances by its step, 1 or 0. */
interface Loops {
  readonly count: number;
  readonly aStep: number;
  readonly bStep: number;
  /** Outermost first; strides in elements. */
  readonly dims: readonly Dimension[];
}

function loopsOf(a: readonly number[], b: readonly number[], output: readonly number[]): Loops {
  const strides = [repeatedStrides(a, output.length), repeatedStrides(b, output.length)] as const;
  const dims: Dimension[] = [];
  output.forEach((extent, axis) => {
    if (extent === 1) return;
    const dim = { extent, a: strides[0][axis]!, b: strides[1][axis]! };
    const outer = dims.at(-1);
    if (outer !== undefined && outer.a === dim.a * extent && outer.b === dim.b * extent) dims[dims.length - 1] = { ...dim, extent: outer.extent * extent };
    else dims.push(dim);
  });
  const row = dims.pop() ?? { extent: 1, a: 0, b: 0 };
  return { count: row.extent, aStep: row.a, bStep: row.b, dims };
}

/** Calls `visit` with the element indices of the output and of both operands. */
export function forEachPair(
  a: readonly number[], b: readonly number[], output: readonly number[], visit: (index: number, a: number, b: number) => void,
): void {
  const rank = output.length;
  const strides = [repeatedStrides(a, rank), repeatedStrides(b, rank)] as const;
  const position = new Array<number>(rank).fill(0);
  let [atA, atB] = [0, 0];
  for (let index = 0, count = elementCount(output); index < count; index++) {
    visit(index, atA, atB);
    for (let axis = rank - 1; axis >= 0; axis--) {
      position[axis]! += 1;
      atA += strides[0][axis]!;
      atB += strides[1][axis]!;
      if (position[axis]! < output[axis]!) break;
      atA -= strides[0][axis]! * output[axis]!;
      atB -= strides[1][axis]! * output[axis]!;
      position[axis] = 0;
    }
  }
}

/** Shape of an operand of which last dimensions are written out until rows are long enough, at most `most` elements. */
function writtenShape(shape: readonly number[], output: readonly number[], most: number): readonly number[] {
  const written = alignedShape(shape, output.length);
  let row = 1;
  for (let axis = output.length - 1; axis >= 0 && row < SHORT_ROW; axis--) {
    row *= output[axis]!;
    if (row * elementCount(written.slice(0, axis)) > most) break;
    written[axis] = output[axis]!;
  }
  return written;
}

interface Source {
  readonly field: ReturnType<typeof sourceField>;
  readonly shape: readonly number[];
}

function sourceOf(node: Node, lowering: Lowering, id: number, other: TensorType, output: TensorType): Source {
  const { shape, data, dtype } = lowering.tensor(id);
  const row = loopsOf(shape, other.shape, output.shape).count;
  if (data === undefined || elementCount(shape) === 1 || row >= Math.min(SHORT_ROW, elementCount(output.shape))) {
    return { field: sourceField(lowering, id), shape };
  }
  const written = writtenShape(shape, output.shape, MAX_REPEATED);
  const bytes = bitsOf(dtype) / 8;
  const repeated = new Uint8Array(elementCount(written) * bytes);
  forEachPair(written, shape, written, (index, _, from) => {
    repeated.set(data.subarray(from * bytes, (from + 1) * bytes), index * bytes);
  });
  return { field: { constant: lowering.constantData(`${node.name} operand`, repeated, { kind: 'raw' }) }, shape: written };
}

/** `source` with its last dimensions written out at run time where that makes rows of the output much longer. */
function lengthened(node: Node, lowering: Lowering, id: number, source: Source, other: Source, output: TensorType): Source {
  const { shape, data } = lowering.tensor(id);
  const row = loopsOf(shape, other.shape, output.shape).count;
  if (data !== undefined || elementCount(shape) === 1 || row >= SHORT_ROW) return source;
  const written = writtenShape(shape, output.shape, Math.min(MAX_REPEATED, elementCount(output.shape) / LEAST_GAIN));
  if (loopsOf(written, other.shape, output.shape).count < LEAST_GAIN * row) return source;
  const bytes = bitsOf(output.dtype) / 8;
  const field = { buffer: lowering.temporary(`${node.name} operand`, elementCount(written) * bytes) };
  const walk = { extents: written, inputOffset: 0, inputStrides: repeatedStrides(shape, written.length), outputOffset: 0, outputStrides: stridesOf(written) };
  lowerWalk(node, lowering, walk, source.field, field, bytes);
  return { field, shape: written };
}

type LoopFields = Omit<Fields<'BinaryParams'>, 'MIN' | 'MAX'>;

/** Fields up to DIMS of a binary kernel call, and its units. */
export function broadcastCall(node: Node, lowering: Lowering): { readonly fields: LoopFields; readonly units: number } {
  const [idA = -1, idB = -1] = node.inputs;
  const [idOutput = -1] = node.outputs;
  const output = lowering.tensor(idOutput);
  const ownA = sourceOf(node, lowering, idA, lowering.tensor(idB), output);
  const ownB = sourceOf(node, lowering, idB, lowering.tensor(idA), output);
  const a = lengthened(node, lowering, idA, ownA, ownB, output);
  const b = lengthened(node, lowering, idB, ownB, a, output);
  const { count, aStep, bStep, dims } = loopsOf(a.shape, b.shape, output.shape);
  const bytes = bitsOf(output.dtype) / 8;
  const block = elementBlock(count);
  const table = Int32Array.from(dims.flatMap((dim) => [dim.extent, dim.a * bytes, dim.b * bytes]));
  const fields: LoopFields = {
    A: a.field,
    B: b.field,
    OUTPUT: { buffer: lowering.buffer(idOutput) },
    COUNT: count,
    BLOCK: block,
    A_STEP: aStep,
    B_STEP: bStep,
    RANK: dims.length,
    DIMS: dims.length === 0 ? 0 : { constant: lowering.constantData(`${node.name} loops`, bytesOf(table), { kind: 'raw' }) },
  };
  const rows = elementCount(dims.map(({ extent }) => extent));
  return { fields, units: rows * Math.ceil(count / block) };
}
