import type { Quantity, Sensor } from '../../sdk/power/types.ts';

/** Monotonic seconds. */
export type Clock = () => number;

/** Something that could be read here and is not. */
export interface Gap {
  readonly what: string;
  readonly why: string;
  /** What would give it: a group, an overlay, a kernel option. */
  readonly how: string;
}

/** A sensor with its files open. The array that `read` returns and its readings are overwritten by the next `read`. */
export interface OpenSensor extends Sensor {
  /** What is missing, looked up anew: not for the control path. */
  gaps(): readonly Gap[];
  /** Resolves when everything asked in the background has answered or given up. */
  settled?(): Promise<void>;
  close(): void;
}

/** A kind of sensor: one file in this folder and one line in the registry. Nothing of it throws, waits or needs root. */
export interface SensorKind {
  readonly name: string;
  readonly quantities: readonly Quantity[];
  /** Seconds after which its readings are worth renewing. */
  readonly period: number;
  /** @param root `/`, or a copy of it for tests */
  open(root: string, clock: Clock): OpenSensor;
}
