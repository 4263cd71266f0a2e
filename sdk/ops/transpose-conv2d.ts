import { bitsOf } from '../core/dtype.ts';
import { PlanError } from '../core/errors.ts';
import { elementCount, formatShape, MAX_EXTENT } from '../core/shape.ts';
import type { Node, Tensor, TensorType } from '../ir/graph.ts';
import { checkAttributeNames, integersAttribute } from './attributes.ts';
import { blockWalks } from './blocks.ts';
import type { BlockAxis, BlockDimension } from './blocks.ts';
import type { Convolution, Elements, Summation } from './convolution.ts';
import { filledLike } from './dense-weights.ts';
import { isFloat } from './float-operands.ts';
import { bytesOf } from './kernel-fields.ts';
import { lowerWalk } from './move.ts';
import { rejectOperand, weightZeroPoint } from './operands.ts';
import { lowerConvolution } from './product.ts';
import type { Lowering, Operator } from './types.ts';
import { checkWeightedF32, realWeights, storedWeights, summationF32 } from './weighted-f32.ts';
import { checkWeighted, loweredOperands, summationCodes, weightedOperands } from './weighted.ts';
import type { WeightedOperands } from './weighted.ts';

/** Most bytes of weights in the order of phases. */
const MAX_PHASE_BYTES = 16_777_216;

/** Output y of an input i and a tap k along one axis: y = i * stride + k - pad. */
interface Axis {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
}

interface Geometry {
  readonly batch: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly height: Axis;
  readonly width: Axis;
}

/** Taps of one phase. */
function tapsOf({ kernel, stride }: Axis): number {
  return Math.ceil(kernel / stride);
}

/** First place, in blocks of `stride` outputs before padding is cut off, and the number of places. */
function placesOf({ output, stride, pad }: Axis): { readonly first: number; readonly count: number } {
  const first = Math.floor(pad / stride);
  return { first, count: Math.floor((pad + output - 1) / stride) - first + 1 };
}

function geometryOf(node: Node, { input, weights }: WeightedOperands<TensorType>): Geometry {
  const strides = integersAttribute(node, 'strides', 2, 1, MAX_EXTENT);
  const pads = integersAttribute(node, 'pads', 2, 0, MAX_EXTENT);
  const size = integersAttribute(node, 'size', 2, 1, 2147483647);
  const [outputChannels = 0, kernelHeight = 0, kernelWidth = 0, inputChannels = 0] = weights.shape;
  const [batch = 0, , , channels = 0] = input.shape;
  if (channels !== inputChannels) {
    rejectOperand(node, 'weights', weights, `have shape ${formatShape(weights.shape)} (OHWI); the input has ${channels} channels`);
  }
  const axisOf = (index: 0 | 1, kernel: number): Axis => {
    const axis = { input: input.shape[1 + index]!, output: size[index]!, kernel, stride: strides[index]!, pad: pads[index]! };
    const { first, count } = placesOf(axis);
    const taps = tapsOf(axis);
    if (axis.pad < kernel && first + count <= axis.input + taps - 1 && (taps > 1 || count === axis.input)) return axis;
    const window = `stride ${axis.stride}, kernel ${kernel} and padding ${axis.pad}`;
    rejectOperand(node, 'input', input, `of shape ${formatShape(input.shape)} with ${window} does not give `
      + `${axis.output} outputs along axis ${1 + index}`);
  };
  return { batch, inputChannels, outputChannels, height: axisOf(0, kernelHeight), width: axisOf(1, kernelWidth) };
}

/** Inputs and taps that add to output `y`, inputs ascending. */
function contributions({ input, kernel, stride, pad }: Axis, y: number): (readonly [input: number, tap: number])[] {
  const found: (readonly [number, number])[] = [];
  const first = Math.max(0, Math.ceil((y + pad - kernel + 1) / stride));
  for (let i = first; i < input && i * stride <= y + pad; i++) found.push([i, y + pad - i * stride]);
  return found;
}

