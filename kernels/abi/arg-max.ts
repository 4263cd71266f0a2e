/** `argmax_qs8`, `argmax_f32`: index of the first greatest element along the middle of [outer][EXTENT][INNER], as i32. Units are outer * INNER. No scratch. */
export enum ArgMaxParams {
  INPUT = 0,
  OUTPUT = 4,
  EXTENT = 8,
  INNER = 12,
  SIZE = 16,
}
