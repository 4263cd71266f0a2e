import { Governor } from '../governor/governor.ts';
import type { GovernorMemory } from '../governor/memory.ts';
import type { GovernorOptions } from '../governor/options.ts';
import { policies } from '../policies/index.ts';
import type { Contender } from './baselines/types.ts';
import { LEAKAGE_GROWTH } from './plant.ts';

/** The governor with what its scenario says about board, user and battery, but for `options`. */
export function governed(name: string, description: string, options: Partial<Pick<GovernorOptions, 'board' | 'policy' | 'predict'>>): Contender {
  return Object.freeze({
    name,
    description,
    create({ thermal, power, worth, slotSeconds, ambient, battery, minimumRate, deadline }, candidates) {
      const start = (resume?: GovernorOptions['resume']): Governor => new Governor({
        board: { thermal, power }, candidates, worth, slot: slotSeconds, maxAmbient: ambient.max, minimumRate, deadline,
        leakage: LEAKAGE_GROWTH * power.leakage / power.core, ...(battery && { battery: { capacity: battery.capacity } }), ...options, ...(resume && { resume }),
      });
      let governor = start();
      let offSince = NaN;
      return {
        name,
        decide(observation) {
          // A board that was off has lost everything but what was written down.
          if (offSince >= 0) governor = start({ memory: JSON.parse(JSON.stringify(governor.memory())) as GovernorMemory, seconds: observation.time - offSince });
          const choice = governor.decide(observation);
          offSince = candidates[choice]!.off > 0 ? observation.time : NaN;
          return choice;
        },
      };
    },
  } satisfies Contender);
}

export const governor = governed('governor', 'thermal filter with prediction, then the price of energy', { policy: 'price' });
/** The governor with each of the policies. */
export const withPolicies: readonly Contender[] = Object.freeze(policies.map(({ name, description }) => (
  governed(`governor-${name}`, `thermal filter with prediction, then ${description}`, { policy: name })
)));
/** The governor without one of its parts. */
export const ablations: readonly Contender[] = Object.freeze([
  governed('governor-no-prediction', 'the thermal filter looks at the present temperature only', { policy: 'price', predict: false }),
  governed('governor-no-price', 'energy has no price', { policy: 'pace' }),
]);
