import type { Image } from './types.ts';

/** `stretch` ignores the aspect ratio, `letterbox` keeps it and adds black bars, `crop` keeps it and cuts the longer side on both ends. */
export const RESIZE_MODES = ['stretch', 'letterbox', 'crop'] as const;

export type ResizeMode = (typeof RESIZE_MODES)[number];

/** A rectangle of a picture in pixels. */
interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Weights have 11 fractional bits: two of them and a byte stay below 2^31. */
const WEIGHT_BITS = 11;
const ONE = 1 << WEIGHT_BITS;

interface Taps {
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** Weight of `second`. */
  readonly weight: Int32Array;
}

/** Bilinear taps with half-pixel centres over `extent` source pixels from `start`, clamped at the ends. */
function tapsOf(start: number, extent: number, size: number): Taps {
  const first = new Int32Array(size);
  const second = new Int32Array(size);
  const weight = new Int32Array(size);
  for (let at = 0; at < size; at++) {
    const position = Math.min(Math.max(((at + 0.5) * extent) / size - 0.5, 0), extent - 1);
    const before = Math.floor(position);
    first[at] = start + before;
    second[at] = start + Math.min(before + 1, extent - 1);
    weight[at] = Math.round((position - before) * ONE);
  }
  return { first, second, weight };
}

/** Scales the rectangle `from` of `image` into the rectangle `to` of `out`. */
function scaleInto(image: Image, from: Rectangle, out: Image, to: Rectangle): void {
  const { channels, data } = image;
  const columns = tapsOf(from.left, from.width, to.width);
  const rows = tapsOf(from.top, from.height, to.height);
  for (let y = 0; y < to.height; y++) {
    const upper = rows.first[y]! * image.width * channels;
    const lower = rows.second[y]! * image.width * channels;
    const down = rows.weight[y]!;
    let at = ((to.top + y) * out.width + to.left) * channels;
    for (let x = 0; x < to.width; x++) {
      const left = columns.first[x]! * channels;
      const right = columns.second[x]! * channels;
      const across = columns.weight[x]!;
      for (let channel = 0; channel < channels; channel++) {
        const top = data[upper + left + channel]! * (ONE - across) + data[upper + right + channel]! * across;
        const bottom = data[lower + left + channel]! * (ONE - across) + data[lower + right + channel]! * across;
        out.data[at++] = (top * (ONE - down) + bottom * down + ONE * ONE / 2) >> (2 * WEIGHT_BITS);
      }
    }
  }
}

function centred(within: number, size: number): number {
  return Math.floor((within - size) / 2);
}

/**
 * The picture with `width` x `height` pixels, bilinear with half-pixel centres in integer arithmetic.
 * A picture of exactly that size is returned as it is, whatever the mode.
 */
export function resize(image: Image, width: number, height: number, mode: ResizeMode): Image {
  if (image.width === width && image.height === height) return image;
  const out = { width, height, channels: image.channels, data: new Uint8Array(width * height * image.channels) };
  let from = { left: 0, top: 0, width: image.width, height: image.height };
  let to = { left: 0, top: 0, width, height };
  const wider = image.width * height > image.height * width;
  if (mode === 'crop') {
    const cutWidth = wider ? Math.max(1, Math.round((image.height * width) / height)) : image.width;
    const cutHeight = wider ? image.height : Math.max(1, Math.round((image.width * height) / width));
    from = { left: centred(image.width, cutWidth), top: centred(image.height, cutHeight), width: cutWidth, height: cutHeight };
  } else if (mode === 'letterbox') {
    const fitWidth = wider ? width : Math.max(1, Math.round((image.width * height) / image.height));
    const fitHeight = wider ? Math.max(1, Math.round((image.height * width) / image.width)) : height;
    to = { left: centred(width, fitWidth), top: centred(height, fitHeight), width: fitWidth, height: fitHeight };
  }
  scaleInto(image, from, out, to);
  return out;
}
