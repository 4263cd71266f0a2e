import { cos, log, PI, sin } from '../core/math.ts';
import { frameCount, type FeatureSettings } from './feature-options.ts';
import { gainOf, peakOf } from './peak.ts';
import { dctWeight, hannWindow, melBands } from './spectrum-tables.ts';

const TURN = 2 * PI;

/** Magnitudes of bins 0 … fftLength / 2 by the definition of the Fourier transform. */
function magnitudes(frame: Float64Array, fftLength: number): Float64Array {
  const cosines = Float64Array.from({ length: fftLength }, (_, turn) => cos((TURN * turn) / fftLength));
  const sines = Float64Array.from({ length: fftLength }, (_, turn) => sin((TURN * turn) / fftLength));
  return Float64Array.from({ length: fftLength / 2 + 1 }, (_, bin) => {
    let [re, im] = [0, 0];
    frame.forEach((sample, n) => {
      re += sample * cosines[(n * bin) % fftLength]!;
      im -= sample * sines[(n * bin) % fftLength]!;
    });
    return Math.sqrt(re * re + im * im);
  });
}

/** Features [frames][features of a frame] in float64 by their definition: the oracle of the kernels. */
export function referenceFeatures(samples: Float32Array, settings: FeatureSettings): Float64Array {
  const { frameLength, frameStep, fftLength, melBins, logOffset, type, coefficients, normalize } = settings;
  const gain = normalize === 'peak' ? gainOf(peakOf(samples)) : 1;
  const window = hannWindow(frameLength);
  const bands = melBands(settings);
  const rows = Array.from({ length: frameCount(samples.length, settings) }, (_, frame) => {
    const spectrum = magnitudes(window.map((weight, n) => weight * samples[frame * frameStep + n]! * gain), fftLength);
    const logs = bands.map(({ first, weights }) => log(weights.reduce((sum, weight, at) => sum + weight * spectrum[first + at]!, 0) + logOffset));
    if (type === 'log-mel') return logs;
    return Array.from({ length: coefficients }, (_, coefficient) =>
      logs.reduce((sum, value, band) => sum + value * dctWeight(band, coefficient, melBins), 0));
  });
  return Float64Array.from(rows.flat());
}
