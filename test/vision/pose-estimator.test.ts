import { describe, expect, test } from 'vitest';
import { PoseEstimator } from '../../sdk/vision/pose-estimator.ts';
import { COCO_KEYPOINTS } from '../../sdk/vision/keypoints.ts';
import { port } from './port.ts';
import { fakeModel, floats, greyFrame } from './fake-model.ts';

const still = (): void => undefined;

describe('PoseEstimator', () => {
  test('17 keypoints are those of COCO: y, x, score of the model', async () => {
    const values = Array.from({ length: 51 }, (_, at) => at / 64);
    const found = await new PoseEstimator(fakeModel([floats([1, 1, 17, 3], values)], still)).estimate(greyFrame(3, 5));
    expect(found.map(({ label }) => label)).toEqual(COCO_KEYPOINTS);
    expect(found[2]).toEqual({ index: 2, label: 'right eye', x: 7 / 64, y: 6 / 64, score: 8 / 64 });
  });

  test('letterbox is undone, other numbers of keypoints have the given labels or none', async () => {
    const model = fakeModel([floats([1, 1, 2, 3], [0.5, 0.5, 1, 0.25, 0.75, 0.5])], still);
    const found = await new PoseEstimator(model, { resize: 'letterbox', labels: ['a', 'b'] }).estimate(greyFrame(16, 8));
    expect(found.map(({ label, x, y }) => [label, x, y])).toEqual([['a', 0.5, 0.5], ['b', 0.75, 0]]);
    expect((await new PoseEstimator(model).estimate(greyFrame(16, 8)))[1]!.label).toBeNull();
  });

  test('quantized keypoints', async () => {
    const output = port('uint8', [1, 1, 1, 3], { scale: 1 / 256, zeroPoint: 0 });
    (output.data as Uint8Array).set([64, 128, 192]);
    expect(await new PoseEstimator(fakeModel([output], still)).estimate(greyFrame(8, 8))).toEqual([{ index: 0, label: null, x: 0.5, y: 0.25, score: 0.75 }]);
  });

  test('an aborted call rejects and the next one works', async () => {
    const model = fakeModel([floats([1, 1, 17, 3], [])], still);
    const estimator = new PoseEstimator(model);
    await expect(estimator.estimate(greyFrame(8, 8), { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    expect(await estimator.estimate(greyFrame(8, 8))).toHaveLength(17);
    expect(model.runs).toBe(1);
  });

  test('refuses models and options that do not fit', () => {
    const keypoints = floats([1, 1, 17, 3], []);
    expect(() => new PoseEstimator(fakeModel([], still))).toThrow(/0 outputs; it takes models with one, 1x1xKx3/);
    expect(() => new PoseEstimator(fakeModel([keypoints, keypoints], still))).toThrow(/2 outputs/);
    expect(() => new PoseEstimator(fakeModel([floats([1, 17, 3], [])], still))).toThrow(/1x17x3: holds no keypoints/);
    expect(() => new PoseEstimator(fakeModel([keypoints], still), { labels: ['nose'] })).toThrow(/1 labels for 17 keypoints/);
    expect(() => new PoseEstimator(fakeModel([port('int32', [1, 1, 17, 3])], still))).toThrow(/holds no real numbers/);
  });
});
