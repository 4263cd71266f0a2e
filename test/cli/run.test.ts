import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNpy, writeNpy } from '../../sdk/core/npy.ts';
import { Model } from '../../sdk/model.ts';
import { assets } from '../assets.ts';
import { seededBytes } from '../fixtures/seeded.ts';
import { bmpFile } from '../vision/decoders/bmp-file.ts';
import { capture } from './capture.ts';

const classifier = join(import.meta.dirname, '../fixtures/classifier-v1.tflite');
let folder = '';
let file = (name: string): string => join(folder, name);
let model: Model;
let codes: Int8Array;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'halfbyte-run-'));
  file = (name) => join(folder, name);
  model = await Model.load(classifier, { threads: 1 });
  const [input] = model.inputs;
  codes = new Int8Array(seededBytes(7, input!.data.length).buffer);
  (input!.data as Int8Array).set(codes);
  model.runSync();
  writeFileSync(file('x.npy'), writeNpy({ dtype: 'int8', shape: input!.shape, data: codes }));
});

afterAll(async () => {
  await model.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('run', () => {
  test('prints one JSON object with outputs, classes and time', async () => {
    const { code, stdout, stderr } = await capture('run', classifier, '--input', file('x.npy'), '--json');
    expect({ code, stderr, lines: stdout.split('\n').length }).toEqual({ code: 0, stderr: '', lines: 2 });
    const [output] = model.outputs;
    const bytes = Uint8Array.from(new Uint8Array(output!.data.buffer, output!.data.byteOffset, output!.data.byteLength));
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect(result).toMatchObject({
      outputs: [{ name: output!.name, dtype: 'int8', shape: output!.shape, sha256: createHash('sha256').update(bytes).digest('hex') }],
      ms: expect.any(Number),
    });
    const { scales: [scale], zeroPoints: [zeroPoint] } = output!.quantization!;
    const scores = [...(output!.data as Int8Array)].map((code) => scale! * (code - zeroPoint!));
    const best = scores.indexOf(Math.max(...scores));
    expect((result['top'] as unknown[])[0]).toEqual({ index: best, label: null, score: scores[best] });
  });

  test('the same bits on threads, and what --output writes', async () => {
    const reference = JSON.parse((await capture('run', classifier, '--input', file('x.npy'), '--json')).stdout) as { outputs: unknown };
    const { code, stdout } = await capture('run', classifier, '--input', file('x.npy'), '--threads', '2', '--output', file('out'), '--json');
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { outputs: unknown }).outputs).toEqual(reference.outputs);
    const written = readNpy(readFileSync(file('out/0.npy')), '0.npy');
    expect([...(written.data as Int8Array)]).toEqual([...(model.outputs[0]!.data as Int8Array)]);
    expect(written.shape).toEqual(model.outputs[0]!.shape);
  });

  test('inputs can be named, --top and --labels choose and name classes', async () => {
    writeFileSync(file('labels.txt'), 'zero\none\n');
    const named = `${model.inputs[0]!.name}=${file('x.npy')}`;
    const { stdout } = await capture('run', classifier, '--input', named, '--top', '1', '--labels', file('labels.txt'), '--json');
    const { top } = JSON.parse(stdout) as { top: { index: number; label: string }[] };
    expect(top).toHaveLength(1);
    expect(top[0]!.label).toBe(['zero', 'one'][top[0]!.index]);
  });

  test('--quantize-input takes real values', async () => {
    const { scales: [scale], zeroPoints: [zeroPoint] } = model.inputs[0]!.quantization!;
    const real = Float32Array.from(codes, (code) => scale! * (code - zeroPoint!));
    writeFileSync(file('real.npy'), writeNpy({ dtype: 'float32', shape: model.inputs[0]!.shape, data: real }));
    const quantized = await capture('run', classifier, '--input', file('real.npy'), '--quantize-input', '--json');
    const raw = await capture('run', classifier, '--input', file('x.npy'), '--json');
    expect((JSON.parse(quantized.stdout) as { outputs: unknown }).outputs).toEqual((JSON.parse(raw.stdout) as { outputs: unknown }).outputs);
    const refused = await capture('run', classifier, '--input', file('real.npy'));
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/is float32 .* takes int8 .*; --quantize-input accepts float32\n$/);
    real[3] = NaN;
    writeFileSync(file('nan.npy'), writeNpy({ dtype: 'float32', shape: model.inputs[0]!.shape, data: real }));
    expect((await capture('run', classifier, '--input', file('nan.npy'), '--quantize-input')).stderr).toMatch(/element 3 is NaN/);
  });

  test('--requant runs the reference in another rounding mode', async () => {
    for (const mode of ['float', 'tflite-double']) {
      expect((await capture('run', classifier, '--input', file('x.npy'), '--requant', mode, '--output', file(mode))).code).toBe(0);
    }
    const [a, b] = ['float', 'tflite-double'].map((mode) => readNpy(readFileSync(file(`${mode}/0.npy`)), mode).data as Int8Array);
    expect(Math.max(...a!.map((code, at) => Math.abs(code - b![at]!)))).toBeLessThanOrEqual(3);
  });

  test('--image takes a picture of any size', async () => {
    const [, height, width] = model.inputs[0]!.shape as [number, number, number];
    const row = Array.from({ length: width * 3 * 2 }, (_, at) => at % 256);
    writeFileSync(file('x.bmp'), bmpFile({ width: width * 2, height, bits: 24, rows: Array.from({ length: height }, () => row) }));
    const { code, stdout } = await capture('run', classifier, '--image', file('x.bmp'), '--resize', 'crop', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ picture: { width: width * 2, height, channels: 3 }, top: expect.any(Array) });
  });

  test('prints a table for people', async () => {
    const { stdout, stderr } = await capture('run', classifier, '--input', file('x.npy'));
    expect(stdout).toMatch(/^class +score +label\n +\d +\d\.\d{4}\n/);
    expect(stdout).toMatch(/\noutput +name +dtype +shape +sha256\n0 +.* int8 .* [0-9a-f]{64}\n\n[\d.]+ ms\n$/);
    expect(stderr).toBe('');
  });

  test.each<[string, () => string[], 1 | 2, RegExp]>([
    ['no input', () => [], 2, /no data for input '.*' int8 .*; give --input \[NAME=\]FILE\.npy or --image FILE\n$/],
    ['a missing file', () => ['--input', file('none.npy')], 2, /--input '.*none\.npy': cannot be read \(ENOENT\)/],
    ['an unknown input name', () => ['--input', 'pixels=x.npy'], 2, /the model has no input 'pixels'; its inputs: /],
    ['an input given twice', () => ['--input', `${model.inputs[0]!.name}=a`, '--input', `${model.inputs[0]!.name}=b`], 2, /is given twice/],
    ['too many inputs', () => ['--input', file('x.npy'), '--input', file('x.npy')], 2, /no input of the model is left for it; its inputs: /],
    ['a normalization without a picture', () => ['--input', file('x.npy'), '--mean', '1'], 2, /--mean: is for pictures; give --image FILE/],
    ['a picture and all inputs', () => ['--input', file('x.npy'), '--image', file('x.bmp')], 2, /left are: none/],
    ['another shape', () => ['--input', file('short.npy')], 2, /is int8 3, input '.*' takes int8 1x/],
    ['a damaged .npy', () => ['--input', file('broken.npy')], 1, /broken\.npy': not a \.npy file/],
    ['a damaged picture', () => ['--image', file('broken.bmp')], 1, /broken\.bmp': the BMP file ends inside its header/],
    ['a file that is no picture', () => ['--image', file('x.npy')], 2, /starts with 93 4e 55 4d, which is not one of: BMP, JPEG, PNG/],
    ['labels of another model', () => ['--input', file('x.npy'), '--labels', file('three.txt')], 2, /3 labels for 2 classes/],
    ['labels without an end', () => ['--input', file('x.npy'), '--labels', '/dev/zero'], 2, /--labels '\/dev\/zero': has more than (\d+) bytes, at most \1 are allowed/],
    ['an output folder that is a file', () => ['--input', file('x.npy'), '--output', file('x.npy')], 2, /--output '.*': cannot be written \(EEXIST\); pass a new folder/],
    ['an output folder in procfs', () => ['--input', file('x.npy'), '--output', '/proc/halfbyte/out'], 2, /--output '.*': cannot be written \(ENOENT\); pass a new folder/],
  ])('%s', async (_, args, code, message) => {
    writeFileSync(file('short.npy'), writeNpy({ dtype: 'int8', shape: [3], data: new Int8Array(3) }));
    writeFileSync(file('broken.npy'), 'hello');
    writeFileSync(file('broken.bmp'), 'BM');
    writeFileSync(file('three.txt'), 'a\nb\nc\n');
    const result = await capture('run', classifier, ...args(), '--json');
    expect(result.stderr).toMatch(message);
    expect(result.stderr.split('\n')).toHaveLength(2);
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' });
  });

  test('a damaged model is a failure, with a stack trace only if asked for', async () => {
    writeFileSync(file('cut.tflite'), readFileSync(classifier).subarray(0, 3000));
    const short = await capture('run', file('cut.tflite'), '--input', file('x.npy'));
    expect(short.code).toBe(1);
    expect(short.stderr).toMatch(/^halfbyte: .*cut\.tflite.*\n$/);
    expect((await capture('run', file('cut.tflite'), '--input', file('x.npy'), '--debug')).stderr).toMatch(/^ModelError: [^]*\n +at /);
  });
});

describe.skipIf(!assets)('run on real models', () => {
  test.each([
    ['person_detect_int8', 'person.bmp', 1], ['person_detect_int8', 'no_person.bmp', 0],
    ['vww_96_int8', 'person.bmp', 1], ['vww_96_int8', 'no_person.bmp', 0],
  ])('%s on %s gives class %i', async (name, picture, index) => {
    const { code, stdout } = await capture('run', join(assets!, `models/${name}.tflite`), '--image', join(assets!, 'images', picture), '--json');
    expect(code).toBe(0);
    const { top } = JSON.parse(stdout) as { top: { index: number; score: number }[] };
    expect(top[0]!.index).toBe(index);
    expect(top.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 2);
  });

  test('a picture for a float or non-picture input is wrong use', async () => {
    const { code, stderr } = await capture('run', join(assets!, 'models/ad01_int8.tflite'), '--image', join(assets!, 'images/person.bmp'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/takes no picture/);
  });
});
