import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeNpy } from '../../sdk/core/npy.ts';
import { Model } from '../../sdk/model.ts';
import type { Box } from '../../sdk/vision/detected-box.ts';
import { overlapOf } from '../../sdk/vision/suppress.ts';
import { assets } from '../assets.ts';
import { seededBytes } from '../fixtures/seeded.ts';
import { capture } from './capture.ts';

const detection = join(import.meta.dirname, '../fixtures/detection.tflite');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfbyte-run-vision-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Result {
  readonly outputs: unknown[];
  readonly top?: { index: number; label: string | null }[];
  readonly objects?: { index: number; label: string | null; score: number; box: number[] }[];
  readonly keypoints?: { index: number; label: string | null; score: number; x: number; y: number }[];
}

async function run(...args: string[]): Promise<Result> {
  const { code, stdout, stderr } = await capture('run', ...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Result;
}

describe('run on a detection model', () => {
  test('prints the objects of its outputs, named by --labels', async () => {
    await using model = await Model.load(detection, { threads: 1 });
    const specs = model.inputs.flatMap(({ dtype, shape, data }, at) => {
      const codes = new Int8Array(seededBytes(at + 1, data.length).buffer);
      (data as Int8Array).set(codes);
      writeFileSync(join(folder, `${at}.npy`), writeNpy({ dtype, shape, data: dtype === 'uint8' ? new Uint8Array(codes.buffer) : codes }));
      return ['--input', join(folder, `${at}.npy`)];
    });
    const [boxes, classes, scores, count] = model.runSync().outputs.map(({ data }) => [...(data as Float32Array)]);
    writeFileSync(join(folder, 'labels.txt'), 'a\nb\nc\nd\ne\nf\n');
    const { objects, top, outputs } = await run(detection, ...specs, '--labels', join(folder, 'labels.txt'));
    expect(top).toBeUndefined();
    expect(outputs).toHaveLength(4);
    const clamp = (place: number): number => Math.min(Math.max(place, 0), 1);
    const expected = [...scores!.keys()].slice(0, count![0]).filter((at) => scores![at]! >= 0.3).map((at) => {
      const [y0, x0, y1, x1] = boxes!.slice(4 * at, 4 * at + 4).map(clamp) as [number, number, number, number];
      return { index: classes![at]!, label: 'abcdef'[classes![at]!], score: scores![at]!, box: [x0, y0, x1, y1] };
    });
    expect(expected.length).toBeGreaterThan(0);
    expect(objects).toEqual(expected);
    const { stdout } = await capture('run', detection, ...specs);
    expect(stdout).toMatch(/^class +score +left +top +right +bottom +label\n/);
  });
});

describe('run --image on a float model', () => {
  const floats = join(import.meta.dirname, '../fixtures/float-relu.tflite');

  test.each<[string, string[], RegExp]>([
    ['without a normalization', [], /does not say how pixels become numbers; give --mean and --std as it was trained, e\.g\. --mean 0 --std 255/],
    ['with half of one', ['--mean', '127'], /--mean and --std belong together, give both/],
  ])('%s names the options', async (_, args, message) => {
    const { code, stderr } = await capture('run', floats, '--image', 'any.bmp', ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe.skipIf(!assets)('run --image on real models', () => {
  const model = (name: string): string => join(assets!, `models/${name}.tflite`);
  const image = (name: string): string => join(assets!, 'images', name);

  test('objects of a detector with the labels of its file, boxes in the picture whatever --resize is', async () => {
    const { objects } = await run(model('coco_ssd_mobilenet_v1_quant'), '--image', image('cats_and_dogs.jpg'));
    expect(objects!.filter(({ score }) => score > 0.5).map(({ label }) => label)).toEqual(['cat', 'cat', 'cat', 'dog']);
    expect(objects!.map(({ score }) => score)).toEqual(objects!.map(({ score }) => score).toSorted((a, b) => b - a));
    const letterboxed = await run(model('coco_ssd_mobilenet_v1_quant'), '--image', image('cats_and_dogs.jpg'), '--resize', 'letterbox');
    for (const { box: [x0 = NaN, y0 = NaN, x1 = NaN, y1 = NaN] } of [...objects!, ...letterboxed.objects!]) {
      expect(0 <= x0 && x0 < x1 && x1 <= 1 && 0 <= y0 && y0 < y1 && y1 <= 1).toBe(true);
    }
    const overlaps = letterboxed.objects!.map(({ box }) => Math.max(...objects!.map((object) => overlapOf(object.box as unknown as Box, box as unknown as Box))));
    expect(Math.max(...overlaps)).toBeGreaterThan(0.7);
  });

  test('keypoints of a pose model, --requant runs the reference', async () => {
    const { keypoints, top } = await run(model('movenet_single_pose_lightning_ptq'), '--image', image('squat.bmp'));
    expect(top).toBeUndefined();
    expect(keypoints).toHaveLength(17);
    expect(keypoints![0]).toMatchObject({ index: 0, label: 'nose' });
    expect(keypoints!.every(({ x, y }) => x >= 0 && x <= 1 && y >= 0 && y <= 1)).toBe(true);
    expect((await capture('run', model('movenet_single_pose_lightning_ptq'), '--image', image('squat.bmp'))).stdout).toMatch(/^keypoint +score +x +y +label\n/);
  });

  test('classes with the labels of the file', async () => {
    const { top } = await run(model('tf2_mobilenet_v2_1.0_224_ptq'), '--image', image('cat.bmp'), '--top', '1');
    expect(top).toEqual([{ index: 286, label: 'Egyptian cat', score: expect.any(Number) }]);
  });
});
