import { join, sep } from 'node:path';
import { checkDirectory } from '../core/arguments.ts';
import { ModelError, OptionError } from '../core/errors.ts';
import { nodeFs } from '../core/node-fs.ts';
import { readFileWithin } from '../core/read-file.ts';
import { hashOf } from './hash.ts';
import { MANIFEST, MANIFEST_BYTES, parseManifest, type Variant } from './manifest.ts';

const { readFile, realpath, stat } = nodeFs.promises;

async function reading<T>(path: string, read: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await read();
  } catch (error) {
    signal?.throwIfAborted();
    const cause = error as NodeJS.ErrnoException;
    throw new OptionError('unreadable-file', `variants '${path}': cannot be read (${cause.code ?? cause.message}); pass a directory with ${MANIFEST} and its files`, { cause });
  }
}

/**
 * The variants that a directory holds by its manifest.
 * @param directory path or file URL
 * @throws OptionError `unreadable-file`, `file-too-large`, ModelError `broken-manifest`
 */
export async function readVariants(directory: string | URL, signal?: AbortSignal): Promise<readonly Variant[]> {
  const path = join(checkDirectory(directory, 'readVariants: directory'), MANIFEST);
  const use = { what: `variants '${path}'`, wanted: `a directory with ${MANIFEST} and its files` };
  return parseManifest(await readFileWithin(path, use, MANIFEST_BYTES, signal), path);
}

/** The path of a variant's file, without links. @throws OptionError `unreadable-file`, ModelError `outside-directory` for a link that leads out */
export async function findFile(directory: string, { name, file }: Pick<Variant, 'name' | 'file'>, signal?: AbortSignal): Promise<string> {
  const path = join(directory, file);
  const [root, real] = await reading(path, () => Promise.all([realpath(directory), realpath(path)]), signal);
  if (real.startsWith(root.endsWith(sep) ? root : root + sep)) return real;
  throw new ModelError('outside-directory', `variant '${name}': ${path} leads to ${real}; files must lie inside ${root}`);
}

/**
 * The bytes of a variant, as its manifest states them.
 * @throws as `findFile`, ModelError `wrong-bytes` for another size or hash
 */
export async function readVariant(directory: string, variant: Variant, signal?: AbortSignal): Promise<Uint8Array> {
  const { name, file, bytes, sha256 } = variant;
  const path = join(directory, file);
  const real = await findFile(directory, variant, signal);
  const { size } = await reading(path, () => stat(real), signal);
  if (size !== bytes) throw new ModelError('wrong-bytes', `variant '${name}': ${path} has ${size} bytes, the manifest states ${bytes}; copy the file again`);
  const content = await reading(path, () => readFile(real, { signal }), signal);
  const hash = await hashOf(content);
  if (hash !== sha256) throw new ModelError('wrong-bytes', `variant '${name}': ${path} has SHA-256 ${hash}, the manifest states ${sha256}; copy the file again`);
  return content;
}
