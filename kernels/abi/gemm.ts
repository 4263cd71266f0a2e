/**
 * `gemm_qs8_qc8w`: output[m][n] = requantize(bias[n] + sum_k input[m][k] * weights[n][k]).
 * Units are blocks of BLOCK_ROWS x BLOCK_COLUMNS outputs; unit u covers row block u / columnBlocks and column block u % columnBlocks,
 * columnBlocks = ceil(COLUMNS / BLOCK_COLUMNS). BLOCK_COLUMNS is a multiple of 8, the widest packed panel.
 * Scratch bytes: 2 * BLOCK_ROWS * (roundUp(DEPTH, 16) + 4) + 256.
 */
export enum GemmParams {
  INPUT = 0,
  WEIGHTS = 4,
  BIAS = 8,
  SCALE = 12,
  OUTPUT = 16,
  ROWS = 20,
  COLUMNS = 24,
  DEPTH = 28,
  BLOCK_ROWS = 32,
  BLOCK_COLUMNS = 36,
  /** Zero point of the weights as e16 and rd read them. */
  WEIGHT_ZERO = 40,
  /** f32x4 of 12582912.0: adding it rounds to the nearest even integer. */
  MAGIC = 48,
  /** i32x4 of 0x4B400000 - output zero point: subtracted from the bits of the magic sum. */
  OFFSET = 64,
  /** i8x16 clamp bounds. */
  MIN = 80,
  MAX = 96,
  /** i8x16 of 0x80 where the relaxed dot product takes its second operand as unsigned, else 0. Set by link. */
  FLIP = 112,
  SIZE = 128,
}

/**
 * `conv2d_qs8_qc8w`: the fields of GemmParams at the same offsets, over ROWS = batch * OUTPUT_HEIGHT * OUTPUT_WIDTH output pixels, NHWC.
 * Scratch bytes: 2 * BLOCK_ROWS * (roundUp(DEPTH, 16) + 4) + 256.
 */
export enum Conv2dParams {
  INPUT = 0,
  WEIGHTS = 4,
  BIAS = 8,
  SCALE = 12,
  OUTPUT = 16,
  ROWS = 20,
  COLUMNS = 24,
  /** KERNEL_HEIGHT * KERNEL_WIDTH * INPUT_CHANNELS. */
  DEPTH = 28,
  BLOCK_ROWS = 32,
  BLOCK_COLUMNS = 36,
  WEIGHT_ZERO = 40,
  MAGIC = 48,
  OFFSET = 64,
  MIN = 80,
  MAX = 96,
  FLIP = 112,
  INPUT_HEIGHT = 128,
  INPUT_WIDTH = 132,
  INPUT_CHANNELS = 136,
  OUTPUT_HEIGHT = 140,
  OUTPUT_WIDTH = 144,
  KERNEL_HEIGHT = 148,
  KERNEL_WIDTH = 152,
  STRIDE_HEIGHT = 156,
  STRIDE_WIDTH = 160,
  DILATION_HEIGHT = 164,
  DILATION_WIDTH = 168,
  PAD_TOP = 172,
  PAD_LEFT = 176,
  /** Input zero point in the low byte: the value of padding taps. */
  PAD_VALUE = 180,
  SIZE = 192,
}

/** The fields of a window in Conv2dParams and Conv2dF32Params, from INPUT_HEIGHT on. */
export enum WindowFields {
  INPUT_HEIGHT = 0,
  INPUT_WIDTH = 4,
  INPUT_CHANNELS = 8,
  OUTPUT_HEIGHT = 12,
  OUTPUT_WIDTH = 16,
  KERNEL_HEIGHT = 20,
  KERNEL_WIDTH = 24,
  STRIDE_HEIGHT = 28,
  STRIDE_WIDTH = 32,
  DILATION_HEIGHT = 36,
  DILATION_WIDTH = 40,
  PAD_TOP = 44,
  PAD_LEFT = 48,
}
