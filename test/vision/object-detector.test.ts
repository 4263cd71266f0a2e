import { describe, expect, test } from 'vitest';
import { ObjectDetector, type ObjectDetectorOptions } from '../../sdk/vision/object-detector.ts';
import { port } from './port.ts';
import { fakeModel, floats, greyFrame } from './fake-model.ts';

/** Outputs of TFLite's detection operator: two boxes of three places. */
function detectionOutputs() {
  return {
    boxes: floats([1, 3, 4], [0.25, 0.5, 0.75, 1, -0.5, 0, 0.5, 2, 0, 0, 1, 1]),
    classes: floats([1, 3], [2, 0, 1]),
    scores: floats([1, 3], [0.9, 0.4, 0.8]),
    count: floats([1], [2]),
  };
}

const still = (): void => undefined;

describe('ObjectDetector on the outputs of TFLite\'s detection operator', () => {
  const { boxes, classes, scores, count } = detectionOutputs();

  test('boxes are left, top, right, bottom of the picture, within it, in the order of the model', async () => {
    const detector = new ObjectDetector(fakeModel([boxes, classes, scores, count], still), { labels: ['a', 'b', 'c'] });
    expect(await detector.detect(greyFrame(8, 8))).toEqual([
      { index: 2, label: 'c', score: Math.fround(0.9), box: [0.5, 0.25, 1, 0.75] },
      { index: 0, label: 'a', score: Math.fround(0.4), box: [0, 0, 1, 0.5] },
    ]);
  });

  test('letterbox and crop are undone', async () => {
    const model = fakeModel([boxes, classes, scores, count], still);
    const [letterboxed] = await new ObjectDetector(model, { resize: 'letterbox' }).detect(greyFrame(16, 8));
    expect(letterboxed!.box).toEqual([0.5, 0, 1, 1]);
    const [cropped] = await new ObjectDetector(model, { resize: 'crop' }).detect(greyFrame(16, 8));
    expect(cropped!.box).toEqual([0.5, 0.25, 0.75, 0.75]);
  });

  test('the order scores, boxes, count, classes is understood, labels come from the file, weak objects are left out', async () => {
    const metadata = { inputs: [], outputs: [{}, {}, {}, { labels: ['x', 'y', 'z'] }] };
    const detector = new ObjectDetector(fakeModel([scores, boxes, count, classes], still, metadata), { threshold: 0.5 });
    expect(await detector.detect(greyFrame(8, 8))).toEqual([{ index: 2, label: 'z', score: Math.fround(0.9), box: [0.5, 0.25, 1, 0.75] }]);
  });

  test('a class without a label has none, damaged counts and boxes give nothing', async () => {
    const outputs = { ...detectionOutputs(), classes: floats([1, 3], [7, -1, 0]) };
    const detector = new ObjectDetector(fakeModel([outputs.boxes, outputs.classes, outputs.scores, outputs.count], still), { labels: ['a'] });
    expect((await detector.detect(greyFrame(8, 8))).map(({ label }) => label)).toEqual([null, null]);
    (outputs.boxes.data as Float32Array)[1] = NaN;
    expect(await detector.detect(greyFrame(8, 8))).toHaveLength(1);
    for (const broken of [NaN, -3]) {
      (outputs.count.data as Float32Array)[0] = broken;
      expect(await detector.detect(greyFrame(8, 8))).toEqual([]);
    }
    (outputs.count.data as Float32Array)[0] = Infinity;
    expect(await detector.detect(greyFrame(8, 8))).toHaveLength(2);
  });

  test('calls made at once do not mix, an aborted call rejects and the next one works', async () => {
    const model = fakeModel([boxes, classes, scores, count], (pixels) => {
      (classes.data as Float32Array)[0] = pixels[0]!;
    });
    const detector = new ObjectDetector(model);
    const answers = await Promise.all([3, 5, 7].map((value) => detector.detect(greyFrame(4, 4, value))));
    expect(answers.map(([best]) => best!.index)).toEqual([3, 5, 7]);
    await expect(detector.detect(greyFrame(8, 8), { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    expect(await detector.detect(greyFrame(8, 8, 9))).toHaveLength(2);
    await expect(detector.detect({ ...greyFrame(8, 8), width: 9 })).rejects.toThrow(/ObjectDetector: 9 x 8 pixels in grey .* need 72 bytes, got 64/);
    expect(model.runs).toBe(4);
  });

  test.each<[string, Parameters<typeof fakeModel>[0], object, RegExp]>([
    ['other outputs without a coding', [floats([1, 9, 4], [])], {}, /outputs 1x9x4, not the four .* state the coding of raw boxes/],
    ['no outputs', [], {}, /the outputs none/],
    ['a threshold above all scores', [boxes, classes, scores, count], { threshold: 50 }, /threshold/],
    ['a threshold that is no number', [boxes, classes, scores, count], { threshold: NaN }, /threshold/],
    ['an overlap above 1', [boxes, classes, scores, count], { overlap: 2 }, /overlap/],
    ['an unknown option', [boxes, classes, scores, count], { size: 2 }, /size/],
    ['an unknown coding', [boxes], { boxes: { coding: 'polar' } }, /coding/],
  ])('refuses %s', (_, outputs, options, message) => {
    expect(() => new ObjectDetector(fakeModel(outputs, still), options as ObjectDetectorOptions)).toThrow(message);
  });

  test('refuses models without one picture input', () => {
    const model = fakeModel([boxes, classes, scores, count], still);
    expect(() => new ObjectDetector({ ...model, inputs: [] })).toThrow(/the model has 0 inputs; it takes models with one picture input/);
    expect(() => new ObjectDetector({ ...model, inputs: [port('int8', [1, 640])] })).toThrow(/1 inputs, the first of shape 1x640/);
  });
});
