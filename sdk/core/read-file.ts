import type { FileHandle } from 'node:fs/promises';
import { OptionError } from './errors.ts';
import { nodeFs } from './node-fs.ts';

const FIRST_BYTES = 65_536;
/** Most bytes of a model file: kernels address a model by int32. */
const MODEL_BYTES = 2 ** 31 - 1;

/** What a file is for, in messages: `what` names the option and path, `wanted` what to pass. */
export interface FileUse {
  readonly what: string;
  readonly wanted: string;
}

function tooLarge({ what, wanted }: FileUse, found: string, most: number): OptionError {
  return new OptionError('file-too-large', `${what}: has ${found} bytes, at most ${most} are allowed; pass the path of ${wanted}`);
}

/** What a pipe or device gives until it ends, or the first byte above `most`. */
async function readStream(file: FileHandle, most: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
  let bytes = new Uint8Array(Math.min(FIRST_BYTES, most + 1));
  let length = 0;
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, null);
    length += bytesRead;
    if (bytesRead === 0 || length > most) return bytes.subarray(0, length);
    if (length === bytes.length) {
      const grown = new Uint8Array(Math.min(2 * length, most + 1));
      grown.set(bytes);
      bytes = grown;
    }
  }
}

async function readOpen(file: FileHandle, use: FileUse, most: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const stat = await file.stat();
  if (stat.isFile() && stat.size > most) throw tooLarge(use, String(stat.size), most);
  // Files of procfs are regular and state no size.
  if (stat.isFile() && stat.size > 0) return file.readFile({ signal });
  const bytes = await readStream(file, most, signal);
  if (bytes.length > most) throw tooLarge(use, `more than ${most}`, most);
  return bytes;
}

/**
 * Reads a file, pipe or device to its end; one without an end is read no further than `most` bytes.
 * @throws OptionError when it cannot be read or has more than `most` bytes; the signal's reason when aborted
 */
export async function readFileWithin(path: string | URL, use: FileUse, most: number, signal?: AbortSignal): Promise<Uint8Array> {
  try {
    const file = await nodeFs.promises.open(path);
    try {
      return await readOpen(file, use, most, signal);
    } finally {
      await file.close();
    }
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof OptionError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new OptionError('unreadable-file', `${use.what}: cannot be read (${code ?? message}); pass the path of ${use.wanted}`, { cause });
  }
}

/** Reads a model file. @throws as `readFileWithin` does */
export function readModelFile(path: string | URL, signal?: AbortSignal): Promise<Uint8Array> {
  return readFileWithin(path, { what: `model '${String(path)}'`, wanted: 'a model file' }, MODEL_BYTES, signal);
}
