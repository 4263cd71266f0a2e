/**
 * `gemm_f32_f32w`: output[m][n] = clamp(bias[n] + sum_k input[m][k] * weights[n][k]), every sum in f32 in the order of k.
 * Units as in GemmParams. Scratch bytes: 32 * BLOCK_ROWS.
 */
export enum GemmF32Params {
  INPUT = 0,
  WEIGHTS = 4,
  BIAS = 8,
  OUTPUT = 12,
  ROWS = 16,
  COLUMNS = 20,
  DEPTH = 24,
  BLOCK_ROWS = 28,
  BLOCK_COLUMNS = 32,
  /** f32x4. */
  MIN = 48,
  MAX = 64,
  SIZE = 80,
}

/** `conv2d_f32_f32w`: the fields of GemmF32Params at the same offsets, the window as in Conv2dParams. Scratch bytes: 4 * BLOCK_ROWS * (DEPTH + 8) + 16. */
export enum Conv2dF32Params {
  INPUT = 0,
  WEIGHTS = 4,
  BIAS = 8,
  OUTPUT = 12,
  ROWS = 16,
  COLUMNS = 20,
  DEPTH = 24,
  BLOCK_ROWS = 28,
  BLOCK_COLUMNS = 32,
  MIN = 48,
  MAX = 64,
  INPUT_HEIGHT = 80,
  INPUT_WIDTH = 84,
  INPUT_CHANNELS = 88,
  OUTPUT_HEIGHT = 92,
  OUTPUT_WIDTH = 96,
  KERNEL_HEIGHT = 100,
  KERNEL_WIDTH = 104,
  STRIDE_HEIGHT = 108,
  STRIDE_WIDTH = 112,
  DILATION_HEIGHT = 116,
  DILATION_WIDTH = 120,
  PAD_TOP = 124,
  PAD_LEFT = 128,
  SIZE = 144,
}
