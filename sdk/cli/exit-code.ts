import { CommanderError } from 'commander';
import { OptionError } from '../core/errors.ts';

/** A damaged input file is a failure; only a wrong call is wrong use. */
const DAMAGED_FILE = new Set(['broken-npy', 'broken-image', 'broken-audio']);

/** 0 for shown help, 2 for wrong use, 1 for failure. */
export function exitCodeOf(error: unknown): 0 | 1 | 2 {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof OptionError) return DAMAGED_FILE.has(error.code) ? 1 : 2;
  return 1;
}

/** One line for standard error. */
export function errorLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ').trim();
  return `halfbyte: ${line || 'unknown error'}`;
}
