import { PlanError } from '../core/errors.ts';
import type { Node } from '../ir/graph.ts';
import type { Convolution, Elements } from './convolution.ts';

/** Most bytes of weights that a grouped convolution may take when made dense. */
const MAX_DENSE_BYTES = 4_194_304;

/** `count` elements of the type of `source`. */
export function filledLike<T extends Elements>(source: T, count: number, value: number): T {
  if (source instanceof Float32Array) return new Float32Array(count).fill(value) as T;
  return (source instanceof Uint8Array ? new Uint8Array(count) : new Int8Array(count)).fill(value) as T;
}

/** Weights [outputs][taps][input channels] of a grouped convolution, `zero` outside each output's group. */
export function denseWeights<T extends Elements>(node: Node, source: T, convolution: Convolution, zero: number): T {
  const { inputChannels, outputChannels, groupInputs, groupOutputs, window, weightStrides } = convolution;
  const taps = window.height.kernel * window.width.kernel;
  const count = outputChannels * taps * inputChannels;
  const bytes = count * source.BYTES_PER_ELEMENT;
  if (bytes > MAX_DENSE_BYTES) {
    throw new PlanError(
      'unsupported-groups',
      `${node.name}: ${inputChannels / groupInputs} groups of ${groupOutputs} outputs need ${bytes} bytes of dense weights, `
      + `at most ${MAX_DENSE_BYTES} are supported: use a depth multiplier of 1 or fewer groups`,
    );
  }
  const dense = filledLike(source, count, zero);
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
