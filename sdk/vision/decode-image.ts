import { checkBytes } from '../core/arguments.ts';
import { OptionError } from '../core/errors.ts';
import { imageDecoders } from './decoders/index.ts';
import type { Image } from './types.ts';

/**
 * Decodes a picture file, its format known by its first bytes. JPEG files are turned upright by their EXIF orientation, which may swap width and
 * height.
 * @param where name of the file, for messages
 * @throws OptionError for anything but bytes, and for damaged, unknown and too large pictures
 */
export async function decodeImage(bytes: Uint8Array, where = 'picture'): Promise<Image> {
  checkBytes(bytes, where);
  const decoder = imageDecoders.find((candidate) => candidate.detect(bytes));
  if (decoder === undefined) {
    const start = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const names = imageDecoders.map(({ name }) => name).join(', ');
    throw new OptionError('unsupported-image', `${where}: the file starts with ${start || 'nothing'}, which is not one of: ${names}`);
  }
  return (await decoder.load())(bytes, where);
}
