import { exp } from '../../core/math.ts';

/** A temperature, and the watts drawn from then on until the next sample. */
export interface ThermalSample {
  readonly seconds: number;
  readonly celsius: number;
  readonly watts: number;
}

/** A recording that something can be fitted to. */
export interface Recording {
  readonly samples: readonly ThermalSample[];
  readonly celsius: Float64Array;
  /** Distance between neighbouring values of the sensor, in kelvin. */
  readonly quantum: number;
}

/** Longer recordings are averaged down to so many. */
const MAX_SAMPLES = 200;
/** Least rise and fall, in kelvin. */
const LEAST_KELVIN = 2;

/** Distance between neighbouring values of the sensor. */
function quantumOf(celsius: Float64Array): number {
  const sorted = celsius.toSorted();
  let least = Infinity;
  for (let index = 1; index < sorted.length; index++) {
    const gap = sorted[index]! - sorted[index - 1]!;
    if (gap > 1e-9) least = Math.min(least, gap);
  }
  return least;
}

/** At most MAX_SAMPLES: means of neighbours, each with the mean watts until the next. */
function thin(samples: readonly ThermalSample[]): readonly ThermalSample[] {
  const size = Math.ceil(samples.length / MAX_SAMPLES);
  if (size <= 1) return samples;
  let used = 0;
  const seconds = samples.map((sample) => sample.seconds);
  const celsius = samples.map((sample) => sample.celsius);
  const joules = samples.map(({ watts }, index) => {
    const before = used;
    used += watts * ((seconds[index + 1] ?? seconds[index]!) - seconds[index]!);
    return before;
  });
  const means = Array.from({ length: Math.ceil(samples.length / size) }, (_, group) => {
    const [from, to] = [group * size, Math.min((group + 1) * size, samples.length)];
    const mean = (values: readonly number[]): number => values.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
    return { seconds: mean(seconds), celsius: mean(celsius), joules: mean(joules) };
  });
  return means.map((mean, index) => {
    const next = means[index + 1];
    return { seconds: mean.seconds, celsius: mean.celsius, watts: next === undefined ? samples.at(-1)!.watts : (next.joules - mean.joules) / (next.seconds - mean.seconds) };
  });
}

/** Power through a pole of 1 K/W: exact for watts that are constant between samples. `settled`: it was at its first watts for long. */
export function response(samples: readonly ThermalSample[], tau: number, settled: boolean): Float64Array {
  const column = new Float64Array(samples.length);
  column[0] = settled ? samples[0]!.watts : 0;
  for (let index = 1; index < samples.length; index++) {
    const before = samples[index - 1]!;
    column[index] = column[index - 1]! + (1 - exp((before.seconds - samples[index]!.seconds) / tau)) * (before.watts - column[index - 1]!);
  }
  return column;
}

/** What is left of 1 K that the pole held at first. */
export function decay(samples: readonly ThermalSample[], tau: number): Float64Array {
  return Float64Array.from(samples, ({ seconds }) => exp((samples[0]!.seconds - seconds) / tau));
}

/** @returns undefined for fewer than 10 samples, constant watts, or less than 2 K and 2 steps of the sensor of movement */
export function prepare(recording: readonly ThermalSample[]): Recording | undefined {
  const valid = recording.filter(({ seconds, celsius, watts }) => Number.isFinite(seconds + celsius + watts));
  if (valid.length < 10 || valid.every(({ watts }) => watts === valid[0]!.watts)) return undefined;
  const samples = thin(valid);
  const celsius = Float64Array.from(samples, (sample) => sample.celsius);
  const quantum = quantumOf(Float64Array.from(valid, (sample) => sample.celsius));
  const span = celsius.reduce((a, b) => Math.max(a, b)) - celsius.reduce((a, b) => Math.min(a, b));
  return span >= Math.max(LEAST_KELVIN, Math.min(2 * quantum, span)) ? { samples, celsius, quantum } : undefined;
}