/** Outputs one by one, each summed over its inputs in order. */
function convolveTransposed(geometry: Geometry, x: Elements, w: Elements, y: Elements, summation: Summation): void {
  const { batch, inputChannels, outputChannels, height, width } = geometry;
  const columns = Array.from({ length: width.output }, (_, ox) => contributions(width, ox));
  let at = 0;
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < height.output; oy++) {
      const rows = contributions(height, oy);
      for (const column of columns) {
        for (let o = 0; o < outputChannels; o++) {
          let sum = summation.start(o);
          for (const [iy, ky] of rows) {
            for (const [ix, kx] of column) {
              const pixel = ((n * height.input + iy) * width.input + ix) * inputChannels;
              const tap = ((o * height.kernel + ky) * width.kernel + kx) * inputChannels;
              for (let c = 0; c < inputChannels; c++) sum = summation.add(sum, x[pixel + c]!, w[tap + c]!);
            }
          }
          y[at++] = summation.finish(sum, o);
        }
      }
    }
  }
}

function macsOf({ batch, inputChannels, outputChannels, height, width }: Geometry): number {
  const pairs = (axis: Axis): number => {
    let count = 0;
    for (let i = 0; i < axis.input; i++) {
      const first = i * axis.stride - axis.pad;
      count += Math.max(0, Math.min(axis.output, first + axis.kernel) - Math.max(0, first));
    }
    return count;
  };
  return batch * pairs(height) * pairs(width) * outputChannels * inputChannels;
}

/** Weights [phase row][phase column][output][taps] of a convolution whose outputs are the phases; `zero` where a phase has fewer taps. */
function phaseWeights<T extends Elements>(node: Node, { inputChannels, outputChannels, height, width }: Geometry, source: T, zero: number): T {
  const [tapRows, tapColumns] = [tapsOf(height), tapsOf(width)];
  const count = height.stride * width.stride * outputChannels * tapRows * tapColumns * inputChannels;
  if (count * source.BYTES_PER_ELEMENT > MAX_PHASE_BYTES) {
    const bytes = count * source.BYTES_PER_ELEMENT;
    throw new PlanError('unsupported-stride', `${node.name}: strides ${height.stride} and ${width.stride} need ${bytes} bytes of weights, `
      + `at most ${MAX_PHASE_BYTES} are supported: use smaller strides`);
  }
  const result = filledLike(source, count, zero);
  let at = 0;
  for (let row = 0; row < height.stride; row++) {
    for (let column = 0; column < width.stride; column++) {
      for (let o = 0; o < outputChannels; o++) {
        for (let tapRow = tapRows - 1; tapRow >= 0; tapRow--) {
          for (let tapColumn = tapColumns - 1; tapColumn >= 0; tapColumn--) {
            const [ky, kx] = [row + height.stride * tapRow, column + width.stride * tapColumn];
            const from = ((o * height.kernel + ky) * width.kernel + kx) * inputChannels;
            if (ky < height.kernel && kx < width.kernel) result.set(source.subarray(from, from + inputChannels), at);
            at += inputChannels;
          }
        }
      }
    }
  }
  return result;
}

/** The same values for every phase. */
function repeated<T>(values: readonly T[], phases: number): T[] {
  return values.length <= 1 ? [...values] : Array.from({ length: phases }, () => values).flat();
}

function repeatedBias(bias: Tensor, phases: number): Tensor {
  const data = new Uint8Array(bias.data!.length * phases);
  for (let phase = 0; phase < phases; phase++) data.set(bias.data!, phase * bias.data!.length);
  return { ...bias, shape: [bias.shape[0]! * phases], data };
}

const ORDER: readonly BlockDimension[] = ['picture', 'row', 'rowPhase', 'column', 'columnPhase', 'channel'];

/** Emits the copies of the phases [picture][row][column][phase row][phase column][channel] to their places in the output. */
function interleavePhases(node: Node, lowering: Lowering, { outputChannels, height, width }: Geometry, phases: number, output: number): void {
  const axisOf = (axis: Axis): BlockAxis => {
    const { first, count } = placesOf(axis);
    return { block: axis.stride, places: count, offset: axis.pad - first * axis.stride };
  };
  const axes = [axisOf(height), axisOf(width)] as const;
  const columnPhase = outputChannels;
  const rowPhase = columnPhase * width.stride;
  const column = rowPhase * height.stride;
  const row = column * axes[1].places;
  const blocks = { picture: row * axes[0].places, row, rowPhase, column, columnPhase, channel: 1 };
  const { dtype, shape } = lowering.tensor(output);
  for (const walk of blockWalks('to-pictures', shape, axes, blocks, ORDER)) {
    lowerWalk(node, lowering, walk, { buffer: phases }, { buffer: lowering.buffer(output) }, bitsOf(dtype) / 8);
  }
}

