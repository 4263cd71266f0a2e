import { HalfbyteError } from '../core/errors.ts';
import { excerpt } from './messages.ts';

/** Code and message of whatever was thrown, short enough for a report. */
export function causeOf(error: unknown): { code: string; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  return { code: error instanceof HalfbyteError ? error.code : 'error', message: excerpt(message, 500) };
}
