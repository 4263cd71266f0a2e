/** Units of readings: SI, temperatures in degrees Celsius, `ratio` from 0 to 1, `flag` 0 or 1. */
export type Unit = 'celsius' | 'watt' | 'volt' | 'ampere' | 'joule' | 'hertz' | 'ratio' | 'second' | 'flag' | 'core';

/** What a reading is about. `battery-power` is positive while the battery charges; `cpu-time` adds up. */
export type Quantity =
  | 'soc-temperature' | 'other-temperature'
  | 'board-power' | 'soc-power' | 'supply-voltage' | 'supply-current' | 'harvest-power'
  | 'battery-charge' | 'battery-energy' | 'battery-power' | 'mains-present'
  | 'clock' | 'clock-limit' | 'under-voltage' | 'clock-capped' | 'throttled' | 'soft-limited'
  | 'cpu-quota' | 'quota-throttled' | 'cpu-pressure' | 'cpu-time';

/** One measured value. */
export interface Reading {
  readonly quantity: Quantity;
  readonly value: number;
  readonly unit: Unit;
  /** Path, command or callback it came from. */
  readonly source: string;
  /** Seconds since it was measured. */
  readonly age: number;
  /** 0: not to be acted on, 1: as good as a laboratory's. */
  readonly trust: number;
}

/** A source of readings. A missing part of the system gives no reading; nothing throws. */
export interface Sensor {
  readonly name: string;
  /** Quantities it may give. */
  readonly quantities: readonly Quantity[];
  /** @param now monotonic seconds */
  read(now: number): readonly Reading[];
}

/** One pole of the thermal response of a board: P watts raise it towards `resistance * P` kelvin within `seconds`. */
export interface ThermalPole {
  readonly resistance: number;
  readonly seconds: number;
}

/** Temperature = ambient + the sum of the poles. */
export interface BoardThermal {
  readonly poles: readonly ThermalPole[];
  /** Degrees Celsius that are not to be exceeded: where the firmware begins to throttle. */
  readonly limit: number;
}

/** Watts of a board. */
export interface BoardPower {
  readonly idle: number;
  /** Added by one core that computes at the highest clock. */
  readonly core: number;
  /** Powered off with a wake source, where the board has one. */
  readonly off?: number;
}

/** A model variant on one board: what it is worth and what it costs. */
export interface VariantCost {
  readonly name: string;
  /** 0 to 1. */
  readonly accuracy: number;
  /** Seconds of one inference by number of threads: latency[n - 1]. */
  readonly latency: readonly number[];
}

/** What may be done in a slot. */
export interface Action {
  /** Index of the variant, or -1: no inference at all. */
  readonly variant: number;
  readonly threads: number;
  /** Inferences a second while something moves, and always where not `gated`. */
  readonly rate: number;
  /** Inferences follow motion; else they come at all times. */
  readonly gated: boolean;
  /** Seconds powered off, 0 where the board stays on. */
  readonly off: number;
}

/** An action with what it means on this board. */
export interface Candidate extends Action {
  /** Of the variant, for people. */
  readonly name?: string;
  readonly accuracy: number;
  /** Seconds of one inference. */
  readonly latency: number;
  /** Joules above idle of one inference. */
  readonly energy: number;
}

/** What a slot of control knows. */
export interface Observation {
  /** Monotonic seconds; what a clock is set back by counts as no time. */
  readonly time: number;
  readonly readings: readonly Reading[];
  /** Share of the last slot in which something moved. */
  readonly motion: number;
  /** How much an event in the last slot was worth, 1 on average. */
  readonly weight: number;
  /** Observed over expected latency of the last slot's inferences, NaN without any. */
  readonly slowdown: number;
}

/** Decides what a slot does: the governor, and the baselines it is compared with. */
export interface Controller {
  readonly name: string;
  /** Index of the candidate for the next slot. */
  decide(observation: Observation): number;
}
