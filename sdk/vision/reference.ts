import type { TypedArray } from '../core/dtype.ts';
import { colourMatrix, type ColourRange } from './colour.ts';
import { planesOf } from './frame.ts';
import { CODES } from './frame-plan.ts';
import type { ImageShape } from './image-port.ts';
import { placementOf, type ResizeMode, type Size } from './placement.ts';
import { tapsOf, WEIGHT_BITS } from './taps.ts';
import type { Frame } from './types.ts';

// The scalar definition of frame_x8, value for value.

/** Interleaved colours. */
export interface Pixels extends Size {
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** The colours of a frame, its own size. */
export function toPixels(frame: Frame, channels: 1 | 3, range: ColourRange): Pixels {
  const { width, height, format, data: bytes } = frame;
  const { offsets, stride, step, otherStride, otherStep, otherShift } = planesOf(frame, 'reference');
  const matrix = colourMatrix(format, channels, range);
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const other = (y >> otherShift) * otherStride + (x >> otherShift) * otherStep;
      const samples = [y * stride + x * step, other, other].map((place, plane) => bytes[offsets[plane]! + place]!);
      for (let channel = 0; channel < channels; channel++) {
        const [a, b, c, offset] = matrix?.[channel] ?? [0, 0, 0, 0];
        const colour = matrix === undefined ? samples[channel]! : (a * samples[0]! + b * samples[1]! + c * samples[2]! + offset) >> 16;
        data[(y * width + x) * channels + channel] = Math.min(Math.max(colour, 0), 255);
      }
    }
  }
  return { width, height, channels, data };
}

/** The picture with the size of `input`, bilinear with half-pixel centres in integer arithmetic. */
export function resize(pixels: Pixels, input: Size, mode: ResizeMode): Pixels {
  const { channels, data } = pixels;
  const { from, to } = placementOf(pixels, input, mode);
  const columns = tapsOf(from.left, from.width, to.width);
  const rows = tapsOf(from.top, from.height, to.height);
  const one = 1 << WEIGHT_BITS;
  const out = new Uint8Array(input.width * input.height * channels);
  for (let y = 0; y < to.height; y++) {
    const upper = rows.first[y]! * pixels.width * channels;
    const lower = rows.second[y]! * pixels.width * channels;
    const down = rows.weight[y]!;
    let at = ((to.top + y) * input.width + to.left) * channels;
    for (let x = 0; x < to.width; x++) {
      const left = columns.first[x]! * channels;
      const right = columns.second[x]! * channels;
      const across = columns.weight[x]!;
      for (let channel = 0; channel < channels; channel++) {
        const top = data[upper + left + channel]! * (one - across) + data[upper + right + channel]! * across;
        const bottom = data[lower + left + channel]! * (one - across) + data[lower + right + channel]! * across;
        out[at++] = (top * (one - down) + bottom * down + one * one / 2) >> (2 * WEIGHT_BITS);
      }
    }
  }
  return { width: input.width, height: input.height, channels, data: out };
}

/** Writes the values of pixels into `target` in the order of a model input. */
export function writeValues({ data, channels }: Pixels, { layout }: ImageShape, values: ArrayLike<number>, target: TypedArray): void {
  const area = data.length / channels;
  data.forEach((value, at) => {
    const channel = at % channels;
    const place = layout === 'nhwc' ? at : channel * area + (at - channel) / channels;
    (target as Float32Array)[place] = values[channel * CODES + value]!;
  });
}
