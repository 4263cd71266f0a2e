import * as v from 'valibot';

const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));

export const energyOptionsSchema = v.strictObject({
  /** Watts of the board, as its profile or its calibration says. */
  board: v.object({ idle: positive, core: positive }),
  /** Cores of the board. */
  cores: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Names of the models, by the index that `count()` takes. */
  models: v.pipe(v.array(v.pipe(v.string(), v.nonEmpty(), v.maxLength(64))), v.maxLength(16)),
  /**
   * Board watts from a power sensor of the processor alone: factor * watts + offset. Without it such sensors are not used: the rest of the board is
   * unknown to them.
   */
  processor: v.optional(v.strictObject({ factor: positive, offset: v.pipe(v.number(), v.finite()) })),
  /** Trust in `board`, 0 to 1. A sensor is used while its trust is higher. */
  boardTrust: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1)), 0.3),
  /** Longest time between two samples that is accounted for, in seconds; longer ones are gaps. */
  maxStep: v.optional(positive, 30),
});

export type EnergyOptions = v.InferInput<typeof energyOptionsSchema>;
export type ParsedEnergyOptions = v.InferOutput<typeof energyOptionsSchema>;
