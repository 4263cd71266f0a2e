import { alwaysThis, highest } from './static.ts';
import type { Contender } from './types.ts';

export const raceToIdle: Contender = Object.freeze({
  name: 'race-to-idle',
  description: 'the most accurate variant at its highest rate on all threads, while something moves',
  create: (_scenario, candidates) => alwaysThis('race-to-idle', highest(candidates, true, ({ accuracy, rate, threads }) => [accuracy, rate, threads])),
} satisfies Contender);
