/**
 * `add_f32`, `sub_f32`, `mul_f32`, `div_f32`, `add_s32`, `sub_s32`, `mul_s32`, `floordiv_s32`: output = clamp(a op b), int32 results wrapped, with broadcasting.
 * The output is rows of COUNT elements. Unit u is block u % blocks, of BLOCK elements, of row u / blocks; blocks = ceil(COUNT / BLOCK).
 * Inside a row an operand advances by its STEP, 1 or 0. A row number is decoded by DIMS, i32[RANK][extent, stride of A, stride of B], the last
 * dimension fastest, strides in bytes. OUTPUT may equal an operand of its own shape. Scratch bytes: 16.
 */
export enum BinaryParams {
  A = 0,
  B = 4,
  OUTPUT = 8,
  COUNT = 12,
  BLOCK = 16,
  A_STEP = 20,
  B_STEP = 24,
  RANK = 28,
  DIMS = 32,
  /** f32x4 or i32x4. */
  MIN = 48,
  MAX = 64,
  SIZE = 80,
}

/** `add_qs8`: output = clamp((a * FACTOR_A + b * FACTOR_B + BIAS >> SHIFT) + ZERO); fields up to DIMS as in BinaryParams. Scratch bytes: 16. */
export enum AddParams {
  A = 0,
  B = 4,
  OUTPUT = 8,
  COUNT = 12,
  BLOCK = 16,
  A_STEP = 20,
  B_STEP = 24,
  RANK = 28,
  DIMS = 32,
  SHIFT = 36,
  /** i32x4 each; BIAS holds half a step and the inputs' zero points. */
  FACTOR_A = 48,
  FACTOR_B = 64,
  BIAS = 80,
  /** i16x8: output zero point. */
  ZERO = 96,
  MIN = 112,
  MAX = 128,
  SIZE = 144,
}

/** `mul_qs8`: output = clamp(round((a - ZERO_A) * (b - ZERO_B) * SCALE)); fields up to DIMS as in BinaryParams. Scratch bytes: 16. */
export enum MulParams {
  A = 0,
  B = 4,
  OUTPUT = 8,
  COUNT = 12,
  BLOCK = 16,
  A_STEP = 20,
  B_STEP = 24,
  RANK = 28,
  DIMS = 32,
  /** i16x8 each. */
  ZERO_A = 48,
  ZERO_B = 64,
  /** f32x4. */
  SCALE = 80,
  MAGIC = 96,
  OFFSET = 112,
  MIN = 128,
  MAX = 144,
  SIZE = 160,
}
