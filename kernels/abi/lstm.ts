/**
 * `lstm_qs8`: STEPS steps of a long short-term memory of CELLS cells, TFLite's integer kernel of 8-bit inputs and 16-bit cells. Units are sequences.
 * Gates are input, forget, cell, output. Scratch bytes: 2 * roundUp(INPUTS, 8) + 14 * roundUp(CELLS, 8) + 32.
 */
export enum LstmParams {
  /** i8, INPUT_STEP bytes between steps, INPUT_SEQUENCE between sequences. */
  INPUT = 0,
  /** i8, OUTPUT_STEP bytes between steps, OUTPUT_SEQUENCE between sequences. */
  OUTPUT = 4,
  /** i8[units][CELLS] before and after. */
  HIDDEN_BEFORE = 8,
  HIDDEN = 12,
  /** i16[units][CELLS] before and after. */
  CELL_BEFORE = 16,
  CELL = 20,
  /** i8[CELLS][INPUTS] of each gate. */
  INPUT_WEIGHTS_0 = 24,
  INPUT_WEIGHTS_1 = 28,
  INPUT_WEIGHTS_2 = 32,
  INPUT_WEIGHTS_3 = 36,
  /** i8[CELLS][CELLS] of each gate. */
  HIDDEN_WEIGHTS_0 = 40,
  HIDDEN_WEIGHTS_1 = 44,
  HIDDEN_WEIGHTS_2 = 48,
  HIDDEN_WEIGHTS_3 = 52,
  /** i32[CELLS] of each gate. */
  BIAS_0 = 56,
  BIAS_1 = 60,
  BIAS_2 = 64,
  BIAS_3 = 68,
  /** Constants laid out as LstmTable. */
  TABLE = 72,
  CELLS = 76,
  INPUTS = 80,
  STEPS = 84,
  INPUT_STEP = 88,
  INPUT_SEQUENCE = 92,
  OUTPUT_STEP = 96,
  OUTPUT_SEQUENCE = 100,
  INPUT_ZERO = 104,
  HIDDEN_ZERO = 108,
  /** Zero point of the scaled output. */
  OUTPUT_ZERO = 112,
  /** Bits of the cells before the binary point. */
  CELL_BITS = 116,
  /** i16: greatest and least value of a cell. */
  CLIP = 120,
  LEAST = 124,
  SIZE = 128,
}

/** Constants of `lstm_qs8`. */
export enum LstmTable {
  /** i32 mantissa and exponent of each gate: of the input sums, 32 bytes on of the hidden sums. */
  GATES = 0,
  /** i32 mantissa and exponent of the output. */
  OUTPUT = 64,
  /** i16: exp(-1/4), exp(-1/2), … exp(-64), 15 bits after the binary point. */
  POWERS = 72,
  SIZE = 96,
}

/** `lstm_f32`: as `lstm_qs8` in f32, strides in bytes. Scratch bytes: 24 * roundUp(CELLS, 4). */
export enum LstmF32Params {
  INPUT = 0,
  OUTPUT = 4,
  HIDDEN_BEFORE = 8,
  HIDDEN = 12,
  CELL_BEFORE = 16,
  CELL = 20,
  INPUT_WEIGHTS_0 = 24,
  INPUT_WEIGHTS_1 = 28,
  INPUT_WEIGHTS_2 = 32,
  INPUT_WEIGHTS_3 = 36,
  HIDDEN_WEIGHTS_0 = 40,
  HIDDEN_WEIGHTS_1 = 44,
  HIDDEN_WEIGHTS_2 = 48,
  HIDDEN_WEIGHTS_3 = 52,
  BIAS_0 = 56,
  BIAS_1 = 60,
  BIAS_2 = 64,
  BIAS_3 = 68,
  /** Constants laid out as ExpTable. */
  TABLE = 72,
  CELLS = 76,
  INPUTS = 80,
  STEPS = 84,
  INPUT_STEP = 88,
  INPUT_SEQUENCE = 92,
  OUTPUT_STEP = 96,
  OUTPUT_SEQUENCE = 100,
  /** f32: greatest magnitude of a cell. */
  CLIP = 104,
  SIZE = 112,
}
