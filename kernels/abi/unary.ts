/** `sqrt_f32`. Units are blocks of BLOCK elements. OUTPUT may equal INPUT. Scratch bytes: 16. */
export enum SqrtParams {
  INPUT = 0,
  OUTPUT = 4,
  COUNT = 8,
  BLOCK = 12,
  SIZE = 16,
}

/**
 * `lookup_x8`: output = TABLE[input], TABLE being 256 bytes indexed by the code's bits. Units are blocks of BLOCK bytes, OUTPUT_STRIDE bytes apart
 * in the output. OUTPUT may equal INPUT where OUTPUT_STRIDE is BLOCK. No scratch.
 */
export enum LookupParams {
  INPUT = 0,
  OUTPUT = 4,
  TABLE = 8,
  COUNT = 12,
  BLOCK = 16,
  OUTPUT_STRIDE = 20,
  SIZE = 32,
}

/** `clamp_f32`: values below MIN become MIN, above MAX become MAX. Units are blocks of BLOCK elements. OUTPUT may equal INPUT. No scratch. */
export enum ClampF32Params {
  INPUT = 0,
  OUTPUT = 4,
  COUNT = 8,
  BLOCK = 12,
  /** f32x4. */
  MIN = 16,
  MAX = 32,
  SIZE = 48,
}

/**
 * `squash_f32`: hyperbolic tangent where IS_TANGENT is not 0, else the logistic function 1 / (1 + e^-x). Units are blocks of BLOCK elements, a
 * multiple of 4. OUTPUT may equal INPUT. No scratch.
 */
export enum SquashF32Params {
  INPUT = 0,
  OUTPUT = 4,
  COUNT = 8,
  BLOCK = 12,
  /** Constants laid out as ExpTable. */
  TABLE = 16,
  IS_TANGENT = 20,
  SIZE = 32,
}
