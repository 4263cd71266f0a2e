import { bestGatedStatic, bestStatic } from './best-static.ts';
import { gatedMax } from './gated-max.ts';
import { maxFixed } from './max-fixed.ts';
import { raceToIdle } from './race-to-idle.ts';
import { throttleOnly } from './throttle-only.ts';
import type { Contender } from './types.ts';

/** What the governor is compared with. */
export const baselines: readonly Contender[] = Object.freeze([maxFixed, throttleOnly, gatedMax, raceToIdle, bestGatedStatic, bestStatic]);
