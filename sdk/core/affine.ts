import type { DType } from './dtype.ts';

/** Least and greatest code of the integer types tensors are quantized to. */
const CODE_RANGES: Readonly<Partial<Record<DType, readonly [number, number]>>> = { int8: [-128, 127], uint8: [0, 255] };

/** Parameters of one quantized tensor: real = scale * (code - zeroPoint). */
export interface Affine {
  readonly scale: number;
  readonly zeroPoint: number;
}

interface Quantized {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
}

/** The parameters of a tensor quantized as a whole, or undefined for others. */
export function affineOf(quantization: Quantized | undefined): Affine | undefined {
  const [scale, more] = quantization?.scales ?? [];
  return scale === undefined || more !== undefined ? undefined : { scale, zeroPoint: quantization?.zeroPoints[0] ?? 0 };
}

/** Least and greatest code of `dtype`, or undefined where codes are not quantized values. */
export function codeRangeOf(dtype: DType): readonly [least: number, most: number] | undefined {
  return CODE_RANGES[dtype];
}

/** Code of a real value, rounded half away from zero in float32 as TFLite's Quantize does, and clamped. */
export function quantizeValue(real: number, { scale, zeroPoint }: Affine, [least, most]: readonly [number, number]): number {
  const scaled = Math.fround(Math.fround(real) / Math.fround(scale));
  const rounded = scaled < 0 ? -Math.floor(0.5 - scaled) : Math.floor(scaled + 0.5);
  return Math.min(Math.max(rounded + zeroPoint, least), most);
}

/** Real value of a code. */
export function dequantizeValue(code: number, { scale, zeroPoint }: Affine): number {
  return scale * (code - zeroPoint);
}
