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
