import { readFileWithin } from '../core/read-file.ts';

/**
 * Reads a file named on the command line.
 * @throws OptionError when it cannot be read or has more than `most` bytes
 */
export function readFileOption(path: string, option: string, most: number): Promise<Uint8Array> {
  return readFileWithin(path, { what: `${option} '${path}'`, wanted: 'a file' }, most);
}
