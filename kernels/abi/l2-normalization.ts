/** `l2norm_qs8`: rows of COLUMNS codes minus ZERO, divided by their Euclidean length, times 128, nearest even. Units are rows. No scratch. */
export enum L2NormalizationParams {
  INPUT = 0,
  OUTPUT = 4,
  COLUMNS = 8,
  ZERO = 12,
  SIZE = 16,
}
