import { PlanError } from '../core/errors.ts';
import type { Node, Tensor } from '../ir/graph.ts';
import { int8Elements } from './constant.ts';
import { convolutionMacs } from './convolution.ts';
import type { Convolution } from './convolution.ts';
import { sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { tensorScale } from './operands.ts';
import { gemmBlocks } from './partition.ts';
import { gemmScratch } from './scratch.ts';
import type { Lowering } from './types.ts';
import { weightedFields } from './weighted.ts';
import type { WeightedOperands } from './weighted.ts';
import type { Window } from './window.ts';

/** Most bytes of weights that a grouped convolution may take when made dense. */
const MAX_DENSE_BYTES = 4_194_304;

/** Sizes of a matrix product of `rows` x `depth` codes with the weights of `columns` outputs. */
export interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly macs: number;
  /** Weights [columns][depth] where the file has another order. */
  readonly rearranged?: Int8Array;
}

/** Fields of the window in the params blocks of convolutions. */
export function windowFields(
  { height, width }: Window,
  inputZeroPoint: number,
): Omit<Fields<'Conv2dParams'>, keyof Fields<'GemmParams'> | 'INPUT_CHANNELS'> {
  return {
    INPUT_HEIGHT: height.input,
    INPUT_WIDTH: width.input,
    OUTPUT_HEIGHT: height.output,
    OUTPUT_WIDTH: width.output,
    KERNEL_HEIGHT: height.kernel,
    KERNEL_WIDTH: width.kernel,
    STRIDE_HEIGHT: height.stride,
    STRIDE_WIDTH: width.stride,
    DILATION_HEIGHT: height.dilation,
    DILATION_WIDTH: width.dilation,
    PAD_TOP: height.padBefore,
    PAD_LEFT: width.padBefore,
    PAD_VALUE: inputZeroPoint,
  };
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
    ...weightedFields(node, lowering, operands, { kind: 'gemm', channels: columns, terms: depth, ...(rearranged && { rearranged }) }),
  };
  return { fields, units: blocks.units, scratch: gemmScratch(blocks.rows, depth) };
}

/** Emits `gemm_qs8_qc8w`: rows of the input are contiguous. */
export function lowerProduct(node: Node, lowering: Lowering, operands: WeightedOperands<Tensor>, product: Product): void {
  const call = productCall(node, lowering, operands, product);
  lowering.step({ kernel: 'gemm_qs8_qc8w', params: 'GemmParams', macs: product.macs, ...call });
}

/** Weights [outputs][taps][input channels] of a grouped convolution, zero outside each output's group. */
function denseWeights(node: Node, weights: Tensor, convolution: Convolution): Int8Array {
  const { inputChannels, outputChannels, groupInputs, groupOutputs, window, weightStrides } = convolution;
  const taps = window.height.kernel * window.width.kernel;
  const bytes = outputChannels * taps * inputChannels;
  if (bytes > MAX_DENSE_BYTES) {
    throw new PlanError(
      'unsupported-groups',
      `${node.name}: ${inputChannels / groupInputs} groups of ${groupOutputs} outputs need ${bytes} bytes of dense weights, `
      + `at most ${MAX_DENSE_BYTES} are supported: use a depth multiplier of 1 or fewer groups`,
    );
  }
  const source = int8Elements(weights);
  const dense = new Int8Array(bytes);
  for (let o = 0; o < outputChannels; o++) {
    const firstChannel = Math.floor(o / groupOutputs) * groupInputs;
    for (let tap = 0; tap < taps; tap++) {
      for (let c = 0; c < groupInputs; c++) {
        dense[(o * taps + tap) * inputChannels + firstChannel + c] = source[o * weightStrides.channel + tap * weightStrides.tap + c]!;
      }
    }
  }
  return dense;
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
    ...(ordered ? {} : { rearranged: denseWeights(node, operands.weights, convolution) }),
  };
  const pointwise = [height, width].every((axis) => axis.kernel === 1 && axis.stride === 1);
  if (pointwise) {
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
