import { allowedUpTo } from './best-allowed.ts';
import type { RegisteredPolicy, Situation } from './types.ts';

/** Kelvin below the limit at which it works in full again. */
const RETURN = 5;

export const throttleOnly: RegisteredPolicy = Object.freeze({
  name: 'throttle-only',
  description: `the most valuable candidate; half its power at the limit until ${RETURN} K below it`,
  monotone: ['slack'],
  create() {
    let throttled = false;
    return {
      price: 0,
      choose(situation: Situation): number {
        const { watts, mostWorth } = situation;
        throttled = situation.slack <= 0 || (throttled && situation.slack < RETURN);
        let last = mostWorth;
        while (throttled && last > 0 && watts[last]! > watts[mostWorth]! / 2) last--;
        return allowedUpTo(situation, last);
      },
    };
  },
} satisfies RegisteredPolicy);
