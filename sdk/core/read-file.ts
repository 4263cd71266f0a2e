import { OptionError } from './errors.ts';
import { nodeFs } from './node-fs.ts';

// Node 24 loads the promises of its file system at their first use, which takes 3 ms of a cold start.
const { promisify } = process.getBuiltinModule('node:util');
const open = promisify<string | URL, string, number>(nodeFs.open);
const fstat = promisify(nodeFs.fstat);
const read = promisify(nodeFs.read);
const close = promisify(nodeFs.close);

/** Read first where no size is stated. */
const FIRST_BYTES = 65_536;
/** Read at once: an abort comes through between two reads. */
const MOST_AT_ONCE = 2 ** 24;
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

/** What a file gives until it ends, or the first byte above `most`; `expected` bytes are read without copying. */
async function readToEnd(file: number, expected: number, most: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
  // One more, as only a read of nothing says that the file has ended.
  let bytes = new Uint8Array(Math.min(expected, most) + 1);
  let length = 0;
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await read(file, bytes, length, Math.min(bytes.length - length, MOST_AT_ONCE), null);
    length += bytesRead;
    if (bytesRead === 0 || length > most) return bytes.subarray(0, length);
    if (length === bytes.length) {
      const grown = new Uint8Array(Math.min(2 * length, most + 1));
      grown.set(bytes);
      bytes = grown;
    }
  }
}

async function readOpen(file: number, use: FileUse, most: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const stat = await fstat(file);
  if (stat.isFile() && stat.size > most) throw tooLarge(use, String(stat.size), most);
  // Files of procfs are regular and state no size.
  const bytes = await readToEnd(file, stat.isFile() && stat.size > 0 ? stat.size : FIRST_BYTES, most, signal);
  if (bytes.length > most) throw tooLarge(use, `more than ${most}`, most);
  return bytes;
}

/**
 * Reads a file, pipe or device to its end; one without an end is read no further than `most` bytes.
 * @throws OptionError when it cannot be read or has more than `most` bytes; the signal's reason when aborted
 */
export async function readFileWithin(path: string | URL, use: FileUse, most: number, signal?: AbortSignal): Promise<Uint8Array> {
  signal?.throwIfAborted();
  try {
    const file = await open(path, 'r');
    try {
      return await readOpen(file, use, most, signal);
    } finally {
      await close(file);
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
