import type { Candidate } from '../../types.ts';
import { highest } from './static.ts';
import type { Contender } from './types.ts';

const RETURN_KELVIN = 5;

/** Candidates of falling accuracy, each at its highest rate on all threads. */
function ladder(candidates: readonly Candidate[]): number[] {
  const accuracies = [...new Set(candidates.filter(({ variant }) => variant >= 0).map(({ accuracy }) => accuracy))].sort((a, b) => b - a);
  return accuracies.map((wanted) => highest(candidates, false, ({ accuracy, rate, threads }) => [accuracy === wanted ? 1 : 0, rate, threads]));
}

export const throttleOnly: Contender = Object.freeze({
  name: 'throttle-only',
  description: 'as max-fixed; at the limit one variant down, one up again 5 K below it',
  create({ thermal }, candidates) {
    const steps = ladder(candidates);
    let step = 0;
    return {
      name: 'throttle-only',
      decide({ readings }) {
        const temperature = readings.find(({ quantity }) => quantity === 'soc-temperature')?.value;
        if (temperature !== undefined && temperature >= thermal.limit) step = Math.min(steps.length - 1, step + 1);
        else if (temperature !== undefined && temperature <= thermal.limit - RETURN_KELVIN) step = Math.max(0, step - 1);
        return steps[step]!;
      },
    };
  },
} satisfies Contender);
