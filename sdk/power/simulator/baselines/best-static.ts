import type { Candidate } from '../../types.ts';
import { dynamicWatts, worthOf } from '../../worth.ts';
import type { Scenario } from '../scenario.ts';
import { keepsLimits, simulate } from '../simulate.ts';
import type { World } from '../world.ts';
import { alwaysThis } from './static.ts';
import type { Contender } from './types.ts';

/** Worth of a second of each candidate on average, if nothing is missed. */
function expectedWorths(candidates: readonly Candidate[], { worth }: Scenario, { motion, weight, slots }: World): number[] {
  const moving = motion.reduce((sum, share) => sum + share, 0) / slots;
  const weighted = motion.reduce((sum, share, slot) => sum + share * weight[slot]!, 0) / slots;
  return candidates.map((candidate) => worthOf(candidate, moving, moving > 0 ? weighted / moving : 1, worth));
}

/** Whether `left` never takes less power than `right`. */
function takesMore(left: Candidate, right: Candidate): boolean {
  return dynamicWatts(left, 0) >= dynamicWatts(right, 0) && dynamicWatts(left, 1) >= dynamicWatts(right, 1);
}

interface Outcome {
  readonly keeps: boolean;
  readonly utility: number;
}

/** Outcomes of candidates done always, by world: both searches ask for many of the same. */
const known = new WeakMap<World, WeakMap<Candidate, Outcome>>();

function outcomeOf(index: number, scenario: Scenario, candidates: readonly Candidate[], world: World): Outcome {
  const outcomes = known.get(world) ?? new WeakMap<Candidate, Outcome>();
  known.set(world, outcomes);
  const candidate = candidates[index]!;
  let outcome = outcomes.get(candidate);
  if (!outcome) {
    const simulation = simulate(scenario, world, candidates, alwaysThis('static', index));
    outcome = { keeps: keepsLimits(simulation), utility: simulation.utility };
    outcomes.set(candidate, outcome);
  }
  return outcome;
}

/** The candidate worth the most of those that, done always, keep all limits; where none does, the one that came to most. */
function search(scenario: Scenario, candidates: readonly Candidate[], world: World, gatedOnly: boolean): number {
  const worths = expectedWorths(candidates, scenario, world);
  const order = [...candidates.keys()]
    .filter((index) => candidates[index]!.off === 0 && (candidates[index]!.gated || !gatedOnly))
    .sort((a, b) => worths[b]! - worths[a]! || candidates[a]!.energy - candidates[b]!.energy);
  const failed: Candidate[] = [];
  let best = { index: 0, utility: -1 };
  for (const index of order) {
    const candidate = candidates[index]!;
    if (failed.some((other) => takesMore(candidate, other))) continue;
    const { keeps, utility } = outcomeOf(index, scenario, candidates, world);
    if (keeps) return index;
    if (utility > best.utility) best = { index, utility };
    failed.push(candidate);
  }
  return best.index;
}

export const bestGatedStatic: Contender = Object.freeze({
  name: 'best-gated-static',
  description: 'in hindsight, the best single candidate that infers while something moves',
  create: (scenario, candidates, world) => alwaysThis('best-gated-static', search(scenario, candidates, world, true)),
} satisfies Contender);

export const bestStatic: Contender = Object.freeze({
  name: 'best-static',
  description: 'in hindsight, the best single candidate',
  create: (scenario, candidates, world) => alwaysThis('best-static', search(scenario, candidates, world, false)),
} satisfies Contender);
