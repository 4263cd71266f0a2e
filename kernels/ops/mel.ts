import { MelParams } from '../abi/audio';
import { fourierTransform } from '../micro/fft';

/** One frame times the window as complex numbers of two samples each, filled up with zeros to `bytes`. */
@inline
function windowFrame(input: usize, window: usize, length: i32, destination: usize, bytes: usize): void {
  const end = destination + bytes;
  for (let pair = length >> 1; pair > 0; pair--) {
    v128.store(destination, f64x2.mul(f64x2.promote_low_f32x4(v128.load64_zero(input)), v128.load(window)));
    input += 8;
    window += 16;
    destination += 16;
  }
  if (length & 1) {
    v128.store(destination, f64x2.mul(f64x2.promote_low_f32x4(v128.load32_zero(input)), v128.load(window)));
    destination += 16;
  }
  memory.fill(destination, 0, end - destination);
}

/** Magnitudes of bins 1 to `last` of a real transform of 2 * `points` samples from the transform of its pairs. */
@inline
function magnitudesOf(pairs: usize, points: i32, twiddles: usize, last: i32, magnitudes: usize): void {
  // -i * w(k) = w(k + a quarter turn): half the points further in the table.
  let twiddle = twiddles + (<usize>points << 4) + 32;
  let low = pairs + 16, high = pairs + (<usize>(points - 1) << 4);
  for (let bin = 1; bin <= last; bin++) {
    const sumRe = load<f64>(low) + load<f64>(high), differenceRe = load<f64>(low) - load<f64>(high);
    const sumIm = load<f64>(low, 8) + load<f64>(high, 8), differenceIm = load<f64>(low, 8) - load<f64>(high, 8);
    const wRe = load<f64>(twiddle), wIm = load<f64>(twiddle, 24);
    const re = sumRe + (differenceRe * wRe - sumIm * wIm);
    const im = differenceIm + (differenceRe * wIm + sumIm * wRe);
    store<f64>(magnitudes + (<usize>bin << 3), 0.5 * sqrt<f64>(re * re + im * im));
    twiddle += 32;
    low += 16;
    high -= 16;
  }
}

@inline
function sumBands(magnitudes: usize, bands: usize, weights: usize, count: i32, output: usize): void {
  for (const end = output + (<usize>count << 2); output < end; output += 4) {
    let magnitude = magnitudes + (<usize>load<i32>(bands) << 3);
    let sum: f64 = 0;
    for (let bin = load<i32>(bands, 4); bin > 0; bin--) {
      sum += load<f64>(magnitude) * load<f64>(weights);
      magnitude += 8;
      weights += 8;
    }
    store<f32>(output, <f32>sum);
    bands += 8;
  }
}

export function mel_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  const twiddles = load<usize>(params, MelParams.TWIDDLES);
  const points = load<i32>(params, MelParams.FFT_LENGTH) >> 1;
  const bins = load<i32>(params, MelParams.MEL_BINS);
  const bytes = <usize>points << 4;
  for (let frame = begin; frame < end; frame++) {
    const input = load<usize>(params, MelParams.INPUT) + (<usize>(frame * load<i32>(params, MelParams.FRAME_STEP)) << 2);
    const output = load<usize>(params, MelParams.OUTPUT) + (<usize>(frame * bins) << 2);
    windowFrame(input, load<usize>(params, MelParams.WINDOW), load<i32>(params, MelParams.FRAME_LENGTH), scratch, bytes);
    const pairs = fourierTransform(scratch, scratch + bytes, points, twiddles);
    const magnitudes = pairs == scratch ? scratch + bytes : scratch;
    magnitudesOf(pairs, points, twiddles, load<i32>(params, MelParams.LAST_BIN), magnitudes);
    sumBands(magnitudes, load<usize>(params, MelParams.BANDS), load<usize>(params, MelParams.WEIGHTS), bins, output);
  }
}
