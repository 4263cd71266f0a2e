import { bestAllowed, FREE } from './best-allowed.ts';
import type { RegisteredPolicy, Situation } from './types.ts';

/** Pace-to-idle never costs over 12 % more than the optimum, racing up to 3 times (Kim, Imes, Hoffmann, CPSNA 2015). */
export const pace: RegisteredPolicy = Object.freeze({
  name: 'pace',
  description: 'the most worth, with the threads that need the least energy for it',
  monotone: [],
  create() {
    return {
      price: 0,
      choose: (situation: Situation): number => bestAllowed(situation, FREE),
    };
  },
} satisfies RegisteredPolicy);
