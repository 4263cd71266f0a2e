import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Model } from '../../sdk/model.ts';
import { decodeImage } from '../../sdk/vision/decode-image.ts';
import type { Box } from '../../sdk/vision/detected-box.ts';
import { gridAnchors } from '../../sdk/vision/grid-anchors.ts';
import { ImageClassifier } from '../../sdk/vision/image-classifier.ts';
import { ObjectDetector } from '../../sdk/vision/object-detector.ts';
import { PoseEstimator } from '../../sdk/vision/pose-estimator.ts';
import { overlapOf } from '../../sdk/vision/suppress.ts';
import type { Image } from '../../sdk/vision/types.ts';
import { assets } from '../assets.ts';

const golden = join(import.meta.dirname, '../golden');

/** float32 outputs of LiteRT for one input. */
function liteRt(model: string, input: string): Float32Array[] {
  const { results } = JSON.parse(readFileSync(join(golden, `litert/${model}.json`), 'utf8')) as { results: { input: string; outputs: string[] }[] };
  return results.find((result) => result.input === input)!.outputs.map((output) => new Float32Array(Uint8Array.from(Buffer.from(output, 'base64')).buffer));
}

function picture(name: string): Promise<Image> {
  return decodeImage(readFileSync(join(assets!, 'images', name)), name);
}

function within([x0, y0, x1, y1]: Box): Box {
  const clamp = (place: number): number => Math.min(Math.max(place, 0), 1);
  return [clamp(x0), clamp(y0), clamp(x1), clamp(y1)];
}

describe.skipIf(!assets)('picture tasks on real models', () => {
  const open = (name: string): Promise<Model> => Model.load(join(assets!, `models/${name}.tflite`), { threads: 1 });

  test.each(['cats_and_dogs.jpg', 'burger.jpg'])('SSD MobileNet on %s: labels in order, boxes and scores of LiteRT', async (name) => {
    await using model = await open('coco_ssd_mobilenet_v1_quant');
    const found = await new ObjectDetector(model, { threshold: 0.5 }).detect(await picture(name));
    const [boxes, classes, scores] = liteRt('coco_ssd_mobilenet_v1_quant', name);
    const labels = readFileSync(join(assets!, 'labels/coco_labels.txt'), 'utf8').split('\n');
    const expected = [...scores!.keys()].filter((at) => scores![at]! >= 0.5);
    expect(found.map(({ label }) => label)).toEqual(expected.map((at) => labels[classes![at]!]));
    if (name === 'cats_and_dogs.jpg') expect(found.map(({ label }) => label)).toEqual(['cat', 'cat', 'cat', 'dog']);
    expected.forEach((at, index) => {
      const [top, left, bottom, right] = boxes!.subarray(4 * at, 4 * at + 4) as unknown as [number, number, number, number];
      expect(overlapOf(found[index]!.box, within([left, top, right, bottom]))).toBeGreaterThanOrEqual(0.95);
      expect(Math.abs(found[index]!.score - scores![at]!)).toBeLessThanOrEqual(0.03);
    });
  });

  test('MoveNet on squat.bmp: the keypoints of LiteRT', async () => {
    await using model = await open('movenet_single_pose_lightning_ptq');
    const found = await new PoseEstimator(model).estimate(await picture('squat.bmp'));
    const [expected] = liteRt('movenet_single_pose_lightning_ptq', 'squat.bmp');
    const differences = found.flatMap(({ x, y, score }, index) => [y, x, score].map((value, at) => Math.abs(value - expected![3 * index + at]!)));
    expect(differences).toHaveLength(51);
    expect(Math.max(...differences)).toBeLessThanOrEqual(0.001);
  });

  test('a model of raw boxes finds the faces that LiteRT finds', async () => {
    const { pictures } = JSON.parse(readFileSync(join(golden, 'faces.json'), 'utf8')) as { pictures: { picture: string; faces: { score: number; box: Box }[] }[] };
    await using model = await open('face_rfb320_float');
    const anchors = gridAnchors({
      width: 320, height: 240,
      grids: [{ stride: 8, sizes: [10, 16, 24] }, { stride: 16, sizes: [32, 48] }, { stride: 32, sizes: [64, 96] }, { stride: 64, sizes: [128, 192, 256] }],
    });
    const detector = new ObjectDetector(model, { mean: 127, std: 128, threshold: 0.7, boxes: { coding: 'anchors', anchors, background: true } });
    for (const { picture: name, faces } of pictures) {
      const found = await detector.detect(await picture(name));
      expect(found.map(({ index }) => index)).toEqual(faces.map(() => 1));
      found.forEach(({ box, score }, at) => {
        expect(overlapOf(box, within(faces[at]!.box))).toBeGreaterThanOrEqual(0.999);
        expect(score).toBeCloseTo(faces[at]!.score, 4);
      });
    }
    expect(pictures.map(({ faces }) => faces.length)).toEqual([1, 1, 0]);
  });

  test('a classifier takes its labels from the model file', async () => {
    await using model = await open('tf2_mobilenet_v2_1.0_224_ptq');
    const [best] = await new ImageClassifier(model).classify(await picture('cat.bmp'), { top: 1 });
    expect(best!.label).toBe('Egyptian cat');
  });

  test('camera frames in YUV give the answer of the picture', async () => {
    await using model = await open('tf2_mobilenet_v2_1.0_224_ptq');
    const { data, width, height } = await picture('grace_hopper.bmp');
    const nv12 = new Uint8Array(width * height * 1.5);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [r, g, b] = data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3) as unknown as [number, number, number];
        const luma = 0.299 * r + 0.587 * g + 0.114 * b;
        nv12[y * width + x] = Math.round(16 + (luma * 219) / 255);
        if (x % 2 === 0 && y % 2 === 0) {
          nv12.set([Math.round(128 + ((b - luma) / 1.772) * (224 / 255)), Math.round(128 + ((r - luma) / 1.402) * (224 / 255))], width * height + (y / 2) * width + x);
        }
      }
    }
    const classifier = new ImageClassifier(model);
    const [asPicture, asFrame] = [
      await classifier.classify({ data, width, height, format: 'rgb' }, { top: 1 }), await classifier.classify({ data: nv12, width, height, format: 'nv12' }, { top: 1 }),
    ];
    expect(asFrame[0]!.label).toBe(asPicture[0]!.label);
    expect(Math.abs(asFrame[0]!.score - asPicture[0]!.score)).toBeLessThan(0.1);
  });
});
