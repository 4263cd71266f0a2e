import type { Candidate } from '../../types.ts';
import { dynamicWatts, worthOf } from '../../worth.ts';
import type { Scenario } from '../scenario.ts';
import { keepsLimits, simulate } from '../simulate.ts';
import type { World } from '../world.ts';
import { alwaysThis } from './static.ts';
import type { Contender } from './types.ts';

/** Worth of a second on average, if nothing is missed. */
function expectedWorth(candidate: Candidate, { worth }: Scenario, { motion, weight, slots }: World): number {
  const moving = motion.reduce((sum, share) => sum + share, 0) / slots;
  const weighted = motion.reduce((sum, share, slot) => sum + share * weight[slot]!, 0) / slots;
  return worthOf(candidate, moving, moving > 0 ? weighted / moving : 1, worth);
}

/** Whether `left` never takes less power than `right`. */
function takesMore(left: Candidate, right: Candidate): boolean {
  return dynamicWatts(left, 0) >= dynamicWatts(right, 0) && dynamicWatts(left, 1) >= dynamicWatts(right, 1);
}

/** The candidate worth the most of those that, done always, keep all limits; where none does, the one that came to most. */
function search(name: string, scenario: Scenario, candidates: readonly Candidate[], world: World, gatedOnly: boolean): number {
  const order = [...candidates.keys()]
    .filter((index) => candidates[index]!.off === 0 && (candidates[index]!.gated || !gatedOnly))
    .map((index) => ({ index, worth: expectedWorth(candidates[index]!, scenario, world) }))
    .sort((a, b) => b.worth - a.worth || candidates[a.index]!.energy - candidates[b.index]!.energy);
  const failed: Candidate[] = [];
  let best = { index: 0, utility: -1 };
  for (const { index } of order) {
    const candidate = candidates[index]!;
    if (failed.some((other) => takesMore(candidate, other))) continue;
    const simulation = simulate(scenario, world, candidates, alwaysThis(name, index));
    if (keepsLimits(simulation)) return index;
    if (simulation.utility > best.utility) best = { index, utility: simulation.utility };
    failed.push(candidate);
  }
  return best.index;
}

export const bestGatedStatic: Contender = Object.freeze({
  name: 'best-gated-static',
  description: 'in hindsight, the best single candidate that infers while something moves',
  create: (scenario, candidates, world) => alwaysThis('best-gated-static', search('best-gated-static', scenario, candidates, world, true)),
} satisfies Contender);

export const bestStatic: Contender = Object.freeze({
  name: 'best-static',
  description: 'in hindsight, the best single candidate',
  create: (scenario, candidates, world) => alwaysThis('best-static', search('best-static', scenario, candidates, world, false)),
} satisfies Contender);
