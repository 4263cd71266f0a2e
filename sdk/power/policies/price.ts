import { exp } from '../../core/math.ts';
import { bestAllowed } from './best-allowed.ts';
import { EnergyPrice } from './energy-price.ts';
import type { PolicyKind, Situation } from './types.ts';

/** Seconds over which motion returns to what is usual. */
const MIXING = 60;

/** Powering off, where it saves more at this price than staying on will bring while off; else -1. */
function worthOff(situation: Situation, on: number, price: number): number {
  const { allowed, candidates, watts, worth, motion, expectedMotion, usualMotion } = situation;
  const net = (worth[on]! - price * watts[on]!) / (candidates[on]!.gated ? Math.max(expectedMotion, 1e-6) : 1);
  let best = -1;
  let most = 0;
  for (let row = 0; row < allowed.length; row++) {
    const { off } = candidates[row]!;
    if (off === 0 || allowed[row] === 0) continue;
    const coming = usualMotion + (motion - usualMotion) * (MIXING / off) * (1 - exp(-off / MIXING));
    const gain = -price * watts[row]! - net * (candidates[on]!.gated ? coming : 1);
    if (gain > most) {
      best = row;
      most = gain;
    }
  }
  return best;
}

export const price: PolicyKind = Object.freeze({
  name: 'price',
  description: 'the most worth less the price of its energy, which rises as the battery empties',
  monotone: ['charge'],
  create() {
    const energy = new EnergyPrice();
    return {
      get price() { return energy.value; },
      choose(situation: Situation): number {
        const value = energy.update(situation);
        const on = bestAllowed(situation, value);
        const off = worthOff(situation, on, value);
        return off < 0 ? on : off;
      },
    };
  },
} satisfies PolicyKind);
