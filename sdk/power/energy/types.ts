/**
 * How energy is known: measured at the supply of the board; at the battery, with what the panel gives; at the processor, scaled to the board; or
 * modelled from the time that cores were busy.
 */
export const ENERGY_METHODS = ['supply', 'battery', 'processor', 'model'] as const;

export type EnergyMethod = (typeof ENERGY_METHODS)[number];

/** Energy above idle of one model. */
export interface ModelEnergy {
  readonly model: string;
  readonly inferences: number;
  /** Null without an inference. */
  readonly millijoulesPerInference: number | null;
  /** Watt-hours above idle a day. */
  readonly whPerDay: number;
}

/** Energy since the start or the last reset; rates per day hold for the time accounted for. */
export interface EnergyReport {
  /** Seconds accounted for. */
  readonly seconds: number;
  /** Seconds that no sample told about. */
  readonly gapSeconds: number;
  /** Watt-hours of the whole board a day, idle included. */
  readonly whPerDay: number;
  /** Those above idle. What `perModel` lacks of them is the work around the models. */
  readonly dynamicWhPerDay: number;
  /** Watts without work: measured while nothing ran, else those of the board model. */
  readonly idleWatts: number;
  /** Millijoules above idle, over all models; null without an inference. */
  readonly millijoulesPerInference: number | null;
  readonly perModel: readonly ModelEnergy[];
  /** What most of the time is known by. */
  readonly method: EnergyMethod;
  /** Share of the time by each method, in the order of ENERGY_METHODS. */
  readonly shares: readonly number[];
  /** Trust in `whPerDay`, 0 to 1. */
  readonly trust: number;
  /** Trust in what is above idle: no more than in the board model until idle was measured. */
  readonly dynamicTrust: number;
  /** The method of the last sample and why no better one, in words. */
  readonly reason: string;
}
