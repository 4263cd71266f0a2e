import { appendFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { OptionError } from '../core/errors.ts';

async function writing(path: string, option: string, allowed: string, step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new OptionError('unwritable-file', `${option} '${path}': cannot be written (${code ?? message}); pass ${allowed}`, { cause: error });
  }
}

const FILE = 'the path of a file in an existing folder';

/**
 * Makes sure, before any work, that a file named on the command line can be written: an empty one is left, one that exists stays as it is, and so
 * does a pipe or a device.
 * @throws OptionError `unwritable-file`
 */
export function checkWritable(path: string, option: string): Promise<void> {
  return writing(path, option, FILE, async () => {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || found.isFile() || found.isDirectory()) await appendFile(path, '');
  });
}

/** @throws OptionError `unwritable-file` */
export function writeFileOption(path: string, option: string, content: string | Uint8Array): Promise<void> {
  return writing(path, option, FILE, () => writeFile(path, content));
}

/** A folder and those it lies in. In procfs, which refuses folders as missing, `recursive` of `mkdir` never ends. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT') throw error;
    await makeFolder(dirname(resolve(path)));
    await mkdir(path);
  }
}

/** Makes a folder named on the command line. @throws OptionError `unwritable-file` */
export function makeFolderOption(path: string, option: string): Promise<void> {
  return writing(path, option, 'a new folder or one that this user may write', () => makeFolder(path));
}
