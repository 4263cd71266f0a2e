/**
 * `mel_f32`: windowed frames -> magnitudes of their Fourier transform -> mel bands, computed in f64. Units are frames.
 * Scratch bytes: 16 * FFT_LENGTH.
 */
export enum MelParams {
  /** f32, FRAME_STEP between the starts of frames. */
  INPUT = 0,
  /** f32[units][MEL_BINS]. */
  OUTPUT = 4,
  /** f64[FRAME_LENGTH], padded with a zero to an even count. */
  WINDOW = 8,
  /** Entry j of 3/4 FFT_LENGTH, w = exp(-2 pi i j / FFT_LENGTH): f64 re(w), re(w), -im(w), im(w). */
  TWIDDLES = 12,
  /** i32 pairs: first frequency bin and number of bins of each band; bins 1 to LAST_BIN. */
  BANDS = 16,
  /** f64, the weights of all bands one after another. */
  WEIGHTS = 20,
  FRAME_LENGTH = 24,
  FRAME_STEP = 28,
  /** A power of two, at least 4 and at least FRAME_LENGTH. */
  FFT_LENGTH = 32,
  /** Greatest frequency bin of any band, below FFT_LENGTH / 2. */
  LAST_BIN = 36,
  MEL_BINS = 40,
  SIZE = 48,
}

/**
 * `log_f32`: output = ln(input * GAIN + OFFSET), computed in f64; the sum is a positive normal number. Units are blocks of BLOCK elements, an even
 * number. OUTPUT may equal INPUT. No scratch.
 */
export enum LogParams {
  INPUT = 0,
  OUTPUT = 4,
  /** f32[1]. */
  GAIN = 8,
  /** Constants laid out as LogTable. */
  TABLE = 12,
  COUNT = 16,
  BLOCK = 20,
  /** f32x4. */
  OFFSET = 32,
  SIZE = 48,
}

/** Constants of a logarithm in f64, each as a pair of equal lanes. */
export enum LogTable {
  /** i64: bits of 1 minus bits of sqrt(1/2). */
  SHIFT = 0,
  /** i64: the 52 bits of a fraction. */
  FRACTION = 16,
  /** i64: bits of sqrt(1/2). */
  SQRT_HALF = 32,
  /** i64: bits of 2^52. */
  WHOLE = 48,
  /** 2^52 + 1023. */
  BIAS = 64,
  ONE = 80,
  LN2_HIGH = 96,
  LN2_LOW = 112,
  /** 2/3, 2/5, ... 2/17: 2 * atanh(s) = 2 * s + s^3 * (2/3 + s^2 * (2/5 + ...)). */
  SERIES = 128,
  SIZE = 256,
}

/** `dct_f32`: output[row][c] = sum_b input[row][b] * table[b][c], computed in f64. Units are rows. No scratch. */
export enum DctParams {
  INPUT = 0,
  OUTPUT = 4,
  /** f64[ceil(COEFFICIENTS / 2)][BINS][2]: for each pair of coefficients the weights of all bins. */
  TABLE = 8,
  BINS = 12,
  COEFFICIENTS = 16,
  SIZE = 32,
}
