import { ModelError } from '../core/errors.ts';
import { tflite } from './tflite/format.ts';
import type { Format } from './types.ts';

/** Formats that can be read. */
export const formats: readonly Format[] = Object.freeze([tflite]);

/**
 * The format of a model file, by its first bytes.
 * @throws ModelError `unknown-format` that lists the known ones.
 */
export function detectFormat(bytes: Uint8Array, name: string): Format {
  const format = formats.find((candidate) => candidate.detect(bytes));
  if (format) return format;
  const start = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  throw new ModelError('unknown-format', `${name}: ${bytes.length === 0 ? 'the file is empty' : `unknown model format (first bytes ${start})`}; ` +
    `known formats: ${formats.map((known) => known.name).join(', ')}`);
}
