import { describe, expect, test } from 'vitest';
import { parseFeatureOptions, windowSamples, type FeatureOptions } from '../../sdk/audio/feature-options.ts';
import { FeatureStream } from '../../sdk/audio/feature-stream.ts';
import { features } from '../../sdk/audio/features.ts';
import { clip, joined, noise, tone } from './sounds.ts';

const sound = joined(noise(9000, 4).map((sample) => sample * 0.1), tone(6000, 0.03, 0.8), new Float32Array(3000), noise(9000, 8));

function chunksOf(samples: Float32Array, sizes: readonly number[]): Float32Array[] {
  const chunks: Float32Array[] = [];
  for (let at = 0, turn = 0; at < samples.length; turn++) {
    chunks.push(samples.subarray(at, at + sizes[turn % sizes.length]!));
    at += sizes[turn % sizes.length]!;
  }
  return chunks;
}

/** Features after every step at which a window is complete, by the samples heard. */
function streamed(options: FeatureOptions, frames: number, sizes: readonly number[]): Map<number, Float32Array> {
  const stream = new FeatureStream(parseFeatureOptions(options, 'test'), frames);
  const windows = new Map<number, Float32Array>();
  for (const chunk of chunksOf(sound, sizes)) {
    const steps = stream.push(chunk);
    while (!steps.next().done) if (stream.ready) windows.set(stream.samples, stream.features().slice());
  }
  return windows;
}

const CASES: readonly [string, FeatureOptions, number][] = [
  ['MLPerf Tiny', {}, 49],
  ['log-mel without normalization', { type: 'log-mel', normalize: 'none' }, 7],
  ['frames that do not overlap', { frameLength: 300, frameStep: 500, fftLength: 512 }, 5],
  ['frames over many steps', { frameLength: 500, frameStep: 160, fftLength: 512 }, 3],
  ['one frame', { frameLength: 320, frameStep: 320 }, 1],
];

describe('FeatureStream', () => {
  test.each(CASES)('%s: one step at a time gives the bits of the whole clip', (_, options, frames) => {
    const settings = parseFeatureOptions(options, 'test');
    const span = windowSamples(frames, settings);
    const windows = streamed(options, frames, [settings.frameStep]);
    expect(Math.min(...windows.keys())).toBe(span);
    expect(windows.size).toBe(Math.floor((sound.length - span) / settings.frameStep) + 1);
    for (const [end, found] of windows) {
      const whole = features(clip(sound.subarray(end - span, end)), options);
      expect(whole.frames).toBeGreaterThanOrEqual(frames);
      expect(found, `after ${end} samples`).toEqual(whole.data.subarray(0, found.length));
    }
  });

  test('the size of the pieces does not matter', () => {
    const expected = streamed({}, 49, [320]);
    for (const sizes of [[1, 2, 3, 500], [16_000], [319], [4096, 7]]) expect(streamed({}, 49, sizes)).toEqual(expected);
  });

  test('after a reset earlier sound is forgotten and the clock goes on', () => {
    const stream = new FeatureStream(parseFeatureOptions({}, 'test'), 49);
    const feed = (samples: Float32Array): number => [...stream.push(samples)].length;
    feed(sound.subarray(0, 20_100));
    stream.reset();
    expect(stream.ready).toBe(false);
    feed(sound.subarray(0, 15_999));
    expect(stream.ready).toBe(false);
    feed(sound.subarray(15_999, 16_000));
    expect({ ready: stream.ready, samples: stream.samples }).toEqual({ ready: true, samples: 19_840 + 16_000 });
    expect(stream.features()).toEqual(features(clip(sound.subarray(0, 16_000))).data);
  });
});
