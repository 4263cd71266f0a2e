import type { Node, Tensor } from '../ir/graph.ts';
import type { PlanField } from '../plan/types.ts';
import { convolutionMacs } from './convolution.ts';
import type { Convolution } from './convolution.ts';
import { denseWeights } from './dense-weights.ts';
import { isFloat } from './float-operands.ts';
import { bytesOf, sourceField } from './kernel-fields.ts';
import type { Fields, ParamsName } from './kernel-fields.ts';
import { tensorScale, weightZeroPoint } from './operands.ts';
import { gemmBlocks } from './partition.ts';
import { convF32Scratch, gemmF32Scratch, gemmScratch } from './scratch.ts';
import type { Lowering } from './types.ts';
import { storedWeights, weightedFieldsF32 } from './weighted-f32.ts';
import { weightedFields } from './weighted.ts';
import type { KernelWeights, WeightedOperands } from './weighted.ts';
import { geometryFields } from './window-fields.ts';
import type { Window } from './window.ts';

/** Sizes of a matrix product of `rows` x `depth` elements with the weights of `columns` outputs. */
export interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly macs: number;
  /** Bytes of weights [columns][depth] where the file has another order. */
  readonly rearranged?: Uint8Array;
}

type RowFields = Pick<Fields<'GemmParams'>, 'INPUT' | 'OUTPUT' | 'ROWS' | 'COLUMNS' | 'DEPTH' | 'BLOCK_ROWS' | 'BLOCK_COLUMNS'>;

interface ProductKernel<Params extends ParamsName> {
  readonly kernel: string;
  readonly params: Params;
  readonly scratch: (blockRows: number, depth: number) => number;
}

/** In what products of one kind of elements differ: of contiguous rows of the input, and of patches under a window. */
interface ProductForm<RowsParams extends ParamsName, PatchesParams extends ParamsName> {
  readonly elementBytes: number;
  readonly rows: ProductKernel<RowsParams>;
  readonly patches: ProductKernel<PatchesParams>;
  weightFields(node: Node, lowering: Lowering, operands: WeightedOperands<Tensor>, weights: KernelWeights): Omit<Fields<RowsParams>, keyof RowFields>;
  patchFields(convolution: Convolution, input: Tensor): Omit<Fields<PatchesParams>, keyof Fields<RowsParams>>;
}

/** Fields of the window of an int8 convolution. */
export function windowFields(window: Window, inputZeroPoint: number): ReturnType<typeof geometryFields> & Pick<Fields<'Conv2dParams'>, 'PAD_VALUE'> {
  return { ...geometryFields(window), PAD_VALUE: inputZeroPoint };
}

const CODES: ProductForm<'GemmParams', 'Conv2dParams'> = {
  elementBytes: 1,
  rows: { kernel: 'gemm_qs8_qc8w', params: 'GemmParams', scratch: gemmScratch },
  patches: { kernel: 'conv2d_qs8_qc8w', params: 'Conv2dParams', scratch: gemmScratch },
  weightFields: (node, lowering, operands, weights) => ({
    WEIGHT_ZERO: operands.weights.dtype === 'uint8' ? weightZeroPoint(operands.weights) - 128 : 0,
    ...weightedFields(node, lowering, operands, weights),
  }),
  patchFields: ({ inputChannels, window }, input) => ({ INPUT_CHANNELS: inputChannels, ...windowFields(window, tensorScale(input).zeroPoint) }),
};

const REALS: ProductForm<'GemmF32Params', 'Conv2dF32Params'> = {
  elementBytes: 4,
  rows: { kernel: 'gemm_f32_f32w', params: 'GemmF32Params', scratch: gemmF32Scratch },
  patches: { kernel: 'conv2d_f32_f32w', params: 'Conv2dF32Params', scratch: convF32Scratch },
  weightFields: weightedFieldsF32,
  patchFields: ({ inputChannels, window }) => ({ INPUT_CHANNELS: inputChannels, ...geometryFields(window) }),
};

/** Emits a product of contiguous rows of the input, or of the patches that `patchFields` describe. */
export function lowerProduct(
  node: Node, lowering: Lowering, operands: WeightedOperands<Tensor>, product: Product, patchFields?: Readonly<Record<string, PlanField>>,
): void {
  const { rows, columns, depth, macs, rearranged } = product;
  const form = isFloat(operands.input) ? REALS : CODES;
  const { kernel, params, scratch } = patchFields === undefined ? form.rows : form.patches;
  const blocks = gemmBlocks(rows, columns, form.elementBytes * depth);
  const [input = -1] = node.inputs;
  const [output = -1] = node.outputs;
  const rowFields: RowFields = {
    INPUT: sourceField(lowering, input),
    OUTPUT: { buffer: lowering.buffer(output) },
    ROWS: rows,
    COLUMNS: columns,
    DEPTH: depth,
    BLOCK_ROWS: blocks.rows,
    BLOCK_COLUMNS: blocks.columns,
  };
  const weightFields = form.weightFields(node, lowering, operands, { kind: 'gemm', channels: columns, terms: depth, ...(rearranged && { rearranged }) });
  const fields = { ...rowFields, ...weightFields, ...patchFields };
  lowering.step({ kernel, params, fields, units: blocks.units, scratch: scratch(blocks.rows, depth), macs });
}

/** Whether every output reads one pixel at its own place. */
function isPointwise({ height, width }: Window): boolean {
  return [height, width].every((axis) => axis.kernel === 1 && axis.stride === 1);
}

/** Emits a convolution as one dense product: of the pixels where every output reads the one at its own place, else of patches. */
export function lowerConvolution(node: Node, lowering: Lowering, operands: WeightedOperands<Tensor>, convolution: Convolution): void {
  const { batch, inputChannels, outputChannels, groupInputs, window, weightStrides } = convolution;
  const { height, width } = window;
  const { input, weights } = operands;
  const depth = height.kernel * width.kernel * inputChannels;
  const ordered = groupInputs === inputChannels && weightStrides.channel === depth;
  const product: Product = {
    rows: batch * height.output * width.output,
    columns: outputChannels,
    depth,
    macs: convolutionMacs(convolution),
    ...(ordered ? {} : { rearranged: bytesOf(denseWeights(node, storedWeights(weights), convolution, weightZeroPoint(weights))) }),
  };
  const form = isFloat(input) ? REALS : CODES;
  lowerProduct(node, lowering, operands, product, isPointwise(window) ? undefined : form.patchFields(convolution, input));
}
