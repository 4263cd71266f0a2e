import type { FrameFormat } from './types.ts';

/** Codes of YUV frames: `limited` has black at Y 16 and white at 235, as cameras and video do; `full` uses 0 to 255, as JPEG does. */
export const COLOUR_RANGES = ['limited', 'full'] as const;

export type ColourRange = (typeof COLOUR_RANGES)[number];

/** Colour = clamp((a * sample 0 + b * sample 1 + c * sample 2 + offset) / 2^16), rounded down, to 0…255. */
export type ColourRow = readonly [a: number, b: number, c: number, offset: number];

const ONE = 65_536;
const HALF = ONE / 2;

/** Rec. ITU-R BT.601 luma in 1/65536: the weights sum to 65536, so grey stays what it was. */
const LUMA: ColourRow = [19_595, 38_470, 7471, HALF];
const [KR, KG, KB] = [0.299, 0.587, 0.114];

const CODES = { full: { black: 0, luma: 255, chroma: 255 }, limited: { black: 16, luma: 219, chroma: 224 } } as const;

/** A colour of Y, U and V, which are 128 without colour. */
function yuvRow(range: ColourRange, u: number, v: number): ColourRow {
  const { black, luma, chroma } = CODES[range];
  const [a, b, c] = [Math.round((ONE * 255) / luma), Math.round((ONE * 255 * u) / chroma), Math.round((ONE * 255 * v) / chroma)];
  return [a, b, c, HALF - black * a - 128 * (b + c)];
}

/** Rec. ITU-R BT.601, section 2.5, solved for R, G and B. */
function rgbRows(range: ColourRange): ColourRow[] {
  const [red, blue] = [2 * (1 - KR), 2 * (1 - KB)];
  return [yuvRow(range, 0, red), yuvRow(range, (-blue * KB) / KG, (-red * KR) / KG), yuvRow(range, blue, 0)];
}

/**
 * How the three samples of a pixel become the colours of a model input, or undefined where they are these colours. Grey stands three times.
 * @param channels 1 for grey, 3 for RGB
 */
export function colourMatrix(format: FrameFormat, channels: 1 | 3, range: ColourRange): readonly ColourRow[] | undefined {
  if (format === 'nv12' || format === 'i420') return channels === 3 ? rgbRows(range) : [yuvRow(range, 0, 0)];
  return channels === 1 && format !== 'grey' ? [LUMA] : undefined;
}
