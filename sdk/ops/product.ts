import type { Node, Tensor } from '../ir/graph.ts';
import { codeElements } from './constant.ts';
import { convolutionMacs } from './convolution.ts';
import type { Convolution } from './convolution.ts';
import { denseWeights } from './dense-weights.ts';
import { sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { tensorScale, weightZeroPoint } from './operands.ts';
import { gemmBlocks } from './partition.ts';
import { gemmScratch } from './scratch.ts';
import type { Lowering } from './types.ts';
import { weightedFields } from './weighted.ts';
import type { WeightedOperands } from './weighted.ts';
import { geometryFields } from './window-fields.ts';
import type { Window } from './window.ts';

/** Sizes of a matrix product of `rows` x `depth` codes with the weights of `columns` outputs. */
export interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly macs: number;
  /** Weights [columns][depth] where the file has another order. */
  readonly rearranged?: Int8Array | Uint8Array;
}

/** Fields of the window of an int8 convolution. */
export function windowFields(window: Window, inputZeroPoint: number): ReturnType<typeof geometryFields> & Pick<Fields<'Conv2dParams'>, 'PAD_VALUE'> {
  return { ...geometryFields(window), PAD_VALUE: inputZeroPoint };
}

/** Whether every output reads one pixel at its own place. */
export function isPointwise({ height, width }: Window): boolean {
  return [height, width].every((axis) => axis.kernel === 1 && axis.stride === 1);
}

interface ProductCall {
  readonly fields: Fields<'GemmParams'>;
  readonly units: number;
  readonly scratch: number;
}

function productCall(node: Node, lowering: Lowering, operands: WeightedOperands<Tensor>, product: Product): ProductCall {
  const { rows, columns, depth, rearranged } = product;
  const blocks = gemmBlocks(rows, columns, depth);
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
    WEIGHT_ZERO: operands.weights.dtype === 'uint8' ? weightZeroPoint(operands.weights) - 128 : 0,
    ...weightedFields(node, lowering, operands, { kind: 'gemm', channels: columns, terms: depth, ...(rearranged && { rearranged }) }),
  };
  return { fields, units: blocks.units, scratch: gemmScratch(blocks.rows, depth) };
}

/** Emits `gemm_qs8_qc8w`: rows of the input are contiguous. */
export function lowerProduct(node: Node, lowering: Lowering, operands: WeightedOperands<Tensor>, product: Product): void {
  const call = productCall(node, lowering, operands, product);
  lowering.step({ kernel: 'gemm_qs8_qc8w', params: 'GemmParams', macs: product.macs, ...call });
}

/** Emits a convolution as one dense product: `gemm_qs8_qc8w` when every output reads one pixel at its own place, else `conv2d_qs8_qc8w`. */
export function lowerConvolution(node: Node, lowering: Lowering, operands: WeightedOperands<Tensor>, convolution: Convolution): void {
  const { batch, inputChannels, outputChannels, groupInputs, window, weightStrides } = convolution;
  const { height, width } = window;
  const depth = height.kernel * width.kernel * inputChannels;
  const ordered = groupInputs === inputChannels && weightStrides.channel === depth;
  const product: Product = {
    rows: batch * height.output * width.output,
    columns: outputChannels,
    depth,
    macs: convolutionMacs(convolution),
    ...(ordered ? {} : { rearranged: denseWeights(node, codeElements(operands.weights), convolution, weightZeroPoint(operands.weights)) }),
  };
  if (isPointwise(window)) {
    lowerProduct(node, lowering, operands, product);
    return;
  }
  const { fields: productFields, ...call } = productCall(node, lowering, operands, product);
  const fields: Fields<'Conv2dParams'> = {
    ...productFields,
    INPUT_CHANNELS: inputChannels,
    ...windowFields(window, tensorScale(operands.input).zeroPoint),
  };
  lowering.step({ kernel: 'conv2d_qs8_qc8w', params: 'Conv2dParams', macs: product.macs, fields, ...call });
}
