import type { Node } from '../ir/graph.ts';
import { clampCode, codeRange } from './activation.ts';
import { tensorScale } from './operands.ts';
import { realMultipliers, requantizer } from './requantize.ts';
import type { RequantizeMode, TensorValue } from './types.ts';
import type { WeightedOperands } from './weighted.ts';
import { countValidTaps, validTaps } from './window.ts';
import type { Window } from './window.ts';

/** Geometry of a convolution in any number of groups. Output channel o reads input channels from floor(o / groupOutputs) * groupInputs. */
export interface Convolution {
  readonly batch: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly groupInputs: number;
  readonly groupOutputs: number;
  readonly window: Window;
  /** Weight of output channel o, tap t = row * kernel width + column, group channel c is element o * channel + t * tap + c. */
  readonly weightStrides: { readonly channel: number; readonly tap: number };
}

/** Exact scalar convolution of int8 codes; padding taps are skipped, which equals padding with the zero point. */
export function convolutionReference(node: Node, convolution: Convolution, operands: WeightedOperands<TensorValue>, mode: RequantizeMode): void {
  const { batch, inputChannels, outputChannels, groupInputs, groupOutputs, window, weightStrides } = convolution;
  const { height, width } = window;
  const { input, weights, bias, output } = operands;
  const x = input.data as Int8Array;
  const w = weights.data as Int8Array;
  const b = bias?.data as Int32Array | undefined;
  const y = output.data as Int8Array;
  const inputZero = tensorScale(input).zeroPoint;
  const outputZero = tensorScale(output).zeroPoint;
  const range = codeRange(node, tensorScale(output));
  const requantize = requantizer(mode, realMultipliers(input, weights, output, outputChannels));
  let at = 0;
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < height.output; oy++) {
      const [firstRow, endRow] = validTaps(height, oy);
      for (let ox = 0; ox < width.output; ox++) {
        const [firstColumn, endColumn] = validTaps(width, ox);
        for (let o = 0; o < outputChannels; o++) {
          let accumulator = b?.[o] ?? 0;
          const firstChannel = Math.floor(o / groupOutputs) * groupInputs;
          for (let ky = firstRow; ky < endRow; ky++) {
            const iy = oy * height.stride - height.padBefore + ky * height.dilation;
            for (let kx = firstColumn; kx < endColumn; kx++) {
              const ix = ox * width.stride - width.padBefore + kx * width.dilation;
              const pixel = ((n * height.input + iy) * width.input + ix) * inputChannels + firstChannel;
              const tap = o * weightStrides.channel + (ky * width.kernel + kx) * weightStrides.tap;
              for (let c = 0; c < groupInputs; c++) accumulator = (accumulator + (x[pixel + c]! - inputZero) * w[tap + c]!) | 0;
            }
          }
          y[at++] = clampCode(requantize(accumulator, o) + outputZero, range);
        }
      }
    }
  }
}

/** Multiply-accumulates of a convolution, padding taps excluded. */
export function convolutionMacs({ batch, outputChannels, groupInputs, window }: Convolution): number {
  return batch * countValidTaps(window) * outputChannels * groupInputs;
}
