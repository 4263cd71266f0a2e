import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { audioToInput } from '../../sdk/audio/audio-to-input.ts';
import { features } from '../../sdk/audio/features.ts';
import { keywordTasks } from '../../sdk/audio/keyword-tasks.ts';
import { OptionError } from '../../sdk/core/errors.ts';
import { Model } from '../../sdk/model.ts';
import { assets } from '../assets.ts';
import { port } from '../vision/port.ts';
import { clip, joined, noise, tone } from './sounds.ts';
import { pcm16, wavFile } from './wav-file.ts';

const SHAPE = [1, 49, 10, 1];
const AFFINE = { scale: 0.5847029089927673, zeroPoint: 83 };

describe('audioToInput', () => {
  test('writes the features of a known task as real numbers or codes', () => {
    const sound = clip(noise(16_000));
    const real = port('float32', SHAPE);
    expect(audioToInput(sound, real)).toEqual({ seconds: 1, heardSeconds: 1 });
    expect(real.data).toEqual(features(sound).data);
    const codes = port('int8', SHAPE, AFFINE);
    audioToInput(sound, codes);
    (codes.data as Int8Array).forEach((code, at) => {
      const exact = (real.data as Float32Array)[at]! / AFFINE.scale + AFFINE.zeroPoint;
      expect(Math.abs(code - Math.max(-128, Math.min(127, exact)))).toBeLessThanOrEqual(0.5001);
    });
  });

  test('axes of extent 1 do not matter, and a WAV file is as good as its clip', () => {
    const sound = noise(16_000);
    const [a, b] = [port('float32', SHAPE), port('float32', [49, 10])];
    audioToInput(clip(sound), a);
    audioToInput(wavFile({ bits: 16, data: pcm16(sound) }), b);
    expect(b.data).toEqual(a.data);
  });

  test.each([[1, 10, 49, 1], [2, 49, 10, 1], [490]])('refuses a port of another layout: %i x %i ...', (...shape) => {
    expect(() => audioToInput(clip(noise(16_000)), port('float32', shape), keywordTasks[0]!.features)).toThrow(/takes no frames of 10 features/);
  });

  test('sound as quiet as float32 can hold is silence', () => {
    const [quiet, none] = [port('float32', SHAPE), port('float32', SHAPE)];
    audioToInput(clip(noise(16_000).map((sample) => sample * 1e-40)), quiet);
    audioToInput(clip(new Float32Array(16_000)), none);
    expect(quiet.data).toEqual(none.data);
  });

  test('refuses what is no clip or no input, and says what is', () => {
    const real = port('float32', SHAPE);
    const samples = noise(16_000);
    for (const sound of ['yes.wav', undefined, samples.buffer, { samples }, { samples, sampleRate: NaN }, { samples, sampleRate: -16_000 }, { samples: [0, 1], sampleRate: 16_000 }, { samples: samples.map(() => NaN), sampleRate: 16_000 }]) {
      expect(() => audioToInput(sound as never, real)).toThrow(OptionError);
      expect(() => features(sound as never)).toThrow(OptionError);
    }
    expect(() => audioToInput('yes.wav' as never, real)).toThrow(/found 'yes.wav'; must be a clip/);
    for (const input of [undefined, {}, 'input']) expect(() => audioToInput(clip(samples), input as never)).toThrow(/pass `model.inputs\[0\]`/);
  });

  test('a short clip is followed by silence, a long one is cut', () => {
    const [a, b] = [port('float32', SHAPE), port('float32', SHAPE)];
    expect(audioToInput(clip(noise(4000)), a)).toEqual({ seconds: 0.25, heardSeconds: 1 });
    audioToInput(clip(joined(noise(4000), new Float32Array(12_000), noise(8000))), b);
    expect(b.data).toEqual(a.data);
  });

  test('a clip of another rate sounds the same, however long it goes on', () => {
    const sound = (rate: number, seconds: number): Float32Array => joined(tone(rate / 2, 700 / rate), tone(rate * (seconds - 0.5), 1800 / rate, 0.5));
    const [a, b, c] = [port('float32', SHAPE), port('float32', SHAPE), port('float32', SHAPE)];
    audioToInput(clip(sound(16_000, 1)), a);
    audioToInput(clip(sound(48_000, 2), 48_000), b);
    audioToInput(clip(sound(48_000, 9), 48_000), c);
    expect(c.data).toEqual(b.data);
    const average = (a.data as Float32Array).reduce((sum, value, at) => sum + Math.abs(value - (b.data as Float32Array)[at]!), 0) / 490;
    expect(average).toBeLessThan(1);
  });

  test('other inputs take features by options', () => {
    const options = { type: 'log-mel', melBins: 32, coefficients: 1, normalize: 'none' } as const;
    const input = port('float32', [1, 20, 32, 1]);
    expect(audioToInput(clip(noise(16_000)), input, options).heardSeconds).toBeCloseTo(21 * 0.02);
    expect(input.data).toEqual(features(clip(noise(16_000).subarray(0, 6720)), options).data.subarray(0, 640));
  });

  test.each<[string, ReturnType<typeof port>, Parameters<typeof audioToInput>[2], RegExp]>([
    ['an unknown shape', port('float32', [1, 640]), undefined, /'x' float32 1x640: the features of this input are not known; known: 49x10 \(mlperf/],
    ['another number of features', port('float32', [1, 49, 12]), {}, /takes no frames of 10 features/],
    ['codes without a scale', port('int8', SHAPE), undefined, /takes no features; allowed: float32, or int8 and uint8 with a scale/],
    ['a type that holds no features', port('int32', SHAPE), undefined, /takes no features/],
    ['wrong options', port('float32', SHAPE), { fftLength: 100 }, /fftLength/],
  ])('refuses %s', (_, input, options, message) => {
    expect(() => audioToInput(clip(noise(16_000)), input, options)).toThrow(OptionError);
    expect(() => audioToInput(clip(noise(16_000)), input, options)).toThrow(message);
  });
});

describe.skipIf(!assets)('the MLPerf Tiny keyword model', () => {
  const wav = (word: string): Buffer => readFileSync(join(assets!, `audio/${word}_1000ms.wav`));
  const names = keywordTasks[0]!.labels;

  /** Classes by descending output code. */
  async function ranking(file: string, word: string): Promise<{ label: string; code: number }[]> {
    await using model = await Model.load(join(assets!, 'models', file), { threads: 1 });
    audioToInput(wav(word), model.inputs[0]!);
    model.runSync();
    return Array.from(model.outputs[0]!.data as Int8Array, (code, index) => ({ label: names[index]!, code })).sort((a, b) => b.code - a.code);
  }

  test('hears yes at 127, and go at 90 before no in a recording of no', async () => {
    expect((await ranking('kws_dscnn_int8.tflite', 'yes'))[0]).toEqual({ label: 'Yes', code: 127 });
    const [best, next] = await ranking('kws_dscnn_int8.tflite', 'no');
    expect(best!.label).toBe('Go');
    expect(Math.abs(best!.code - 90)).toBeLessThanOrEqual(3);
    expect(next!.label).toBe('No');
  });
});
