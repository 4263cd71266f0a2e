import { OptionError } from '../core/errors.ts';
import { storing } from './durable-file.ts';

/** What a wrong path leads to, not a failing medium. */
const WRONG_PATH = new Set(['EACCES', 'EEXIST', 'ENOENT', 'ENOTDIR', 'EPERM']);

/**
 * Runs the first steps in a directory that was named by the caller.
 * @throws OptionError `unusable-directory` when it is a file or may not be written, otherwise what `storing` throws
 */
export function usable<T>(directory: string, step: () => Promise<T>): Promise<T> {
  return storing(directory, step).catch((error: unknown) => {
    const { code = '' } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (!WRONG_PATH.has(code)) throw error;
    throw new OptionError('unusable-directory', `${directory}: cannot be used as a directory (${code}); pass a new one, or one that this user may write`, { cause: error });
  });
}
