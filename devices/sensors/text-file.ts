import { nodeFs } from '../../sdk/core/node-fs.ts';

/** Files of sysfs and procfs that matter are shorter; nothing longer is read. */
const MAX_BYTES = 4096;
const MAX_ENTRIES = 256;

const bytes = new Uint8Array(MAX_BYTES);
let length = 0;

/** The text of a file, trimmed of white space and NULs, at most 4096 bytes of it; undefined where it cannot be read. */
export function readText(path: string): string | undefined {
  const file = TextFile.open(path);
  const text = file?.text();
  file?.close();
  return text;
}

/** Names in a folder that match, sorted with numbers by value, at most 256; none where it is missing. */
export function listNames(path: string, pattern: RegExp): string[] {
  try {
    return nodeFs.readdirSync(path).filter((name) => pattern.test(name))
      .sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, MAX_ENTRIES);
  } catch {
    return [];
  }
}

/** System error code of opening and reading a file, e.g. `EACCES`; undefined where it can be read. */
export function failureOf(path: string): string | undefined {
  try {
    const fd = nodeFs.openSync(path, nodeFs.constants.O_RDONLY | nodeFs.constants.O_NONBLOCK);
    try {
      nodeFs.readSync(fd, bytes, 0, MAX_BYTES, 0);
      return undefined;
    } finally {
      nodeFs.closeSync(fd);
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unreadable';
  }
}

/** A file kept open: the kernel makes its text anew for every read at offset 0, so a poll is one system call. */
export class TextFile {
  readonly path: string;
  readonly #fd: number;

  private constructor(path: string, fd: number) {
    this.path = path;
    this.#fd = fd;
  }

  /** Undefined where there is no such regular file or it may not be read. Never blocks, also not on a pipe. */
  static open(path: string): TextFile | undefined {
    try {
      const fd = nodeFs.openSync(path, nodeFs.constants.O_RDONLY | nodeFs.constants.O_NONBLOCK);
      if (nodeFs.fstatSync(fd).isFile()) return new TextFile(path, fd);
      nodeFs.closeSync(fd);
    } catch { /* missing or forbidden */ }
    return undefined;
  }

  /** Reads into the buffer that the parsing methods look at; false when the device behind the file has vanished or fails. */
  load(): boolean {
    try {
      length = nodeFs.readSync(this.#fd, bytes, 0, MAX_BYTES, 0);
      return true;
    } catch {
      length = 0;
      return false;
    }
  }

  text(): string | undefined {
    return this.load() ? Buffer.from(bytes.subarray(0, length)).toString('latin1').replaceAll('\0', '').trim() : undefined;
  }

  close(): void {
    try {
      nodeFs.closeSync(this.#fd);
    } catch { /* closed already */ }
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0;
}

/** Digits from `at` up to white space, in base 10 with sign and fraction, in base 16 with or without 0x; NaN for anything else. */
function numberAt(start: number, base: 10 | 16): number {
  const at = base === 16 && bytes[start] === 0x30 && bytes[start + 1] === 0x78 ? start + 2 : start;
  const negative = bytes[at] === 0x2d && base === 10;
  let value = 0;
  let scale = 0;
  let digits = 0;
  for (let index = negative ? at + 1 : at; index < length && !isSpace(bytes[index]!); index++) {
    const byte = bytes[index]!;
    if (byte === 0x2e && scale === 0 && base === 10) {
      scale = 1;
      continue;
    }
    const letter = byte | 0x20;
    const digit = byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : base;
    if (digit >= base || ++digits > 20) return NaN;
    value = value * base + digit;
    scale *= 10;
  }
  if (digits === 0) return NaN;
  const scaled = scale > 1 ? value / scale : value;
  return negative ? -scaled : scaled;
}

/** The one number that the loaded text consists of; NaN for anything else. */
export function loadedNumber(base: 10 | 16 = 10): number {
  let at = 0;
  while (at < length && isSpace(bytes[at]!)) at++;
  let end = length;
  while (end > at && isSpace(bytes[end - 1]!)) end--;
  for (let index = at; index < end; index++) if (isSpace(bytes[index]!)) return NaN;
  return numberAt(at, base);
}

/** The number right after the first place where `key` occurs in the loaded text; NaN without one. */
export function loadedNumberAfter(key: Uint8Array): number {
  const last = length - key.length;
  for (let at = 0; at <= last; at++) {
    let same = 0;
    while (same < key.length && bytes[at + same] === key[same]) same++;
    if (same === key.length) return numberAt(at + same, 10);
  }
  return NaN;
}

/** Loads a file and parses it as one number; NaN when it fails. */
export function numberIn(file: TextFile): number {
  return file.load() ? loadedNumber() : NaN;
}
