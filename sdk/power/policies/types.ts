import type { Candidate } from '../types.ts';

/** What a policy decides from; one object, updated in place before each decision. */
export interface Situation {
  /** By rising power at full motion. */
  readonly candidates: readonly Candidate[];
  /** 1 for candidates that may be chosen; at least one that stays on is. */
  readonly allowed: Uint8Array;
  /** 1 for candidates that would be allowed but for their heat. */
  readonly tooHot: Uint8Array;
  /** Watts above idle of each candidate at the present motion; below 0 while powered off. */
  readonly watts: Float64Array;
  /** Worth of a second of each candidate at the present motion and weight. */
  readonly worth: Float64Array;
  /** Most worth a joule of the whole board that any candidate gives at mean motion and weight: the unit of prices. */
  yield: number;
  /** Candidate worth the most at full motion. */
  readonly mostWorth: number;
  /** Accuracy times the share of events seen, of each candidate. */
  readonly seen: Float64Array;
  /** Worth of a second of looking while nothing moves, against 1 of one with an event. */
  readonly scan: number;
  /** Least watts that the board can be left at: powered off where something wakes it, else idle. */
  readonly leastWatts: number;
  /** Share of motion in the last slot, and the usual one at this hour. */
  motion: number;
  usualMotion: number;
  /** Monotonic seconds. */
  time: number;
  /** Share of the battery left, NaN on mains or unknown. */
  charge: number;
  /** Joules of the battery, 0 on mains. */
  capacity: number;
  /** Watts harvested, NaN unknown. */
  harvest: number;
  /** Upper bound of the hottest temperature that is controlled, below the limit (K). */
  slack: number;
  /** Candidate of the last slot. */
  current: number;
}

/** One policy at work, with its state. */
export interface Policy {
  /** Worth a joule that the last choice was made at; 0 where energy has no price. */
  readonly price: number;
  /** Of it, what heat adds. */
  readonly heatPrice?: number;
  /** Index of an allowed candidate. */
  choose(situation: Situation): number;
  /** What is to outlast the governor, as JSON. */
  memory?(): unknown;
}

/** A policy, of the registry or of one's own. */
export interface PolicyKind {
  readonly name: string;
  /** Starts without any state but the `memory` of one before; what is none is left out. */
  create(memory?: unknown): Policy;
}

/** A policy in the registry. */
export interface RegisteredPolicy extends PolicyKind {
  /** For the page of `power simulate`. */
  readonly description: string;
  /** Quantities that, as they rise, never make it choose less power. */
  readonly monotone: readonly ('charge' | 'slack')[];
}
