// Compiled by asc and by tsc: plain enums only. Members of a params enum are byte offsets into the params block.

/** Version of the kernel signature, params layouts and packed-weight layouts. A plan states the version it was made for. */
export enum Abi {
  VERSION = 1,
}

/**
 * Exported kernels, in table order. Names follow `<family>_<in>_<weights>[_<dot>]`; `_rd` kernels exist in the relaxed module only.
 * Signature: `(params: usize, scratch: usize, begin: i32, end: i32): void` over independent units `begin..end`.
 */
export enum Kernel {
  gemm_qs8_qc8w_d16,
  gemm_qs8_qc8w_e16,
  conv2d_qs8_qc8w_d16,
  conv2d_qs8_qc8w_e16,
  dwconv2d_qs8_qc8w_d16,
  dwconv2d_qs8_qc8w_e16,
  add_qs8,
  avgpool2d_qs8,
  maxpool2d_qs8,
  softmax_qs8,
  copy_x8,
  peak_d16,
  peak_e16,
  gemm_qs8_qc8w_rd,
  conv2d_qs8_qc8w_rd,
  dwconv2d_qs8_qc8w_rd,
  peak_rd,
  probe_rd,
}

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

/**
 * `dwconv2d_qs8_qc8w`: depth multiplier 1, NHWC. Units are output rows (batch * OUTPUT_HEIGHT).
 * Scratch bytes: INPUT_WIDTH * CHANNELS + 16 * OUTPUT_WIDTH + 4 * KERNEL_HEIGHT * KERNEL_WIDTH + 256.
 */
export enum Dwconv2dParams {
  INPUT = 0,
  WEIGHTS = 4,
  BIAS = 8,
  SCALE = 12,
  OUTPUT = 16,
  CHANNELS = 20,
  INPUT_HEIGHT = 24,
  INPUT_WIDTH = 28,
  OUTPUT_HEIGHT = 32,
  OUTPUT_WIDTH = 36,
  KERNEL_HEIGHT = 40,
  KERNEL_WIDTH = 44,
  MAGIC = 48,
  OFFSET = 64,
  MIN = 80,
  MAX = 96,
  FLIP = 112,
  STRIDE_HEIGHT = 128,
  STRIDE_WIDTH = 132,
  DILATION_HEIGHT = 136,
  DILATION_WIDTH = 140,
  PAD_TOP = 144,
  PAD_LEFT = 148,
  PAD_VALUE = 152,
  SIZE = 160,
}

/**
 * `add_qs8`: output = clamp(round((a * SCALE_A + b * SCALE_B) + BIAS)). Units are blocks of BLOCK elements. OUTPUT may equal A or B.
 * Scratch bytes: 16.
 */
export enum AddParams {
  A = 0,
  B = 4,
  OUTPUT = 8,
  COUNT = 12,
  BLOCK = 16,
  /** f32x4 each. */
  SCALE_A = 32,
  SCALE_B = 48,
  BIAS = 64,
  MAGIC = 80,
  /** i32x4 of 0x4B400000: the zero point is part of BIAS. */
  OFFSET = 96,
  MIN = 112,
  MAX = 128,
  SIZE = 144,
}

/**
 * `avgpool2d_qs8`, `maxpool2d_qs8`: NHWC, taps outside the input are skipped. Units are output rows (batch * OUTPUT_HEIGHT).
 * Scratch bytes: 16.
 */
export enum Pool2dParams {
  INPUT = 0,
  OUTPUT = 4,
  CHANNELS = 8,
  INPUT_HEIGHT = 12,
  INPUT_WIDTH = 16,
  OUTPUT_HEIGHT = 20,
  OUTPUT_WIDTH = 24,
  KERNEL_HEIGHT = 28,
  KERNEL_WIDTH = 32,
  STRIDE_HEIGHT = 36,
  STRIDE_WIDTH = 40,
  PAD_TOP = 44,
  PAD_LEFT = 48,
  /** f32[KERNEL_HEIGHT * KERNEL_WIDTH + 1]: reciprocal of the number of valid taps (average only). */
  RECIPROCALS = 52,
  MAGIC = 64,
  OFFSET = 80,
  MIN = 96,
  MAX = 112,
  SIZE = 128,
}

/** `softmax_qs8`: TABLE is f32[256], TABLE[d] = exp(-beta * scale * d); output scale 1/256, zero point -128. Units are rows. No scratch. */
export enum SoftmaxParams {
  INPUT = 0,
  OUTPUT = 4,
  COLUMNS = 8,
  TABLE = 12,
  SIZE = 16,
}

/** `copy_x8`: BYTES bytes in units of BLOCK bytes. No scratch. */
export enum CopyParams {
  INPUT = 0,
  OUTPUT = 4,
  BYTES = 8,
  BLOCK = 12,
  SIZE = 16,
}

/** `peak_*`: register-only multiply-accumulate loops, `end - begin` iterations of `PEAK_MACS` each; `probe_rd`: one relaxed dot product of INPUT (16 B) and WEIGHTS (16 B). */
export enum PeakParams {
  INPUT = 0,
  WEIGHTS = 4,
  OUTPUT = 8,
  SIZE = 16,
}

/** Multiply-accumulates of one iteration of a peak kernel: 12 accumulators. */
export enum PeakMacs {
  peak_d16 = 96,
  peak_e16 = 192,
  peak_rd = 192,
}
