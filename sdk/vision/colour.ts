import type { Image } from './types.ts';

/** Rec. ITU-R BT.601 luma in 1/65536: the weights sum to 65536, so grey stays what it was. */
const RED = 19595;
const GREEN = 38470;
const BLUE = 7471;

/** The picture with `channels` channels: grey by BT.601 luma, RGB from grey by repetition; alpha is dropped. */
export function toChannels(image: Image, channels: 1 | 3): Image {
  if (image.channels === channels) return image;
  const { width, height, data } = image;
  const out = new Uint8Array(width * height * channels);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const from = pixel * image.channels;
    if (channels === 1) {
      out[pixel] = (RED * data[from]! + GREEN * data[from + 1]! + BLUE * data[from + 2]! + 32768) >> 16;
    } else {
      for (let channel = 0; channel < 3; channel++) out[pixel * 3 + channel] = data[from + (image.channels === 1 ? 0 : channel)]!;
    }
  }
  return { width, height, channels, data: out };
}
