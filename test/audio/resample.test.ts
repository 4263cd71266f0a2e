import { describe, expect, test } from 'vitest';
import { resample } from '../../sdk/audio/resample.ts';
import { clip, noise, tone } from './sounds.ts';

/** Root mean square of the samples away from the ends. */
function level(samples: Float32Array): number {
  const middle = samples.subarray(Math.floor(samples.length / 4), Math.floor((3 * samples.length) / 4));
  return Math.sqrt(middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length);
}

describe('resample', () => {
  test.each([8000, 11_025, 22_050, 44_100, 44_101, 48_000, 96_000])('a tone of 1 kHz at %i Hz stays the same tone at 16 kHz', (rate) => {
    const { samples, sampleRate } = resample(clip(tone(rate, 1000 / rate), rate), 16_000);
    expect({ count: samples.length, sampleRate }).toEqual({ count: 16_000, sampleRate: 16_000 });
    const expected = tone(16_000, 1000 / 16_000);
    expect(Math.max(...samples.subarray(1000, 15_000).map((sample, n) => Math.abs(sample - expected[1000 + n]!)))).toBeLessThan(1e-4);
  });

  const beyond = [[44_100, 8500], [48_000, 12_000], [48_000, 23_000], [96_000, 30_000]] as const;
  test.each(beyond)('of %i Hz, a tone of %i Hz that 16 kHz cannot hold is 90 dB down', (rate, hertz) => {
    expect(level(resample(clip(tone(rate, hertz / rate), rate), 16_000).samples)).toBeLessThan(Math.SQRT1_2 * 10 ** (-90 / 20));
  });

  test('tones up to 90 % of the band pass', () => {
    for (const hertz of [100, 3000, 6000, 7200]) {
      expect(level(resample(clip(tone(48_000, hertz / 48_000), 48_000), 16_000).samples)).toBeCloseTo(Math.SQRT1_2, 3);
    }
  });

  test('a constant keeps its level, and silence is added at the ends', () => {
    const { samples } = resample(clip(new Float32Array(4410).fill(0.5), 44_100), 16_000);
    expect(samples[800]).toBeCloseTo(0.5, 4);
    expect(samples[0]).toBeGreaterThan(0.2);
    expect(samples[0]).toBeLessThan(0.4);
  });

  test('the same rate is the same clip', () => {
    const same = clip(noise(10));
    expect(resample(same, 16_000)).toBe(same);
  });

  test.each([NaN, 0, -8000, Infinity, '8000', undefined])('refuses %s as a rate', (rate) => {
    expect(() => resample({ sampleRate: 16_000, samples: new Float32Array(10) }, rate as number)).toThrow(/sampleRate: found/);
  });

  test('refuses results that would be too long', () => {
    expect(() => resample({ sampleRate: 1000, samples: new Float32Array(3_000_000) }, 16_000)).toThrow(/are 48000000 at 16000 Hz, at most 33554432/);
  });
});
