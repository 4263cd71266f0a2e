import type { Tensor } from '../../../sdk/ir/graph.ts';

/** Weights as int8 codes: real = scale * (code - zeroPoint). uint8 codes and zero points move down by 128. */
export interface WeightCodes {
  readonly codes: Int8Array;
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
}

/** Elements of an int32 constant. */
export function int32s({ data }: Tensor): Int32Array {
  return new Int32Array(Uint8Array.from(data ?? []).buffer);
}

export function weightCodes({ name, dtype, data, quantization }: Tensor): WeightCodes {
  if (!data || !quantization || (dtype !== 'int8' && dtype !== 'uint8')) throw new Error(`weights "${name}" are no quantized constant`);
  const { scales, zeroPoints } = quantization;
  if (dtype === 'int8') return { codes: Int8Array.from(new Int8Array(data.buffer, data.byteOffset, data.length)), scales, zeroPoints };
  return { codes: Int8Array.from(data, (code) => code - 128), scales, zeroPoints: zeroPoints.map((zeroPoint) => zeroPoint - 128) };
}

/** OHWI -> OIHW. */
export function channelsFirst(codes: Int8Array, [outer, height, width, inner]: readonly number[]): Int8Array {
  const area = height! * width!;
  const out = new Int8Array(codes.length);
  for (let o = 0; o < outer!; o++) {
    for (let at = 0; at < area; at++) {
      for (let i = 0; i < inner!; i++) out[(o * inner! + i) * area + at] = codes[(o * area + at) * inner! + i]!;
    }
  }
  return out;
}

/** 1HWC -> C1HW. */
export function depthwiseFirst(codes: Int8Array, [, height, width, channels]: readonly number[]): Int8Array {
  const area = height! * width!;
  return Int8Array.from(codes, (_, at) => codes[(at % area) * channels! + Math.floor(at / area)]!);
}
