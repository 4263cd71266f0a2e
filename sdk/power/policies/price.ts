import { exp } from '../../core/math.ts';
import { bestAllowed } from './best-allowed.ts';
import { EnergyPrice } from './energy-price.ts';
import { HeatPrice } from './heat-price.ts';
import type { PolicyKind, Situation } from './types.ts';

/** Seconds over which motion returns to what is usual. */
const MIXING = 60;

/** Powering off, where it saves more at this price than staying on will bring while off; else -1. */
function worthOff({ allowed, candidates, watts, seen, scan, motion, usualMotion }: Situation, price: number): number {
  let moving = 0;
  let still = 0;
  for (let row = 0; row < allowed.length; row++) {
    const { off, rate, energy, gated } = candidates[row]!;
    if (off > 0 || allowed[row] === 0) continue;
    const cost = price * rate * energy;
    moving = Math.max(moving, seen[row]! - cost);
    if (!gated) still = Math.max(still, scan * seen[row]! - cost);
  }
  let best = -1;
  let most = 0;
  for (let row = 0; row < allowed.length; row++) {
    const { off } = candidates[row]!;
    if (off === 0 || allowed[row] === 0) continue;
    const coming = usualMotion + (motion - usualMotion) * (MIXING / off) * (1 - exp(-off / MIXING));
    const gain = -price * watts[row]! - coming * moving - (1 - coming) * still;
    if (gain > most) {
      best = row;
      most = gain;
    }
  }
  return best;
}

export const price: PolicyKind = Object.freeze({
  name: 'price',
  description: 'the most worth less the price of its energy, which rises as the battery empties, and of its heat, which rises as the limit costs worth',
  monotone: ['charge'],
  create() {
    const energy = new EnergyPrice();
    const heat = new HeatPrice();
    let value = 0;
    return {
      get price() { return value; },
      choose(situation: Situation): number {
        const scarcity = energy.of(situation);
        value = scarcity + heat.value;
        const on = bestAllowed(situation, value);
        heat.learn(situation, on);
        const off = worthOff(situation, scarcity);
        return off < 0 ? on : off;
      },
    };
  },
} satisfies PolicyKind);
