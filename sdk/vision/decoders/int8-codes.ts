/** Share of pixels that must be no near-black and near-white: text and line art have few, and hard edges of their own. */
const LEAST_MIDTONES = 0.5;
const EXTREME = 16;
/** Share of the differences between neighbours that must remain; photographs keep all of them or more (at least 1.0 on 1100 pictures). */
const MOST_VARIATION = 0.9;

/**
 * Whether a grey picture holds the int8 codes of a model input (pixel - 128) instead of pixels, as the test pictures of TensorFlow Lite Micro do.
 * Such pictures wrap around at mid-grey: with all sign bits flipped, neighbouring pixels come closer to each other.
 */
export function holdsInt8Codes(grey: Uint8Array, width: number): boolean {
  let asPixels = 0;
  let asCodes = 0;
  let midtones = 0;
  const compare = (value: number, at: number): void => {
    const other = grey[at]!;
    asPixels += Math.abs(value - other);
    asCodes += Math.abs((value ^ 0x80) - (other ^ 0x80));
  };
  grey.forEach((value, at) => {
    if (value > EXTREME && value < 255 - EXTREME) midtones++;
    if (at % width > 0) compare(value, at - 1);
    if (at >= width) compare(value, at - width);
  });
  return midtones >= grey.length * LEAST_MIDTONES && asCodes < asPixels * MOST_VARIATION;
}
