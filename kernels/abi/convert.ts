/** Element types of `cast_x`. */
export enum CastType {
  float32,
  int32,
  int8,
  uint8,
}

/** `cast_x`: elements of CastType FROM as CastType TO. Floats are truncated, saturating, NaN to the greatest integer; integers as narrower ones keep the low bits. Units are blocks of BLOCK elements. Scratch bytes: 16. */
export enum CastParams {
  INPUT = 0,
  OUTPUT = 4,
  COUNT = 8,
  BLOCK = 12,
  FROM = 16,
  TO = 20,
  SIZE = 32,
}

/** `flip_x8`: output = input xor MASK. Units are blocks of BLOCK bytes, a multiple of 16. OUTPUT may equal INPUT. Scratch bytes: 16. */
export enum FlipParams {
  INPUT = 0,
  OUTPUT = 4,
  COUNT = 8,
  BLOCK = 12,
  /** i8x16. */
  MASK = 16,
  SIZE = 32,
}

/**
 * `quantize_f32_qs8`: output = round(clamp(input * SCALE, LEAST, MOST)) + zero point, nearest even, NaN as LEAST; then xor FLIP.
 * Units are blocks of BLOCK elements, a multiple of 16. Scratch bytes: 16.
 */
export enum QuantizeParams {
  INPUT = 0,
  OUTPUT = 4,
  COUNT = 8,
  BLOCK = 12,
  /** f32x4 each: reciprocal of the scale, and the codes' bounds minus the zero point. */
  SCALE = 16,
  LEAST = 32,
  MOST = 48,
  MAGIC = 64,
  /** i32x4 of 0x4B400000 - zero point. */
  OFFSET = 80,
  /** i8x16 of 0x80 where the output is unsigned, else 0. */
  FLIP = 96,
  SIZE = 112,
}

/** `dequantize_qs8_f32`: output = (input xor FLIP - ZERO) * SCALE. Units are blocks of BLOCK elements, a multiple of 16. Scratch bytes: 32. */
export enum DequantizeParams {
  INPUT = 0,
  OUTPUT = 4,
  COUNT = 8,
  BLOCK = 12,
  /** f32x4. */
  SCALE = 16,
  /** i32x4: zero point. */
  ZERO = 32,
  /** i8x16 of 0x80 where the input is unsigned, else 0. */
  FLIP = 48,
  SIZE = 64,
}
