/** `softmax_f32`: output = e / sum of e in index order, e = exp((x - greatest x) * BETA). Units are rows. OUTPUT may equal INPUT. No scratch. */
export enum SoftmaxF32Params {
  INPUT = 0,
  OUTPUT = 4,
  COLUMNS = 8,
  /** Constants laid out as ExpTable. */
  TABLE = 12,
  /** f32. */
  BETA = 16,
  SIZE = 32,
}

/** Constants of an exponential in f32. */
export enum ExpTable {
  /** Least argument that is told apart from smaller ones. */
  FLOOR = 0,
  /** 12582912.0: adding it rounds to the nearest even integer. */
  MAGIC = 4,
  LOG2_E = 8,
  LN2_HIGH = 12,
  LN2_LOW = 16,
  ONE = 20,
  /** 1/7!, 1/6!, ... 1/2!. */
  SERIES = 24,
  SIZE = 48,
}
