import { deadCode } from './dead-code.ts';
import type { Pass } from './types.ts';

/** Passes in the order they run. */
export const passes: readonly Pass[] = Object.freeze([deadCode]);
