import { departureLeft, MIXING } from '../motion.ts';
import { bestAllowed } from './best-allowed.ts';
import { EnergyPrice } from './energy-price.ts';
import { HeatPrice } from './heat-price.ts';
import type { Policy, RegisteredPolicy, Situation } from './types.ts';

/** Share of what motion differs from the usual by that is left, on average over the time off, of each candidate. */
function remaining({ candidates }: Situation): Float64Array {
  return Float64Array.from(candidates, ({ off }) => (off > 0 ? (MIXING / off) * (1 - departureLeft(off)) : 1));
}

/** Powering off, where it saves more at this price than staying on will bring while off; else -1. */
function worthOff({ allowed, candidates, watts, seen, scan, motion, usualMotion }: Situation, { price }: EnergyPrice, left: Float64Array): number {
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
    const coming = usualMotion + (motion - usualMotion) * left[row]!;
    const gain = -price * watts[row]! - coming * moving - (1 - coming) * still;
    if (gain > most) {
      best = row;
      most = gain;
    }
  }
  return best;
}

class Price implements Policy {
  price = 0;
  heatPrice = 0;
  readonly #energy = new EnergyPrice();
  readonly #heat = new HeatPrice();
  #left: Float64Array | undefined;

  constructor(memory: unknown) {
    this.#energy.reserve.recall((Object(memory) as { harvest?: unknown }).harvest);
  }

  memory(): unknown {
    return { harvest: this.#energy.reserve.harvest };
  }

  choose(situation: Situation): number {
    this.#energy.update(situation);
    this.heatPrice = this.#heat.price;
    this.price = this.#energy.price + this.heatPrice;
    const on = bestAllowed(situation, this);
    this.#heat.learn(situation, on);
    const off = worthOff(situation, this.#energy, this.#left ??= remaining(situation));
    return off < 0 ? on : off;
  }
}

export const price: RegisteredPolicy = Object.freeze({
  name: 'price',
  description: 'the most worth less the price of its energy, which rises as the battery empties, and of its heat, which rises as the limit costs worth',
  monotone: ['charge'],
  create: (memory) => new Price(memory),
} satisfies RegisteredPolicy);
