import { OptionError } from '../../core/errors.ts';

/**
 * Pixels of the largest picture that is decoded; decoders take up to 11 bytes a pixel and component while they work: 33 for a JPEG file of
 * three components without subsampling.
 */
export const MAX_PIXELS = 2 ** 24;

/** A file that is not what its first bytes promise. */
export function brokenImage(where: string, message: string): OptionError {
  return new OptionError('broken-image', `${where}: ${message}; save the picture again or use another file`);
}

/** A valid file of a kind that is not decoded. */
export function unsupportedImage(where: string, message: string): OptionError {
  return new OptionError('unsupported-image', `${where}: ${message}`);
}

/** Bounds memory before anything is allocated. @throws OptionError for empty and for too large pictures */
export function checkDimensions(width: number, height: number, where: string): void {
  if (width < 1 || height < 1) throw brokenImage(where, `the picture has ${width} x ${height} pixels`);
  if (width * height > MAX_PIXELS) {
    throw unsupportedImage(where, `the picture has ${width} x ${height} pixels, at most ${MAX_PIXELS} are decoded: scale it down first`);
  }
}
