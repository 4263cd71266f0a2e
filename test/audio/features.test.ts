import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OptionError } from '../../sdk/core/errors.ts';
import { parseFeatureOptions, type FeatureOptions } from '../../sdk/audio/feature-options.ts';
import { features } from '../../sdk/audio/features.ts';
import { readWav } from '../../sdk/audio/read-wav.ts';
import { referenceFeatures } from '../../sdk/audio/reference.ts';
import { assets } from '../assets.ts';
import { clip, joined, noise, tone } from './sounds.ts';

const OTHER_RATE: FeatureOptions = {
  type: 'log-mel', sampleRate: 8000, frameLength: 201, frameStep: 77, fftLength: 256, melBins: 13, lowerEdgeHertz: 100, upperEdgeHertz: 3700,
  logOffset: 1e-3, normalize: 'none',
};
const FINE: FeatureOptions = {
  frameLength: 640, frameStep: 160, fftLength: 1024, melBins: 64, lowerEdgeHertz: 0, upperEdgeHertz: 8000, logOffset: 1e-12, coefficients: 13,
};
const SMALL: FeatureOptions = {
  frameLength: 5, frameStep: 9, fftLength: 8, melBins: 3, lowerEdgeHertz: 1000, upperEdgeHertz: 8000, coefficients: 3,
};

function largestError(samples: Float32Array, options: FeatureOptions): number {
  const { data } = features(clip(samples, options.sampleRate), options);
  const reference = referenceFeatures(samples, parseFeatureOptions(options, 'test'));
  expect(data.length).toBe(reference.length);
  return data.reduce((most, value, at) => Math.max(most, Math.abs(value - reference[at]!)), 0);
}

describe('the kernels equal the float64 reference', () => {
  const sounds: Readonly<Record<string, Float32Array>> = {
    noise: noise(2000),
    'faint noise': noise(2000).map((sample) => sample * 1e-6),
    silence: new Float32Array(2000),
    'a pure tone, whose other bands are far below': tone(2000, 440 / 16_000),
    'an impulse': joined(new Float32Array(700), Float32Array.of(1), new Float32Array(1299)),
    'a step from silence': joined(new Float32Array(1000), noise(1000, 5)),
    'a constant': new Float32Array(2000).fill(0.7),
    'samples far above full scale': noise(2000).map((sample) => sample * 1e6),
  };
  test.each(Object.entries(sounds))('for %s', (_, samples) => {
    for (const options of [{}, { normalize: 'none' as const }, OTHER_RATE, FINE, SMALL]) {
      expect(largestError(samples, options), JSON.stringify(options)).toBeLessThan(1e-4);
    }
  });

  test.skipIf(!assets)('for recordings', () => {
    for (const word of ['yes', 'no']) {
      expect(largestError(readWav(readFileSync(join(assets!, `audio/${word}_1000ms.wav`))).samples, {})).toBeLessThan(1e-5);
    }
  });
});

/** Rows of tf.signal.stft, linear_to_mel_weight_matrix and mfccs_from_log_mel_spectrograms in float64 (TensorFlow 2.21) of 1600 samples of noise. */
describe('features equal those of tf.signal', () => {
  test.each<[string, FeatureOptions, number, number, number[]]>([
    ['mfcc', {}, 4, 1, [26.957486, -3.236816, -0.526011, -0.845683, 0.065098, 1.005274, 0.078358, 0.528905, -0.050233, -0.520491]],
    ['log-mel, an odd window', OTHER_RATE, 19, 5, [
      2.776257, 3.122293, 2.80539, 3.060431, 2.758904, 3.262671, 3.543108, 3.738365, 3.431351, 3.768754, 4.035136, 3.863414, 4.30399,
    ]],
    ['mfcc of bands without bins', FINE, 7, 3, [
      44.256094, -5.0833, 0.104118, -0.877856, 0.924737, 0.428411, -0.439604, -0.159906, 0.548236, 0.168399, 0.414098, 0.044786, -0.26326,
    ]],
  ])('%s', (_, options, frames, row, expected) => {
    const found = features(clip(noise(1600), options.sampleRate), options);
    expect({ frames: found.frames, size: found.size }).toEqual({ frames, size: expected.length });
    expected.forEach((value, at) => expect(Math.abs(found.data[row * found.size + at]! - value)).toBeLessThan(2e-5));
  });
});

describe('features', () => {
  test('have the same bits on every engine, also after resampling', () => {
    const hash = createHash('sha256');
    for (const options of [{}, OTHER_RATE, FINE, SMALL]) {
      for (const rate of [16_000, 44_100]) hash.update(features(clip(joined(noise(3000), tone(3000, 0.01)), rate), options).data);
    }
    expect(hash.digest('hex')).toBe('888e87a4e13872eabdfd339ac86998084b5abc8e6b8a530a2d9b6034681089a8');
  });

  test('do not depend on the level when normalized, and do when not', () => {
    const loud = features(clip(noise(1000))).data;
    const soft = features(clip(noise(1000).map((sample) => sample / 8))).data;
    loud.forEach((value, at) => expect(soft[at]).toBeCloseTo(value, 4));
    const [a, b] = [1, 8].map((divisor) => features(clip(noise(1000).map((sample) => sample / divisor)), { normalize: 'none' }).data);
    expect(a![0]! - b![0]!).toBeGreaterThan(10);
  });

  test('a clip of another rate is resampled', () => {
    const same = features(clip(tone(16_000, 500 / 16_000))).data;
    const other = features(clip(tone(48_000, 500 / 48_000), 48_000)).data;
    expect(other.length).toBe(same.length);
    // Frames in the middle, low coefficients: the tone itself.
    for (let frame = 5; frame < 44; frame++) expect(other[frame * 10 + 1]).toBeCloseTo(same[frame * 10 + 1]!, 0);
  });

  test.each<[FeatureOptions, RegExp]>([
    [{ fftLength: 500 }, /option 'fftLength': 500 is not allowed: give a power of two/],
    [{ fftLength: 256 }, /give at least the frame length, 480/],
    [{ upperEdgeHertz: 9000 }, /'upperEdgeHertz': 9000 .* at most half the sample rate, 8000/],
    [{ lowerEdgeHertz: 5000 }, /give more than the lower edge, 5000/],
    [{ coefficients: 41 }, /at most the number of mel bins, 40/],
    [{ frameStep: 0 }, /option 'frameStep'/],
    [{ window: 3 } as FeatureOptions, /window/],
  ])('refuses options %o', (options, message) => {
    expect(() => features(clip(noise(1000)), options)).toThrow(OptionError);
    expect(() => features(clip(noise(1000)), options)).toThrow(message);
  });

  test('refuses a clip shorter than a frame', () => {
    expect(() => features(clip(noise(479)))).toThrow(/the clip has 479 samples at 16000 Hz, one frame needs 480/);
    expect(features(clip(noise(480))).frames).toBe(1);
  });
});
