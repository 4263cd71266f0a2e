import { CHANNELS, type Image } from '../types.ts';
import type { Orientation } from './exif.ts';

/** The picture as it was seen: flipped and turned by its orientation, width and height swapped where it stands on a side. */
export function upright(image: Image, orientation: Orientation): Image {
  if (orientation === 1) return image;
  const { width, height, format, data } = image;
  const channels = CHANNELS[format];
  const [fromRight, fromBottom] = [[2, 3, 7, 8].includes(orientation), [3, 4, 6, 7].includes(orientation)];
  const first = (fromBottom ? (height - 1) * width : 0) + (fromRight ? width - 1 : 0);
  const [column, row] = [fromRight ? -1 : 1, fromBottom ? -width : width];
  const size = orientation >= 5 ? { width: height, height: width } : { width, height };
  const [across, down] = orientation >= 5 ? [row, column] : [column, row];
  const turned = new Uint8Array(data.length);
  for (let y = 0, at = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const from = (first + x * across + y * down) * channels;
      for (let channel = 0; channel < channels; channel++) turned[at++] = data[from + channel]!;
    }
  }
  return { ...image, ...size, data: turned };
}
