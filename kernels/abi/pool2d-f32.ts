/** `avgpool2d_f32`, `maxpool2d_f32`: NHWC, taps outside the input are skipped, sums in the order of the taps. Units are output rows. No scratch. */
export enum Pool2dF32Params {
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
  /** f32x4. */
  MIN = 64,
  MAX = 80,
  SIZE = 96,
}
