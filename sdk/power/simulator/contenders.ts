import { baselines } from './baselines/index.ts';
import type { Contender } from './baselines/types.ts';
import { governor } from './governed.ts';

/** All that `power simulate` runs. */
export const contenders: readonly Contender[] = Object.freeze([governor, ...baselines]);
