/** `softmax_qs8`: TABLE is f32[256], TABLE[d] = exp(-beta * scale * d); output scale 1/256, zero point -128. Units are rows. No scratch. */
export enum SoftmaxParams {
  INPUT = 0,
  OUTPUT = 4,
  COLUMNS = 8,
  TABLE = 12,
  SIZE = 16,
}
