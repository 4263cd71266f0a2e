import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Detection } from '../../sdk/audio/detection.ts';
import { KeywordSpotter, type KeywordSpotterOptions } from '../../sdk/audio/keyword-spotter.ts';
import { PcmSource } from '../../sdk/audio/pcm-source.ts';
import { readWav } from '../../sdk/audio/read-wav.ts';
import type { AudioChunk, AudioClip, AudioModel, AudioSource } from '../../sdk/audio/types.ts';
import { OptionError } from '../../sdk/core/errors.ts';
import { Model } from '../../sdk/model.ts';
import { assets } from '../assets.ts';
import { port } from '../vision/port.ts';
import { joined, noise, tone } from './sounds.ts';
import { pcm16 } from './wav-file.ts';

/** Frames and features of the models here: half a second of log-mel bands, not normalized. */
const FEATURES = { type: 'log-mel', melBins: 8, normalize: 'none' } as const;
const OPTIONS: KeywordSpotterOptions = { features: FEATURES, labels: ['low', 'high', 'quiet'], keywords: ['low', 'high'], refractorySeconds: 0.5 };

/** Says whether the lower or the upper bands are loud, or none. */
function bandModel(): AudioModel & { runs: number } {
  const input = port('float32', [1, 25, 8, 1]);
  const output = port('float32', [1, 3]);
  const model = {
    inputs: [input],
    outputs: [output],
    runs: 0,
    async run(options?: { signal?: AbortSignal }) {
      options?.signal?.throwIfAborted();
      await Promise.resolve();
      const mean = (from: number, to: number): number => {
        const values = (input.data as Float32Array).filter((_, at) => at % 8 >= from && at % 8 < to);
        return values.reduce((sum, value) => sum + value, 0) / values.length;
      };
      const [low, high] = [mean(0, 4), mean(4, 8)];
      (output.data as Float32Array).set(Math.max(low, high) < -8 ? [0, 0, 1] : low > high ? [1, 0, 0] : [0, 1, 0]);
      model.runs++;
    },
  };
  return model;
}

const silence = new Float32Array(16_000);
const low = tone(16_000, 200 / 16_000);
const high = tone(16_000, 3000 / 16_000);
const round = ({ label, seconds }: Detection): string => `${label} ${seconds.toFixed(1)}`;

