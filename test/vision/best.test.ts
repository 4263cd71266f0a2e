import { expect, test } from 'vitest';
import { ObjectDetector } from '../../sdk/vision/object-detector.ts';
import { Segmenter } from '../../sdk/vision/segmenter.ts';
import { topClasses } from '../../sdk/vision/top-classes.ts';
import { fakeModel, floats, greyFrame } from './fake-model.ts';

const still = (): void => undefined;

test('classes whose score is no number come last, in order of their index', () => {
  const found = topClasses(floats([1, 8], [0.1, NaN, 0.9, -Infinity, NaN, 0.95, Infinity, -Infinity]), 8);
  expect(found.map(({ index }) => index)).toEqual([6, 5, 2, 0, 3, 7, 1, 4]);
});

test('a score that is no number is never that of the best class of a box', async () => {
  const boxes = floats([1, 3, 4], Array.from({ length: 3 }, () => [0.1, 0.1, 0.5, 0.5]).flat());
  const scores = floats([1, 3, 2], [NaN, 0.9, 0.8, NaN, NaN, NaN]);
  const detector = new ObjectDetector(fakeModel([boxes, scores], still), { boxes: { coding: 'corners' }, overlap: 1 });
  expect((await detector.detect(greyFrame(8, 8))).map(({ index, score }) => [index, score])).toEqual([[1, Math.fround(0.9)], [0, Math.fround(0.8)]]);
});

test('nor that of a pixel', async () => {
  const segmenter = new Segmenter(fakeModel([floats([1, 1, 2, 3], [NaN, 0.1, 0.2, 0.3, NaN, 0.2])], still));
  expect([...(await segmenter.segment(greyFrame(2, 1))).data]).toEqual([2, 0]);
});

test('objects inside the bars of a letterbox are left out', async () => {
  const outputs = [floats([1, 2, 4], [0, 0.1, 0.2, 0.5, 0.2, 0.1, 0.5, 0.5]), floats([1, 2], [3, 7]), floats([1, 2], [0.9, 0.8]), floats([1], [2])];
  const found = await new ObjectDetector(fakeModel(outputs, still), { resize: 'letterbox' }).detect(greyFrame(16, 8));
  expect(found.map(({ index }) => index)).toEqual([7]);
});
