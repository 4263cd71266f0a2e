import type { TensorType } from '../ir/graph.ts';
import { multiplyByQuantizedMultiplier, quantizeMultiplier } from './fixed-point.ts';
import type { Rounding } from './fixed-point.ts';
import { tensorScale } from './operands.ts';
import type { RequantizeMode } from './types.ts';

/** 1.5 * 2^23: a float32 sum with it is rounded to the nearest even integer. */
export const MAGIC = 12582912;
/** Bits of `MAGIC` as float32. */
export const MAGIC_BITS = 0x4b400000;
/** Magnitude below which `roundToEven` is exact. */
export const ROUNDING_LIMIT = 4194304;

/** Nearest even integer of a float32 below 2^22 in magnitude, by the kernels' addition of `MAGIC`. */
export function roundToEven(x: number): number {
  return Math.fround(x + MAGIC) - MAGIC;
}

/** Whether XNNPACK scales codes by `ratio` in 256ths; TFLite's own kernels take the others. */
export function isIn256ths(ratio: number): boolean {
  return ratio >= 1 / 256 && ratio <= 128;
}

/** Rounding of a `tflite-*` mode. */
export function roundingOf(mode: Exclude<RequantizeMode, 'float'>): Rounding {
  return mode === 'tflite-single' ? 'single' : 'double';
}

/**
 * Real multipliers input scale * weight scale / output scale of `channels` output channels, in doubles.
 * `floatProduct` forms the first product in float32, as TFLite does for per-tensor fully connected weights.
 */
export function realMultipliers(input: TensorType, weights: TensorType, output: TensorType, channels: number, floatProduct = false): Float64Array {
  const scales = weights.quantization?.scales ?? [];
  const from = tensorScale(input).scale;
  const to = tensorScale(output).scale;
  return Float64Array.from({ length: channels }, (_, channel) => {
    const product = from * (scales.length === 1 ? scales[0]! : scales[channel]!);
    return (floatProduct ? Math.fround(product) : product) / to;
  });
}

/** The multipliers that the kernels use: input scale * weight scale / output scale with each result rounded to float32, as in XNNPACK. */
export function kernelMultipliers(input: TensorType, weights: TensorType, output: TensorType, channels: number): Float32Array {
  const scales = weights.quantization?.scales ?? [];
  const from = tensorScale(input).scale;
  const to = tensorScale(output).scale;
  const multipliers = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) multipliers[channel] = Math.fround(from * scales[scales.length === 1 ? 0 : channel]!) / to;
  return multipliers;
}

/** Turns the accumulator of an output channel into a code without its zero point. */
export type Requantize = (accumulator: number, channel: number) => number;

/** Requantization of int32 accumulators by one multiplier a channel: `kernelMultipliers` in mode `float`, else `realMultipliers`. */
export function requantizer(mode: RequantizeMode, reals: Float64Array | Float32Array): Requantize {
  if (mode === 'float') {
    const scales = Float32Array.from(reals);
    return (accumulator, channel) => roundToEven(Math.fround(Math.fround(accumulator) * scales[channel]!));
  }
  const rounding = roundingOf(mode);
  const multipliers = Array.from(reals, (real) => quantizeMultiplier(real, rounding));
  return (accumulator, channel) => multiplyByQuantizedMultiplier(accumulator, multipliers[channel]!, rounding);
}
