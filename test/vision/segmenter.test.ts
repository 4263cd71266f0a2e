import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TypedArray } from '../../sdk/core/dtype.ts';
import { Model } from '../../sdk/model.ts';
import { Segmenter } from '../../sdk/vision/segmenter.ts';
import { noiseFrame } from './frames.ts';
import { port } from './port.ts';
import { fakeModel, floats, greyFrame } from './fake-model.ts';

const still = (): void => undefined;
/** 2 x 2 pixels of the classes 0, 1, 2, 1; the last pixel has equal scores. */
const SCORES = [0.9, 0, 0.1, 0, 1, 0, 0, 0.2, 0.8, 0, 0.5, 0.5];

describe('Segmenter', () => {
  test('the class with the greatest score, nearest in the size of the picture', async () => {
    const segmenter = new Segmenter(fakeModel([floats([1, 2, 2, 3], SCORES)], still), { labels: ['a', 'b', 'c'] });
    const mask = await segmenter.segment(greyFrame(4, 2));
    expect({ ...mask, data: [...mask.data] }).toEqual({ width: 4, height: 2, labels: ['a', 'b', 'c'], data: [0, 0, 1, 1, 2, 2, 1, 1] });
    expect([...(await segmenter.segment(greyFrame(1, 1))).data]).toEqual([1]);
    expect([...(await segmenter.segment(greyFrame(3, 1))).data]).toEqual([2, 1, 1]);
  });

  test('a real model: 13 x 5 answers of 12 classes for 25 x 10 pixels', async () => {
    await using model = await Model.load(join(import.meta.dirname, '../fixtures/conv-10x4-one-channel.tflite'), { threads: 1 });
    const [output] = model.outputs;
    expect(output!.shape).toEqual([1, 13, 5, 12]);
    const { data } = await new Segmenter(model).segment(noiseFrame('grey', 10, 25, 0, 8));
    const codes = [...(output!.data as Int8Array)];
    data.forEach((found, pixel) => {
      const [row, column] = [Math.floor(((Math.floor(pixel / 10) + 0.5) * 13) / 25), Math.floor(((pixel % 10) + 0.5) / 2)];
      const scores = codes.slice((row * 5 + column) * 12, (row * 5 + column + 1) * 12);
      expect(found).toBe(scores.indexOf(Math.max(...scores)));
    });
    expect(new Set(data).size).toBeGreaterThan(1);
  });

  test('letterbox is undone, what a crop left out is 255', async () => {
    const model = fakeModel([floats([1, 2, 2, 3], SCORES)], still);
    const letterboxed = await new Segmenter(model, { resize: 'letterbox' }).segment(greyFrame(8, 4));
    expect([...letterboxed.data.subarray(0, 8)]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect([...letterboxed.data.subarray(24)]).toEqual([2, 2, 2, 2, 1, 1, 1, 1]);
    const cropped = await new Segmenter(model, { resize: 'crop' }).segment(greyFrame(4, 2));
    expect([...cropped.data]).toEqual([255, 0, 1, 255, 255, 2, 1, 255]);
  });

  test('one score a pixel, class numbers, and quantized scores', async () => {
    const binary = new Segmenter(fakeModel([floats([1, 2, 2, 1], [0.4, 0.5, 0.6, NaN])], still), { threshold: 0.5 });
    expect([...(await binary.segment(greyFrame(2, 2))).data]).toEqual([0, 1, 1, 0]);
    const numbers = port('int64', [1, 2, 2]);
    (numbers.data as TypedArray as BigInt64Array).set([0n, 7n, -1n, 400n]);
    expect([...(await new Segmenter(fakeModel([numbers], still)).segment(greyFrame(2, 2))).data]).toEqual([0, 7, 0, 254]);
    const codes = port('int8', [1, 1, 2, 2], { scale: 0.1, zeroPoint: 0 });
    (codes.data as Int8Array).set([-5, -4, 3, 2]);
    expect([...(await new Segmenter(fakeModel([codes], still)).segment(greyFrame(2, 1))).data]).toEqual([1, 0]);
  });

  test.each([['int8', -128], ['uint8', 0]] as const)('one quantized score a pixel counts from the threshold: %s', async (dtype, zeroPoint) => {
    const scores = port(dtype, [1, 2, 2, 1], { scale: 1 / 256, zeroPoint });
    (scores.data as Int8Array).set([26, 102, 154, 230].map((code) => code + zeroPoint));
    const of = async (threshold: number) => [...(await new Segmenter(fakeModel([scores], still), { threshold }).segment(greyFrame(2, 2))).data];
    expect([await of(0.5), await of(0.2)]).toEqual([[0, 0, 1, 1], [0, 1, 1, 1]]);
  });

  test('the size of a frame counts at the time of the call, even if its object is used again', async () => {
    const segmenter = new Segmenter(fakeModel([port('int64', [1, 2, 2])], still));
    const reused = { ...greyFrame(4, 2) };
    await segmenter.segment(reused);
    reused.width = 1;
    const { width, height, data } = await segmenter.segment(greyFrame(4, 2));
    expect([width, height, data.length]).toEqual([4, 2, 8]);
  });

  test('labels of the file name class numbers', async () => {
    const labels = ['background', 'cat', 'dog'];
    const model = fakeModel([port('int64', [1, 2, 2])], still, { inputs: [], outputs: [{ labels }] });
    expect((await new Segmenter(model).segment(greyFrame(2, 2))).labels).toEqual(labels);
  });

  test('labels of the file are taken where there is one per class', async () => {
    const outputs = [floats([1, 2, 2, 3], SCORES)];
    const of = async (labels: string[]) => (await new Segmenter(fakeModel(outputs, still, { inputs: [], outputs: [{ labels }] })).segment(greyFrame(2, 2))).labels;
    expect(await of(['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
    expect(await of(['a'])).toBeNull();
  });

  test('an aborted call rejects and the next one works', async () => {
    const segmenter = new Segmenter(fakeModel([floats([1, 2, 2, 3], SCORES)], still));
    await expect(segmenter.segment(greyFrame(8, 8), { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    expect((await segmenter.segment(greyFrame(8, 8))).data).toHaveLength(64);
  });

  test('refuses models and options that do not fit', () => {
    expect(() => new Segmenter(fakeModel([], still))).toThrow(/no outputs/);
    expect(() => new Segmenter(fakeModel([floats([1, 5], [])], still))).toThrow(/1x5: holds no mask/);
    expect(() => new Segmenter(fakeModel([floats([1, 1, 1, 300], [])], still))).toThrow(/at most 255 classes/);
    expect(() => new Segmenter(fakeModel([floats([1, 2, 2, 3], SCORES)], still), { labels: ['a'] })).toThrow(/1 labels for 3 classes/);
    expect(() => new Segmenter(fakeModel([floats([1, 2, 2, 3], SCORES)], still), { threshold: 50 })).toThrow(/threshold/);
  });
});
