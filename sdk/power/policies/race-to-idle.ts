import { bestAllowed, FREE } from './best-allowed.ts';
import type { RegisteredPolicy, Situation } from './types.ts';

export const raceToIdle: RegisteredPolicy = Object.freeze({
  name: 'race-to-idle',
  description: 'the most worth, each inference on the threads that end it soonest',
  monotone: [],
  create() {
    return {
      price: 0,
      choose(situation: Situation): number {
        const { allowed, candidates, worth } = situation;
        let best = bestAllowed(situation, FREE);
        const most = worth[best]!;
        for (let index = 0; index < allowed.length; index++) {
          if (allowed[index] === 1 && worth[index] === most && candidates[index]!.latency < candidates[best]!.latency && candidates[index]!.variant >= 0) best = index;
        }
        return best;
      },
    };
  },
} satisfies RegisteredPolicy);
