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

/** How an output is summed: from `start`, over all taps inside the input in order, to the element that is stored. */
export interface Summation {
  readonly start: (channel: number) => number;
  readonly add: (sum: number, input: number, weight: number) => number;
  readonly finish: (sum: number, channel: number) => number;
}

/** Elements of tensors that are summed. */
export type Elements = Int8Array | Uint8Array | Float32Array;

/** Scalar convolution; padding taps are skipped, which equals padding with the zero point. */
export function convolve(convolution: Convolution, x: Elements, w: Elements, y: Elements, { start, add, finish }: Summation): void {
  const { batch, inputChannels, outputChannels, groupInputs, groupOutputs, window, weightStrides } = convolution;
  const { height, width } = window;
  let at = 0;
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < height.output; oy++) {
      const [firstRow, endRow] = validTaps(height, oy);
      for (let ox = 0; ox < width.output; ox++) {
        const [firstColumn, endColumn] = validTaps(width, ox);
        for (let o = 0; o < outputChannels; o++) {
          let sum = start(o);
          const firstChannel = Math.floor(o / groupOutputs) * groupInputs;
          for (let ky = firstRow; ky < endRow; ky++) {
            const iy = oy * height.stride - height.padBefore + ky * height.dilation;
            for (let kx = firstColumn; kx < endColumn; kx++) {
              const ix = ox * width.stride - width.padBefore + kx * width.dilation;
              const pixel = ((n * height.input + iy) * width.input + ix) * inputChannels + firstChannel;
              const tap = o * weightStrides.channel + (ky * width.kernel + kx) * weightStrides.tap;
              for (let c = 0; c < groupInputs; c++) sum = add(sum, x[pixel + c]!, w[tap + c]!);
            }
          }
          y[at++] = finish(sum, o);
        }
      }
    }
  }
}

/** Multiply-accumulates of a convolution, padding taps excluded. */
export function convolutionMacs({ batch, outputChannels, groupInputs, window }: Convolution): number {
  return batch * countValidTaps(window) * outputChannels * groupInputs;
}
