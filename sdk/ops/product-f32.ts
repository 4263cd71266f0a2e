import type { Node, Tensor } from '../ir/graph.ts';
import { convolutionMacs } from './convolution.ts';
import type { Convolution } from './convolution.ts';
import { denseWeights } from './dense-weights.ts';
import { sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { gemmBlocks } from './partition.ts';
import { isPointwise } from './product.ts';
import { convF32Scratch, gemmF32Scratch } from './scratch.ts';
import type { Lowering } from './types.ts';
import { storedWeights, weightedFieldsF32 } from './weighted-f32.ts';
import type { WeightedOperands } from './weighted.ts';
import { geometryFields } from './window-fields.ts';

/** Sizes of a matrix product of float32 rows; `rearranged` are weights [columns][depth] where the file has another order. */
export interface FloatProduct {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly macs: number;
  readonly rearranged?: Int8Array | Uint8Array | Float32Array;
}

function productCall(
  node: Node, lowering: Lowering, operands: WeightedOperands<Tensor>, { rows, columns, depth, rearranged }: FloatProduct,
): { readonly fields: Fields<'GemmF32Params'>; readonly units: number; readonly blockRows: number } {
  const blocks = gemmBlocks(rows, columns, 4 * depth);
  const [input = -1] = node.inputs;
  const [output = -1] = node.outputs;
  const fields = {
    INPUT: sourceField(lowering, input),
    OUTPUT: { buffer: lowering.buffer(output) },
    ROWS: rows,
    COLUMNS: columns,
    DEPTH: depth,
    BLOCK_ROWS: blocks.rows,
    BLOCK_COLUMNS: blocks.columns,
    ...weightedFieldsF32(node, lowering, operands, { kind: 'gemm', channels: columns, terms: depth, ...(rearranged && { rearranged }) }),
  };
  return { fields, units: blocks.units, blockRows: blocks.rows };
}

/** Emits `gemm_f32_f32w`: rows of the input are contiguous. */
export function lowerProductF32(node: Node, lowering: Lowering, operands: WeightedOperands<Tensor>, product: FloatProduct): void {
  const { fields, units, blockRows } = productCall(node, lowering, operands, product);
  lowering.step({ kernel: 'gemm_f32_f32w', params: 'GemmF32Params', fields, units, scratch: gemmF32Scratch(blockRows), macs: product.macs });
}

/** Emits a convolution as one dense product: `gemm_f32_f32w` when every output reads one pixel at its own place, else `conv2d_f32_f32w`. */
export function lowerConvolutionF32(node: Node, lowering: Lowering, operands: WeightedOperands<Tensor>, convolution: Convolution): void {
  const { batch, inputChannels, outputChannels, groupInputs, window, weightStrides } = convolution;
  const { height, width } = window;
  const depth = height.kernel * width.kernel * inputChannels;
  const ordered = groupInputs === inputChannels && weightStrides.channel === depth;
  const product: FloatProduct = {
    rows: batch * height.output * width.output,
    columns: outputChannels,
    depth,
    macs: convolutionMacs(convolution),
    ...(ordered ? {} : { rearranged: denseWeights(node, storedWeights(operands.weights), convolution) }),
  };
  if (isPointwise(window)) {
    lowerProductF32(node, lowering, operands, product);
    return;
  }
  const { fields: productFields, units, blockRows } = productCall(node, lowering, operands, product);
  const fields: Fields<'Conv2dF32Params'> = { ...productFields, INPUT_CHANNELS: inputChannels, ...geometryFields(window) };
  const scratch = convF32Scratch(blockRows, depth);
  lowering.step({ kernel: 'conv2d_f32_f32w', params: 'Conv2dF32Params', fields, units, scratch, macs: product.macs });
}
