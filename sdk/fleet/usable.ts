import { OptionError } from '../core/errors.ts';
import { storing } from './durable-file.ts';

/** What a wrong path leads to, not a failing medium. */
const WRONG_PATH = new Set(['EACCES', 'EEXIST', 'EISDIR', 'ELOOP', 'ENAMETOOLONG', 'ENOENT', 'ENOTDIR', 'EPERM', 'EROFS']);

/**
 * Runs the first steps in a directory that was named by the caller.
 * @throws OptionError `unusable-directory` when it is a file or may not be written, otherwise what `storing` throws
 */
export async function usable<T>(directory: string, step: () => Promise<T>): Promise<T> {
  if (directory === '') throw new OptionError('unusable-directory', 'the path of a directory is empty; pass one');
  return storing(directory, step).catch((error: unknown) => {
    const { code = '' } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (!WRONG_PATH.has(code)) throw error;
    throw new OptionError('unusable-directory', `${directory}: cannot be used as a directory (${code}); pass a new one, or one that this user may write`, { cause: error });
  });
}
