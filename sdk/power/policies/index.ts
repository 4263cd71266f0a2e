import { fixed } from './fixed.ts';
import { pace } from './pace.ts';
import { price } from './price.ts';
import { raceToIdle } from './race-to-idle.ts';
import { throttleOnly } from './throttle-only.ts';
import type { RegisteredPolicy } from './types.ts';

/** All policies. */
export const policies: readonly RegisteredPolicy[] = Object.freeze([fixed, throttleOnly, raceToIdle, pace, price]);
