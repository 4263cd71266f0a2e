/** `peak_*`: register-only multiply-accumulate loops, `end - begin` iterations of `PeakMacs` each; `probe_rd`: one relaxed dot product of INPUT (16 B) and WEIGHTS (16 B). */
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
