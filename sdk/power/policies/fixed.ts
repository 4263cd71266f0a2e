import { allowedUpTo } from './best-allowed.ts';
import type { RegisteredPolicy, Situation } from './types.ts';

export const fixed: RegisteredPolicy = Object.freeze({
  name: 'fixed',
  description: 'the most valuable candidate at all times, or the next cheaper one that is allowed',
  monotone: [],
  create() {
    return {
      price: 0,
      choose: (situation: Situation): number => allowedUpTo(situation, situation.mostWorth),
    };
  },
} satisfies RegisteredPolicy);
