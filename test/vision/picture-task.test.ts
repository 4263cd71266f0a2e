import { expect, test } from 'vitest';
import { ImageClassifier } from '../../sdk/vision/image-classifier.ts';
import { ObjectDetector } from '../../sdk/vision/object-detector.ts';
import { fakeModel, floats, greyFrame } from './fake-model.ts';

test('two classifiers on one model take turns', async () => {
  const scores = floats([1, 9], []);
  const model = fakeModel([scores], (pixels) => {
    (scores.data as Float32Array).fill(0)[pixels[0]!] = 1;
  });
  const [first, second] = [new ImageClassifier(model), new ImageClassifier(model, { resize: 'letterbox' })];
  const answers = await Promise.all([3, 5, 7, 2].map((value, at) => (at % 2 === 0 ? first : second).classify(greyFrame(8, 8, value), { top: 1 })));
  expect(answers.map(([best]) => best!.index)).toEqual([3, 5, 7, 2]);
});

test('detectors on one model take turns, each with its own placement, also after one was aborted', async () => {
  const classes = floats([1, 1], [0]);
  const model = fakeModel([floats([1, 1, 4], [0.25, 0.25, 0.75, 0.75]), classes, floats([1, 1], [0.9]), floats([1], [1])], (pixels) => {
    (classes.data as Float32Array)[0] = pixels[36]!;
  });
  const [stretched, letterboxed] = [new ObjectDetector(model), new ObjectDetector(model, { resize: 'letterbox' })];
  const [a, aborted, b] = await Promise.allSettled([
    stretched.detect(greyFrame(16, 8, 3)), letterboxed.detect(greyFrame(16, 8, 4), { signal: AbortSignal.abort() }), letterboxed.detect(greyFrame(16, 8, 5)),
  ]);
  expect(a).toMatchObject({ value: [{ index: 3, box: [0.25, 0.25, 0.75, 0.75] }] });
  expect(aborted.status).toBe('rejected');
  expect(b).toMatchObject({ value: [{ index: 5, box: [0.25, 0, 0.75, 1] }] });
  expect(model.runs).toBe(2);
});
