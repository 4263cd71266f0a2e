import { alwaysThis, highest } from './static.ts';
import type { Contender } from './types.ts';

export const maxFixed: Contender = Object.freeze({
  name: 'max-fixed',
  description: 'the most accurate variant at its highest rate on all threads, at all times',
  create: (_scenario, candidates) => alwaysThis('max-fixed', highest(candidates, false, ({ accuracy, rate, threads }) => [accuracy, rate, threads])),
} satisfies Contender);
