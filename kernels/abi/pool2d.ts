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
  /** Added to every tap (average only). */
  LIFT = 56,
  /** f32[KERNEL_HEIGHT * KERNEL_WIDTH + 1]: reciprocal of the number of valid taps (average only). */
  RECIPROCALS = 52,
  MAGIC = 64,
  OFFSET = 80,
  MIN = 96,
  MAX = 112,
  /** f32x4, added to the products before they are rounded (average only). */
  BIAS = 128,
  SIZE = 144,
}
