import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Model } from '../../sdk/model.ts';
import { decodeImage } from '../../sdk/vision/decode-image.ts';
import { imageToInput } from '../../sdk/vision/image-to-input.ts';
import { assets } from '../assets.ts';

const NAME = 'movenet_single_pose_lightning_ptq';

/**
 * The reference CSV comes from another quantization of the net (its values are multiples of 0.003954, this model's of 0.004097).
 * LiteRT itself differs from it by 0.022 to 0.038, depending on how the picture is resampled; on equal pixels our outputs equal LiteRT's.
 */
const TOLERANCE = 0.03;

interface Keypoint {
  readonly x: number;
  readonly y: number;
}

/** Rows of pose_id, pose_score, keypoint_id, keypoint_score, keypoint_x, keypoint_y. */
function referenceKeypoints(path: string): Keypoint[] {
  const rows = readFileSync(path, 'utf8').trim().split('\n').slice(1).map((line) => line.split(',').map(Number));
  return rows.map(([, , , , x = NaN, y = NaN]) => ({ x, y }));
}

describe.skipIf(assets === undefined)('MoveNet', () => {
  it('finds the keypoints of squat.bmp', async () => {
    await using model = await Model.load(join(assets!, `models/${NAME}.tflite`), { threads: 1 });
    const picture = await decodeImage(readFileSync(join(assets!, 'images/squat.bmp')));
    imageToInput(picture, model.inputs[0]!, { resize: 'stretch' });
    const keypoints = model.runSync().outputs[0]!.data as Float32Array;
    const reference = referenceKeypoints(join(assets!, `models/${NAME}_reference.csv`));
    expect(reference).toHaveLength(17);
    const errors = reference.map(({ x, y }, index) => Math.max(Math.abs(keypoints[3 * index]! - y), Math.abs(keypoints[3 * index + 1]! - x)));
    expect(Math.max(...errors)).toBeLessThanOrEqual(TOLERANCE);
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThanOrEqual(0.014);
  });
});
