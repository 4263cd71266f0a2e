import { deadCode } from './dead-code.ts';
import { fuseActivation } from './fuse-activation.ts';
import { fuseLookups } from './fuse-lookups.ts';
import { fusePad } from './fuse-pad.ts';
import type { Pass } from './types.ts';

/** Passes in the order they run. */
export const passes: readonly Pass[] = Object.freeze([fusePad, fuseActivation, fuseLookups, deadCode]);
