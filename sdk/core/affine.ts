import type { DType } from './dtype.ts';

/** Least and greatest element: a code, an integer or a real number. */
export interface CodeRange {
  readonly min: number;
  readonly max: number;
}

/** Codes of the types that tensors are quantized to. */
export const CODE_RANGES = { int8: { min: -128, max: 127 }, uint8: { min: 0, max: 255 } } as const satisfies Partial<Record<DType, CodeRange>>;

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

/** Codes of `dtype`, or undefined where they are not quantized values. */
export function codeRangeOf(dtype: DType): CodeRange | undefined {
  return dtype === 'int8' || dtype === 'uint8' ? CODE_RANGES[dtype] : undefined;
}

/** Code of a real value, rounded half away from zero in float32 as TFLite's Quantize does, and clamped. */
export function quantizeValue(real: number, { scale, zeroPoint }: Affine, { min, max }: CodeRange): number {
  const scaled = Math.fround(Math.fround(real) / Math.fround(scale));
  const rounded = scaled < 0 ? -Math.floor(0.5 - scaled) : Math.floor(scaled + 0.5);
  return Math.min(Math.max(rounded + zeroPoint, min), max);
}

/** Real value of a code. */
export function dequantizeValue(code: number, { scale, zeroPoint }: Affine): number {
  return scale * (code - zeroPoint);
}
