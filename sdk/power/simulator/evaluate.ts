import { candidatesOf } from '../candidates.ts';
import type { Candidate } from '../types.ts';
import type { Contender } from './baselines/types.ts';
import { offlineBound, type Bound } from './oracle/bound.ts';
import { hullOf } from './oracle/hull.ts';
import type { Scenario } from './scenario.ts';
import type { SensorFault } from './sensor-faults.ts';
import { simulate, type Simulation } from './simulate.ts';
import type { World } from './world.ts';

const WATT_HOUR = 3600;
const DAY = 86400;
/** Worth, as a share of all seconds, below which a bound is what the solver's tolerances leave of nothing. */
const LEAST_WORTH = 1e-6;

/** What a policy came to in one world. */
export interface PolicyResult {
  readonly name: string;
  /** Seconds of worth, as it was. */
  readonly utility: number;
  /** Utility over the offline bound, charge missing or left at the end counted at the bound's price; null without one. */
  readonly oracleRatio: number | null;
  readonly secondsOverLimit: number;
  /** Of these, while idling would have settled 5 K below the limit. */
  readonly secondsOverReachable: number;
  /** While something moved and the board was on. */
  readonly secondsBelowMinimum: number;
  readonly missRate: number;
  readonly brownoutHours: number;
  readonly whPerDay: number;
  readonly dynamicWhPerDay: number;
  /** Share of visible events that are recognized. */
  readonly eventRecall: number;
  /** Dynamic energy saved against a fixed rate with the same event recall, the cheapest there is. */
  readonly dynamicSaving: number;
  /** Most changes of variant or threads within a minute. */
  readonly switchesPerMinute: number;
  readonly hottest: number;
  /** Shares of the battery. */
  readonly endCharge: number;
}

/** All policies in one world. */
export interface Evaluation {
  /** Worth in seconds that no policy exceeds; null without a bound, and where there is nothing to gain. */
  readonly bound: number | null;
  /** Why no policy keeps the minimum rate, the limit and the charge; null where one does. */
  readonly obstacle: string | null;
  readonly policies: readonly PolicyResult[];
  /** For the page. */
  readonly course: { readonly bound: Bound | undefined; readonly simulations: readonly Simulation[]; readonly descriptions: readonly string[] };
}

export function scenarioCandidates({ variants, power, cores, rates, deadline, wake }: Scenario): readonly Candidate[] {
  return candidatesOf({ variants, power, cores, rates, deadline, ...(wake && { wake }) });
}

/** Watts above idle of a fixed rate that recognizes this share of events. */
function fixedRateWatts(recall: number, { power, worth }: Scenario, candidates: readonly Candidate[]): number {
  const hull = hullOf(candidates, worth.dwell);
  const next = hull.findIndex(({ seen }) => seen >= recall);
  if (next <= 0) return next === 0 ? 0 : hull.at(-1)!.cores * power.core;
  const [low, high] = [hull[next - 1]!, hull[next]!];
  return power.core * (low.cores + (high.cores - low.cores) * (recall - low.seen) / (high.seen - low.seen));
}

/** The least that keeps the minimum rate: without a minimum, powered off or idle. */
function leastController(scenario: Scenario, candidates: readonly Candidate[]): number {
  const { minimumRate } = scenario;
  if (minimumRate === 0) return candidates.reduce((best, { off }, index) => (off > candidates[best]!.off ? index : best), 0);
  return candidates.reduce((best, { variant, gated, rate, energy }, index) => {
    if (variant < 0 || !gated || rate < minimumRate) return best;
    return best === 0 || rate * energy < candidates[best]!.rate * candidates[best]!.energy ? index : best;
  }, 0);
}

function obstacleOf(scenario: Scenario, world: World, candidates: readonly Candidate[]): string | null {
  const index = leastController(scenario, candidates);
  const { secondsOverLimit, brownoutSeconds, endCharge, startCharge } = simulate(scenario, world, candidates, { name: 'least', decide: () => index });
  const least = scenario.minimumRate > 0 ? 'the minimum rate cannot be kept: it' : 'even the least power';
  if (secondsOverLimit > 0) return `${least} passes the thermal limit`;
  if (brownoutSeconds > 0) return `${least} runs the battery empty`;
  return endCharge < startCharge ? 'the battery cannot be as full at the end as at the start' : null;
}

function resultOf(simulation: Simulation, scenario: Scenario, candidates: readonly Candidate[], bound: Bound | undefined): PolicyResult {
  const { utility, seconds, asked, missed, energy, dynamicEnergy, endCharge, motionSeconds, recalledSeconds } = simulation;
  const eventRecall = motionSeconds > 0 ? recalledSeconds / motionSeconds : 0;
  const fixed = fixedRateWatts(eventRecall, scenario, candidates) * seconds;
  const perDay = DAY / seconds / WATT_HOUR;
  return {
    name: simulation.controller,
    utility,
    oracleRatio: bound ? (utility + bound.endPrice * (endCharge - bound.endCharge)) / bound.utility : null,
    secondsOverLimit: simulation.secondsOverLimit,
    secondsOverReachable: simulation.secondsOverReachable,
    secondsBelowMinimum: simulation.secondsBelowMinimum,
    missRate: asked > 0 ? missed / asked : 0,
    brownoutHours: simulation.brownoutSeconds / 3600,
    whPerDay: energy * perDay,
    dynamicWhPerDay: dynamicEnergy * perDay,
    eventRecall,
    dynamicSaving: fixed > 0 ? 1 - dynamicEnergy / fixed : 0,
    switchesPerMinute: simulation.mostSwitchesInMinute,
    hottest: simulation.hottest,
    endCharge: scenario.battery ? endCharge / scenario.battery.capacity : 1,
  };
}

/** Runs all contenders through one world and compares them with the offline bound. */
export async function evaluate(
  scenario: Scenario, world: World, contenders: readonly Contender[], options: { readonly bound: boolean; readonly faults?: readonly SensorFault[] },
): Promise<Evaluation> {
  const candidates = scenarioCandidates(scenario);
  const bound = options.bound ? await offlineBound(scenario, world, candidates) : undefined;
  const worthwhile = bound !== undefined && bound.utility > LEAST_WORTH * world.slots * world.slotSeconds ? bound : undefined;
  const simulations = contenders.map((contender) => simulate(scenario, world, candidates, contender.create(scenario, candidates, world), options.faults));
  return {
    bound: worthwhile?.utility ?? null,
    obstacle: obstacleOf(scenario, world, candidates),
    policies: simulations.map((simulation) => resultOf(simulation, scenario, candidates, worthwhile)),
    course: { bound, simulations, descriptions: contenders.map(({ description }) => description) },
  };
}