/** The convolution of the input that gives all phases of a block of outputs as channels of one pixel. */
function phaseConvolution(geometry: Geometry, phases: number): Convolution {
  const { batch, inputChannels, outputChannels, height, width } = geometry;
  const windowOf = (axis: Axis): Convolution['window']['height'] => {
    const { first, count } = placesOf(axis);
    return { input: axis.input, output: count, kernel: tapsOf(axis), stride: 1, dilation: 1, padBefore: tapsOf(axis) - 1 - first };
  };
  const window = { height: windowOf(height), width: windowOf(width) };
  const weightStrides = { channel: window.height.kernel * window.width.kernel * inputChannels, tap: inputChannels };
  const channels = phases * outputChannels;
  return { batch, inputChannels, outputChannels: channels, groupInputs: inputChannels, groupOutputs: channels, window, weightStrides };
}

/**
 * Transposed 2-D convolution, NHWC input, OHWI weights, optional bias [O]: int8 with int32 bias, or float32 with float32 or int8 weights.
 * Attributes: strides [h, w], pads [top, left] cut off the output, size [h, w] of the output, activation.
 *
 * Lowered to one convolution with an output channel for each of the stride x stride phases of the output, then a copy that interleaves them: every
 * sum is formed once in int32 and requantized once, and no input is stuffed with zeros.
 */
export const transposeConv2d: Operator = {
  name: 'transpose-conv2d',

  infer(node, inputs, outputs) {
    checkAttributeNames(node, ['strides', 'pads', 'size', 'activation']);
    const check = isFloat(inputs[0]) ? checkWeightedF32 : checkWeighted;
    const operands = check(node, inputs, outputs, { activation: 4, weights: 4, channelAxis: 0 });
    const { batch, outputChannels, height, width } = geometryOf(node, operands);
    return [{ ...operands.output, shape: [batch, height.output, width.output, outputChannels] }];
  },

  reference(node, inputs, outputs, mode) {
    const operands = weightedOperands(node, inputs, outputs);
    const { input, weights, bias, output } = operands;
    const geometry = geometryOf(node, operands);
    const { outputChannels } = geometry;
    if (isFloat(input)) {
      const perChannel = elementCount(weights.shape) / outputChannels;
      const w = realWeights(weights, outputChannels, (index) => Math.floor(index / perChannel));
      convolveTransposed(geometry, input.data as Float32Array, w, output.data as Float32Array, summationF32(node, bias));
      return;
    }
    const summation = summationCodes(node, operands, mode);
    convolveTransposed(geometry, input.data as Int8Array, weights.data as Int8Array | Uint8Array, output.data as Int8Array, summation);
  },

  lower(node, lowering) {
    const operands = loweredOperands(node, lowering);
    const geometry = geometryOf(node, operands);
    const count = geometry.height.stride * geometry.width.stride;
    const rearranged = phaseWeights(node, geometry, storedWeights(operands.weights), weightZeroPoint(operands.weights));
    const convolution = phaseConvolution(geometry, count);
    const { window: { height, width }, outputChannels } = convolution;
    const { quantization } = operands.weights;
    const weights: Tensor = {
      ...operands.weights,
      shape: [outputChannels, height.kernel, width.kernel, geometry.inputChannels],
      ...(quantization && {
        quantization: { ...quantization, scales: repeated(quantization.scales, count), zeroPoints: repeated(quantization.zeroPoints, count) },
      }),
      data: bytesOf(rearranged),
    };
    const bias = operands.bias && repeatedBias(operands.bias, count);
    const elements = geometry.batch * height.output * width.output * outputChannels;
    const phases = lowering.temporary(`${node.name} phases`, elements * (bitsOf(operands.output.dtype) / 8));
    const [output = -1] = node.outputs;
    const constants = new Map([[node.inputs[1], weights], [node.inputs[2], bias]]);
    const phased: Lowering = {
      ...lowering,
      buffer: (id) => (id === output ? phases : lowering.buffer(id)),
      constantTensor: (id, layout) => {
        const constant = constants.get(id);
        return constant === undefined ? lowering.constantTensor(id, layout) : lowering.constantData(constant.name, constant.data!, layout);
      },
      step: (step) => lowering.step({ ...step, macs: macsOf(geometry) }),
    };
    lowerConvolution(node, phased, { ...operands, weights, bias }, convolution);
    interleavePhases(node, lowering, geometry, phases, output);
  },
};
