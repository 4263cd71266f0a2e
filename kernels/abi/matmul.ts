/**
 * `matmul_f32`: output[p] = a[p] x b[p], a [ROWS][DEPTH], b [DEPTH][COLUMNS], every sum in f32 in the order of the depth. Unit u is block u % blocks,
 * of BLOCK_ROWS rows, of product u / blocks; blocks = ceil(ROWS / BLOCK_ROWS). A product number is decoded by DIMS, i32[RANK][extent, stride of A,
 * stride of B], the last dimension fastest, strides in bytes. Scratch bytes: 64.
 */
export enum MatmulF32Params {
  A = 0,
  B = 4,
  OUTPUT = 8,
  ROWS = 12,
  COLUMNS = 16,
  DEPTH = 20,
  BLOCK_ROWS = 24,
  RANK = 28,
  DIMS = 32,
  SIZE = 48,
}

/**
 * `matmul_qs8`: output = clamp(fixed-point product of sum (a - ZERO_A) * (b - ZERO_B) and MANTISSA * 2^(EXPONENT - 31), rounded twice, + ZERO);
 * fields up to DIMS as in MatmulF32Params. Scratch bytes: 2 * BLOCK_ROWS * roundUp(DEPTH, 2) + 96.
 */
export enum MatmulParams {
  A = 0,
  B = 4,
  OUTPUT = 8,
  ROWS = 12,
  COLUMNS = 16,
  DEPTH = 20,
  BLOCK_ROWS = 24,
  RANK = 28,
  DIMS = 32,
  ZERO_A = 36,
  ZERO_B = 40,
  MANTISSA = 44,
  EXPONENT = 48,
  ZERO = 52,
  SIZE = 64,
}
