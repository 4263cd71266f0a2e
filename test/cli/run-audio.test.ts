import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noise } from '../audio/sounds.ts';
import { pcm16, wavFile } from '../audio/wav-file.ts';
import { assets } from '../assets.ts';
import { capture } from './capture.ts';

const classifier = join(import.meta.dirname, '../fixtures/classifier-v1.tflite');
let folder = '';
const file = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfbyte-audio-'));
  writeFileSync(file('noise.wav'), wavFile({ bits: 16, channels: 2, sampleRate: 48_000, data: pcm16(noise(192_000)) }));
  writeFileSync(file('broken.wav'), 'RIFF....WAVE');
  writeFileSync(file('labels.txt'), Array.from({ length: 12 }, (_, index) => `word ${index}`).join('\n'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('run --audio', () => {
  test.each<[string, () => string[], 1 | 2, RegExp]>([
    ['a model that takes no sound', () => ['--audio', file('noise.wav')], 2, /--audio '.*noise\.wav': input .+ takes no sound known here; known: 49x10 \(mlperf-tiny-kws\); give --/],
    ['a damaged file', () => ['--audio', file('broken.wav')], 1, /--audio '.*broken\.wav': has no 'data' chunk in 12 bytes/],
    ['a missing file', () => ['--audio', file('none.wav')], 2, /--audio '.*none\.wav': cannot be read \(ENOENT\)/],
    ['sound and a picture', () => ['--audio', file('noise.wav'), '--image', 'x.bmp'], 2, /--image and --audio exclude each other/],
  ])('%s', async (_, args, code, message) => {
    const result = await capture('run', classifier, ...args(), '--json');
    expect(result.stderr).toMatch(message);
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' });
  });
});

describe.skipIf(!assets)('run --audio on the MLPerf Tiny keyword model', () => {
  const run = (...args: string[]) => capture('run', join(assets!, 'models/kws_dscnn_int8.tflite'), ...args);
  const recording = (word: string): string => join(assets!, `audio/${word}_1000ms.wav`);

  test('yes is Yes at code 127', async () => {
    const { code, stdout } = await run('--audio', recording('yes'), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      audio: { seconds: 1, heardSeconds: 1, sampleRate: 16_000, channels: 1 },
      outputs: [{ dtype: 'int8', shape: [1, 12] }],
    });
    expect((JSON.parse(stdout) as { top: unknown[] }).top[0]).toEqual({ index: 9, label: 'Yes', score: 255 / 256 });
  });

  test('no is Go at code 90 before No', async () => {
    const { top } = JSON.parse((await run('--audio', recording('no'), '--json')).stdout) as { top: { label: string; score: number }[] };
    expect(top.slice(0, 2).map(({ label }) => label)).toEqual(['Go', 'No']);
    expect(Math.abs(top[0]!.score * 256 - 128 - 90)).toBeLessThanOrEqual(3);
  });

  test('other labels can be given, and longer stereo files are cut', async () => {
    const { stdout } = await run('--audio', file('noise.wav'), '--labels', file('labels.txt'));
    expect(stdout).toMatch(/word \d/);
    expect(stdout).toMatch(/\nsound 2\.00 s, 48000 Hz, 2 channels, heard are the first 1\.00 s\n/);
  });

  test('a picture is refused', async () => {
    const { code, stdout, stderr } = await run('--image', join(assets!, 'images/person.bmp'));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/input .+ int8 1x49x10x1 takes the features of sound \(mlperf-tiny-kws\); give --audio FILE\.wav or --input FILE\.npy\n$/);
  });

  test('the input may be filled once only', async () => {
    const { code, stderr } = await run('--input', 'x.npy', '--audio', recording('yes'));
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/one input must be left for it, left are: none|cannot be read/) });
  });
});