describe('KeywordSpotter', () => {
  test('reports a keyword once, when its average is high enough, and the next after the refractory time', async () => {
    const spotter = new KeywordSpotter(bandModel(), { ...OPTIONS, refractorySeconds: 5 });
    const found = await spotter.push(joined(silence, low, silence, silence, silence, silence, high));
    expect(found.map(({ label }) => label)).toEqual(['low', 'high']);
    expect(found[0]!.seconds).toBeGreaterThan(1.1);
    expect(found[0]!.seconds).toBeLessThan(1.9);
    expect(found[0]).toMatchObject({ index: 0, score: 1 });
    expect(await spotter.push(silence)).toEqual([]);
  });

  test('the size of the pieces does not matter', async () => {
    const sound = joined(silence, low, silence, high, silence);
    const expected = await new KeywordSpotter(bandModel(), OPTIONS).push(sound);
    expect(expected.length).toBeGreaterThan(1);
    for (const size of [100, 320, 5000]) {
      const spotter = new KeywordSpotter(bandModel(), OPTIONS);
      const found: Detection[] = [];
      for (let at = 0; at < sound.length; at += size) found.push(...await spotter.push(sound.subarray(at, at + size)));
      expect(found).toEqual(expected);
    }
  });

  test('the model runs once an interval after a whole window was heard', async () => {
    const model = bandModel();
    const spotter = new KeywordSpotter(model, { ...OPTIONS, intervalSeconds: 0.2 });
    await spotter.push(silence.subarray(0, 8319));
    expect(model.runs).toBe(0);
    await spotter.push(silence.subarray(0, 1));
    expect(model.runs).toBe(1);
    await spotter.push(silence);
    expect(model.runs).toBe(6);
  });

  test.each([0.001, 0.01, 0.02, 0.03, 0.05, 0.1])('averages over the smoothing time with a result each %f s', async (intervalSeconds) => {
    const spotter = new KeywordSpotter(bandModel(), { ...OPTIONS, intervalSeconds, smoothingSeconds: 0.3 });
    const [first] = await spotter.push(tone(32_000, 200 / 16_000));
    // The first window ends after 0.52 s.
    expect(first!.seconds).toBeGreaterThan(0.7);
    expect(first!.seconds).toBeLessThan(0.87);
  });

  test('spotters with one model take turns', async () => {
    const model = bandModel();
    const alone = await new KeywordSpotter(bandModel(), OPTIONS).push(joined(silence, low));
    const [a, b] = await Promise.all([joined(silence, low), joined(silence, silence)].map((sound) => new KeywordSpotter(model, OPTIONS).push(sound)));
    expect([a, b]).toEqual([alone, []]);
  });

  test('an abort ends listening to a silent source at once', async () => {
    const controller = new AbortController();
    const source = new PcmSource(new Readable({ read() { controller.abort(new Error('enough')); } }));
    const listen = async (): Promise<void> => {
      for await (const detection of new KeywordSpotter(bandModel(), OPTIONS).listen(source, { signal: controller.signal })) expect(detection).toBeUndefined();
    };
    await expect(listen()).rejects.toThrow('enough');
    await expect(new KeywordSpotter(bandModel(), OPTIONS).push(silence.subarray(0, 10), { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
  });

  test.each([undefined, 'abc', [1, 2, 3], Buffer.alloc(640), new Float32Array(320).fill(NaN)])('refuses what are no samples (%#)', async (samples) => {
    const spotter = new KeywordSpotter(bandModel(), OPTIONS);
    await expect(spotter.push(samples as never)).rejects.toThrow(OptionError);
    await expect(spotter.listen(samples as never).next()).rejects.toThrow(OptionError);
  });

  test('calls made at once follow each other', async () => {
    const spotter = new KeywordSpotter(bandModel(), OPTIONS);
    const found = await Promise.all([silence, low, silence].map((sound) => spotter.push(sound)));
    expect(found.map((detections) => detections.length > 0)).toEqual([false, true, false]);
  });

  test('after a gap a whole window is needed again, and time goes on', async () => {
    const model = bandModel();
    const spotter = new KeywordSpotter(model, OPTIONS);
    await spotter.push(silence);
    const runs = model.runs;
    expect(await spotter.push(low.subarray(0, 8300), { gap: true })).toEqual([]);
    expect(model.runs).toBe(runs);
    expect((await spotter.push(low)).map(round)[0]).toMatch(/^low 1\.[67]$/);
  });

  test('a failed call is followed by a fresh start', async () => {
    const model = bandModel();
    const spotter = new KeywordSpotter(model, OPTIONS);
    await expect(spotter.push(low, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    expect(model.runs).toBe(0);
    expect((await spotter.push(low)).map(({ label }) => label)).toContain('low');
  });

  test('listens to a source until it ends', async () => {
    const sound = joined(silence, low, silence);
    const source = new PcmSource(Readable.from([pcm16(sound)]), { chunkSamples: 320 });
    const found: Detection[] = [];
    for await (const detection of new KeywordSpotter(bandModel(), OPTIONS).listen(source)) found.push(detection);
    expect(found[0]!.label).toBe('low');
  });

  test('hears a clip of any rate by itself, also a word at its end', async () => {
    const spotter = new KeywordSpotter(bandModel(), { ...OPTIONS, refractorySeconds: 60 });
    const hear = async (clip: AudioClip): Promise<string[]> => {
      const found: string[] = [];
      for await (const detection of spotter.listen(clip)) found.push(round(detection));
      return found;
    };
    // One window of the model, less than one, and one at another rate.
    expect(await hear({ sampleRate: 16_000, samples: low.subarray(0, 8320) })).toEqual(['low 0.7']);
    expect(await hear({ sampleRate: 16_000, samples: low.subarray(0, 7500) })).toEqual(['low 0.7']);
    expect(await hear({ sampleRate: 8000, samples: tone(4160, 3000 / 8000) })).toEqual(['high 0.7']);
  });

  test.each([undefined, new Float32Array(9), { sampleRate: 16_000 }])('says what to listen to (%#)', async (sound) => {
    await expect(new KeywordSpotter(bandModel(), OPTIONS).listen(sound as never).next()).rejects.toThrow(/^listen: found .*; must be a source of sound, .* or a clip, such as readWav gives/);
  });

  test('gaps of a source start anew', async () => {
    const model = bandModel();
    const source: AudioSource = {
      sampleRate: 16_000,
      async *[Symbol.asyncIterator](): AsyncGenerator<AudioChunk> {
        for (let at = 0; at < 16_000; at += 4000) yield { samples: low.subarray(at, at + 4000), gap: at > 0 };
      },
    };
    expect(await new KeywordSpotter(model, OPTIONS).listen(source).next()).toEqual({ done: true, value: undefined });
    expect(model.runs).toBe(0);
  });

  test('refuses a source of another rate', async () => {
    const source = new PcmSource(Readable.from([]), { sampleRate: 44_100 });
    await expect(new KeywordSpotter(bandModel(), OPTIONS).listen(source).next()).rejects.toThrow(/has 44100 samples a second, the model hears 16000/);
  });

  test('refuses models and options that do not fit', async () => {
    const model = bandModel();
    const without = { ...OPTIONS, features: undefined, labels: undefined, keywords: undefined };
    expect(() => new KeywordSpotter(model, without as never)).toThrow(/the features of this input are not known/);
    expect(() => new KeywordSpotter(undefined as never)).toThrow(/found Undefined; must be an open model/);
    expect(() => new KeywordSpotter({ ...model, inputs: [] }, OPTIONS)).toThrow(/has 0 inputs/);
    expect(() => new KeywordSpotter({ ...model, outputs: [port('float32', [2, 3])] }, OPTIONS)).toThrow(/2x3 is no row of class scores/);
    expect(() => new KeywordSpotter(model, { ...OPTIONS, labels: ['a'] })).toThrow(/1 labels for 3 classes/);
    expect(() => new KeywordSpotter(model, { ...OPTIONS, keywords: ['loud'] })).toThrow(/keyword 'loud' is not one of the labels: low, high, quiet/);
    expect(() => new KeywordSpotter(model, { ...OPTIONS, intervalSeconds: 0 })).toThrow(/intervalSeconds/);
    await expect(new KeywordSpotter(model, OPTIONS).push(low, { hole: true } as never)).rejects.toThrow(/hole/);
  });
});

describe.skipIf(!assets)('KeywordSpotter on the MLPerf Tiny model', () => {
  test('hears the word that is a file of one second', async () => {
    await using model = await Model.load(join(assets!, 'models/kws_dscnn_int8.tflite'), { threads: 1 });
    const { value } = await new KeywordSpotter(model).listen(readWav(readFileSync(join(assets!, 'audio/yes_1000ms.wav')))).next();
    expect(value).toMatchObject({ label: 'Yes' });
  });

  test('hears the three words in a minute of noise, each once', async () => {
    const word = (name: string): Float32Array => readWav(readFileSync(join(assets!, `audio/${name}_1000ms.wav`))).samples;
    const room = (seconds: number): Float32Array => noise(16_000 * seconds, seconds).map((sample) => sample * 2e-3);
    await using model = await Model.load(join(assets!, 'models/kws_dscnn_int8.tflite'), { threads: 1 });
    const spotter = new KeywordSpotter(model);
    const found = await spotter.push(joined(room(10), word('yes'), room(15), word('yes'), room(16), word('no'), room(10)));
    expect(found.map(({ label }) => label)).toEqual(['Yes', 'Yes', 'Go']);
    [10, 26, 43].forEach((start, at) => expect(Math.abs(found[at]!.seconds - start - 0.9)).toBeLessThan(0.4));
  });
});
