/** `dwconv2d_f32_f32w`: depth multiplier 1, NHWC, WEIGHTS f32[taps][CHANNELS], sums in the order of the taps. Units are output rows. No scratch. */
export enum Dwconv2dF32Params {
  INPUT = 0,
  WEIGHTS = 4,
  BIAS = 8,
  OUTPUT = 12,
  CHANNELS = 16,
  INPUT_HEIGHT = 20,
  INPUT_WIDTH = 24,
  OUTPUT_HEIGHT = 28,
  OUTPUT_WIDTH = 32,
  KERNEL_HEIGHT = 36,
  KERNEL_WIDTH = 40,
  /** f32x4. */
  MIN = 48,
  MAX = 64,
  STRIDE_HEIGHT = 80,
  STRIDE_WIDTH = 84,
  DILATION_HEIGHT = 88,
  DILATION_WIDTH = 92,
  PAD_TOP = 96,
  PAD_LEFT = 100,
  SIZE = 112,
}
