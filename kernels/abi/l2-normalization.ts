/** `l2norm_qs8`: rows of COLUMNS codes minus ZERO, divided by their Euclidean length, times 128, nearest even. Units are rows. No scratch. */
export enum L2NormalizationParams {
  INPUT = 0,
  OUTPUT = 4,
  COLUMNS = 8,
  ZERO = 12,
  SIZE = 16,
}

/** `l2norm_f32`: rows of COLUMNS divided by their Euclidean length, at least 1e-6, squares summed in index order. Units are rows. No scratch. */
export enum L2NormalizationF32Params {
  INPUT = 0,
  OUTPUT = 4,
  COLUMNS = 8,
  SIZE = 16,
}
