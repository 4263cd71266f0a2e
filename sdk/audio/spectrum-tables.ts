import { LogTable } from '../../kernels/abi.ts';
import { cos, log, PI, sin } from '../core/math.ts';
import type { FeatureSettings } from './feature-options.ts';

const TURN = 2 * PI;

/** Periodic Hann window as of tf.signal.hann_window, which is symmetric for odd lengths. */
export function hannWindow(length: number): Float64Array {
  const period = length - (length % 2);
  return Float64Array.from({ length }, (_, n) => 0.5 - 0.5 * cos((TURN * n) / period));
}

/** The window as the kernel reads it. */
export function windowTable({ frameLength }: FeatureSettings): Float64Array {
  const table = new Float64Array(frameLength + (frameLength % 2));
  table.set(hannWindow(frameLength));
  return table;
}

/** Table TWIDDLES of MelParams. */
export function twiddleTable({ fftLength }: FeatureSettings): Float64Array {
  const table = new Float64Array(3 * fftLength);
  for (let j = 0; j < (3 * fftLength) / 4; j++) {
    const angle = (TURN * j) / fftLength;
    table.set([cos(angle), cos(angle), sin(angle), -sin(angle)], 4 * j);
  }
  return table;
}

/** HTK's mel scale (tf.signal.linear_to_mel_weight_matrix). */
function melOf(hertz: number): number {
  return 1127 * log(1 + hertz / 700);
}

/** One triangular band over frequency bins `first`, `first` + 1, … */
export interface MelBand {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * The columns of tf.signal.linear_to_mel_weight_matrix without their zeros: triangles on the mel scale, bin 0 left out.
 * A band between two bins has no weights.
 */
export function melBands({ sampleRate, fftLength, melBins, lowerEdgeHertz, upperEdgeHertz }: FeatureSettings): MelBand[] {
  const [low, high] = [melOf(lowerEdgeHertz), melOf(upperEdgeHertz)];
  const edge = (index: number): number => low + ((high - low) * index) / (melBins + 1);
  const mels = Array.from({ length: fftLength / 2 }, (_, bin) => melOf((bin * sampleRate) / fftLength));
  return Array.from({ length: melBins }, (_, band) => {
    const [left, centre, right] = [edge(band), edge(band + 1), edge(band + 2)];
    const weightOf = (mel: number): number => Math.min((mel - left) / (centre - left), (right - mel) / (right - centre));
    const bins = mels.flatMap((mel, bin) => (bin > 0 && weightOf(mel) > 0 ? [bin] : []));
    return { first: bins[0] ?? 1, weights: bins.map((bin) => weightOf(mels[bin]!)) };
  });
}

/** Weight of mel band `band` in coefficient `coefficient`: DCT-II as of tf.signal.mfccs_from_log_mel_spectrograms. */
export function dctWeight(band: number, coefficient: number, melBins: number): number {
  return (2 * cos((TURN * (2 * band + 1) * coefficient) / (4 * melBins))) / Math.sqrt(2 * melBins);
}

/** Table TABLE of DctParams. */
export function dctTable({ melBins, coefficients }: FeatureSettings): Float64Array {
  const table = new Float64Array(2 * Math.ceil(coefficients / 2) * melBins);
  for (let coefficient = 0; coefficient < coefficients; coefficient++) {
    const panel = (coefficient - (coefficient % 2)) * melBins;
    for (let band = 0; band < melBins; band++) table[panel + 2 * band + (coefficient % 2)] = dctWeight(band, coefficient, melBins);
  }
  return table;
}

/** The constants of LogTable. */
export function logTable(): Uint8Array {
  const view = new DataView(new ArrayBuffer(LogTable.SIZE));
  const bits = (value: number): bigint => {
    view.setFloat64(0, value, true);
    return view.getBigInt64(0, true);
  };
  const [one, half, two52] = [bits(1), bits(Math.sqrt(0.5)), bits(2 ** 52)];
  const put = (at: number, value: number | bigint): void => {
    for (const lane of [at, at + 8]) {
      if (typeof value === 'bigint') view.setBigInt64(lane, value, true);
      else view.setFloat64(lane, value, true);
    }
  };
  put(LogTable.SHIFT, one - half);
  put(LogTable.FRACTION, (1n << 52n) - 1n);
  put(LogTable.SQRT_HALF, half);
  put(LogTable.WHOLE, two52);
  put(LogTable.BIAS, 2 ** 52 + 1023);
  put(LogTable.ONE, 1);
  put(LogTable.LN2_HIGH, 6.93147180369123816490e-1);
  put(LogTable.LN2_LOW, 1.90821492927058770002e-10);
  const terms = (LogTable.SIZE - LogTable.SERIES) / 16;
  for (let term = 0; term < terms; term++) put(LogTable.SERIES + 16 * term, 2 / (2 * term + 3));
  return new Uint8Array(view.buffer);
}
