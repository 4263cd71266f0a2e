import type { Graph } from '../../sdk/ir/graph.ts';
import { activation, bias, codes, CONVOLUTION, random, single, weights } from '../ops/graphs.ts';

const scales = (count: number): number[] => Array.from({ length: count }, (_, channel) => 0.002 + (channel % 7) * 1e-4);

/** rows x depth times depth x columns. */
export function gemm(rows: number, columns: number, depth: number): Graph {
  const next = random(rows * columns + depth);
  return single('fully-connected', [
    activation('input', [rows, depth]),
    weights([columns, depth], codes(next, columns * depth, -127), scales(columns)),
    bias(Array.from({ length: columns }, (_, column) => column * 10)),
  ], activation('output', [rows, columns]), { activation: 'none', keepDims: false });
}

/** 3x3 on size x size x channels with padding that keeps ceil(size / stride). */
export function depthwise(size: number, channels: number, stride: number): Graph {
  const next = random(size * channels + stride);
  const out = Math.ceil(size / stride);
  const before = Math.floor(((out - 1) * stride + 3 - size) / 2);
  const after = (out - 1) * stride + 3 - size - before;
  return single('depthwise-conv2d', [
    activation('input', [1, size, size, channels]),
    weights([1, 3, 3, channels], codes(next, 9 * channels, -127), scales(channels), 3),
    bias(Array.from({ length: channels }, (_, channel) => channel * 10)),
  ], activation('output', [1, out, out, channels]), { ...CONVOLUTION, strides: [stride, stride], pads: [before, before, after, after] });
}

/** Square window on size x size x channels, padded to keep ceil(size / stride). */
export function convolution(size: number, channels: number, outputs: number, kernel: number, stride: number): Graph {
  const next = random(size * channels + outputs);
  const out = Math.ceil(size / stride);
  const padding = Math.max(0, (out - 1) * stride + kernel - size);
  const before = Math.floor(padding / 2);
  const pads = [before, before, padding - before, padding - before];
  return single('conv2d', [
    activation('input', [1, size, size, channels]),
    weights([outputs, kernel, kernel, channels], codes(next, outputs * kernel * kernel * channels, -127), scales(outputs)),
    bias(Array.from({ length: outputs }, (_, channel) => channel * 10)),
  ], activation('output', [1, out, out, outputs]), { ...CONVOLUTION, strides: [stride, stride], pads });
}
