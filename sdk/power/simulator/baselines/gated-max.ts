import { alwaysThis, highest } from './static.ts';
import type { Contender } from './types.ts';

export const gatedMax: Contender = Object.freeze({
  name: 'gated-max',
  description: 'the most accurate variant at its highest rate on as few threads as keep it, while something moves',
  create: (_scenario, candidates) => alwaysThis('gated-max', highest(candidates, true, ({ accuracy, rate, threads }) => [accuracy, rate, -threads])),
} satisfies Contender);
