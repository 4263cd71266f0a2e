import { OptionError } from '../../core/errors.ts';

/** Pixels of the largest picture that is decoded: three bytes each are 96 MiB. */
export const MAX_PIXELS = 2 ** 25;

/** A file that is not what its first bytes promise. */
export function brokenImage(where: string, message: string): OptionError {
  return new OptionError('broken-image', `${where}: ${message}; save the picture again or use another file`);
}

/** A valid file of a kind that is not decoded. */
export function unsupportedImage(where: string, message: string): OptionError {
  return new OptionError('unsupported-image', `${where}: ${message}`);
}

/** Bounds memory before anything is allocated. @throws OptionError for empty and for too large pictures */
export function checkDimensions(width: number, height: number, where: string, most = MAX_PIXELS): void {
  if (width < 1 || height < 1) throw brokenImage(where, `the picture has ${width} x ${height} pixels`);
  if (width * height > most) {
    throw unsupportedImage(where, `the picture has ${width} x ${height} pixels, at most ${most} are decoded: scale it down first`);
  }
}
