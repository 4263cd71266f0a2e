import { readFile, stat } from 'node:fs/promises';
import { OptionError } from '../core/errors.ts';

/**
 * Reads a file named on the command line.
 * @throws OptionError when it cannot be read or has more than `most` bytes
 */
export async function readFileOption(path: string, option: string, most: number): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > most) throw new OptionError('file-too-large', `${option} '${path}': has ${size} bytes, at most ${most} are allowed`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof OptionError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new OptionError('unreadable-file', `${option} '${path}': cannot be read (${code ?? message}); pass the path of a file`, { cause: error });
  }
}
