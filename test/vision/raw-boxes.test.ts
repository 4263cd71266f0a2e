import { describe, expect, test } from 'vitest';
import type { Port } from '../../sdk/runtime/types.ts';
import { gridAnchors } from '../../sdk/vision/grid-anchors.ts';
import { ObjectDetector, type ObjectDetectorOptions } from '../../sdk/vision/object-detector.ts';
import type { RawBoxes } from '../../sdk/vision/raw-boxes.ts';
import { port } from './port.ts';
import { fakeModel, floats, greyFrame } from './fake-model.ts';

function detect(outputs: readonly Port[], boxes: RawBoxes, options: ObjectDetectorOptions = {}) {
  return new ObjectDetector(fakeModel(outputs, () => undefined), { boxes, ...options }).detect(greyFrame(8, 8));
}

const round = (box: readonly number[]): number[] => box.map((place) => Math.round(place * 1e6) / 1e6);

describe('raw boxes', () => {
  const scores = floats([1, 2, 2], [0.1, 0.8, 0.6, 0.2]);

  test('corners in both orders, parts and pixels', async () => {
    const parts = floats([1, 2, 4], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]);
    const found = await detect([parts, scores], { coding: 'corners' });
    expect(found.map(({ index, score, box }) => [index, score, round(box)])).toEqual([
      [1, Math.fround(0.8), [0.1, 0.2, 0.3, 0.4]], [0, Math.fround(0.6), [0.5, 0.6, 0.7, 0.8]],
    ]);
    expect(round((await detect([parts, scores], { coding: 'corners', order: 'yx' }))[0]!.box)).toEqual([0.2, 0.1, 0.4, 0.3]);
    const pixels = floats([1, 2, 4], [1, 2, 3, 4, 4, 4, 8, 8]);
    expect((await detect([scores, pixels], { coding: 'corners', units: 'pixels' }))[0]!.box).toEqual([0.125, 0.25, 0.375, 0.5]);
  });

  test('one output of centre, size, objectness and classes, and its transpose', async () => {
    const rows = [[0.5, 0.5, 0.5, 0.25, 2, 1, -1], [0.25, 0.5, 0.5, 0.5, -4, 0, 0], [0.75, 0.5, 0.5, 0.5, 3, 0, 2]];
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
    const boxes: RawBoxes = { coding: 'centre', objectness: true, activation: 'sigmoid' };
    const row = (extra: number): number[][] => [...rows, ...Array.from({ length: extra }, () => [0, 0, 0, 0, -9, 0, 0])];
    const found = await detect([floats([1, 9, 7], row(6).flat())], boxes);
    expect(found.map(({ index, box }) => [index, round(box)])).toEqual([[1, [0.5, 0.25, 1, 0.75]], [0, [0.25, 0.375, 0.75, 0.625]]]);
    expect(found[0]!.score).toBeCloseTo(sigmoid(3) * sigmoid(2), 6);
    const columns = Array.from({ length: 7 }, (_, column) => row(6).map((values) => values[column]!));
    expect(await detect([floats([1, 7, 9], columns.flat())], boxes)).toEqual(found);
  });

  test('anchors: offsets times variance and anchor size, softmax without the background', async () => {
    const anchors = gridAnchors({ width: 8, height: 8, grids: [{ stride: 4, sizes: [2, 4] }] });
    expect([...anchors.subarray(0, 12)]).toEqual([0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 0.75, 0.25, 0.25, 0.25]);
    const offsets = new Float32Array(32);
    offsets.set([1, -1, Math.log(2) / 0.2, 0], 28);
    const logits = new Float32Array(24).map((_, at) => (at % 3 === 0 ? 5 : 0));
    logits.set([0, 1, 3], 21);
    const [best, ...rest] = await detect(
      [floats([1, 8, 4], [...offsets]), floats([1, 8, 3], [...logits])],
      { coding: 'anchors', anchors, background: true, activation: 'softmax' },
    );
    expect(rest).toEqual([]);
    expect(best!.index).toBe(2);
    expect(best!.score).toBeCloseTo(Math.exp(3) / (1 + Math.exp(1) + Math.exp(3)), 6);
    // Anchor 7: centre 0.75, 0.75, size 0.5; moved by 0.05, twice as wide, cut at the right edge.
    expect(round(best!.box)).toEqual([0.3, 0.45, 1, 0.95]);
  });

  test('quantized outputs are real numbers', async () => {
    const boxes = port('uint8', [1, 2, 4], { scale: 1 / 128, zeroPoint: 0 });
    (boxes.data as Uint8Array).set([0, 0, 64, 64, 64, 64, 128, 128]);
    const codes = port('int8', [1, 2, 1], { scale: 1 / 256, zeroPoint: -128 });
    (codes.data as Int8Array).set([0, 64]);
    const found = await detect([boxes, codes], { coding: 'corners' });
    expect(found.map(({ score, box }) => [score, box])).toEqual([[0.75, [0.5, 0.5, 1, 1]], [0.5, [0, 0, 0.5, 0.5]]]);
  });

  test('overlapping boxes of one class are suppressed, of others not, and the number is limited', async () => {
    const boxes = floats([1, 4, 4], [0, 0, 0.5, 0.5, 0.01, 0, 0.5, 0.5, 0, 0, 0.5, 0.5, 0.5, 0.5, 1, 1]);
    const classes = floats([1, 4, 2], [0.9, 0, 0.8, 0, 0, 0.7, 0.6, 0]);
    const indices = async (options: ObjectDetectorOptions): Promise<number[]> => (await detect([boxes, classes], { coding: 'corners' }, options)).map(({ index }) => index);
    expect(await indices({})).toEqual([0, 1, 0]);
    expect(await indices({ overlap: 1 })).toEqual([0, 0, 1, 0]);
    expect(await indices({ most: 2 })).toEqual([0, 1]);
    expect(await indices({ threshold: 0.75 })).toEqual([0]);
  });

  test('of many thousands of candidates each is compared with those kept only', async () => {
    const count = 100_000;
    const values = Array.from({ length: count }, (_, at) => [at / count, 0.5, 1e-7, 1e-7, 0.5 + at / count / 4]).flat();
    const found = await detect([floats([1, count, 5], values)], { coding: 'centre' });
    expect(found).toHaveLength(100);
    expect(found[0]!.score).toBeGreaterThan(found[99]!.score);
  });

  test.each<[string, readonly Port[], RawBoxes, RegExp]>([
    ['no outputs', [], { coding: 'corners' }, /the outputs none/],
    ['boxes without scores', [floats([1, 9, 4], [])], { coding: 'corners' }, /the outputs 1x9x4; raw boxes are 1xNx4 with scores/],
    ['another number of scores', [floats([1, 2, 4], []), floats([1, 3, 1], [])], { coding: 'corners' }, /1x2x4, 1x3x1/],
    ['no anchors', [floats([1, 2, 4], []), scores], { coding: 'anchors' }, /no numbers of anchors for 2 boxes/],
    ['other anchors', [floats([1, 2, 4], []), scores], { coding: 'anchors', anchors: [1, 2, 3, 4] }, /4 numbers of anchors for 2 boxes/],
    ['anchors that are no numbers', [floats([1, 2, 4], []), scores], { coding: 'anchors', anchors: ['1'] as unknown as number[] }, /must be an array of numbers/],
    ['only a background', [floats([1, 9, 5], [])], { coding: 'corners', background: true }, /1 scores a box leave no class/],
    ['integers', [port('int32', [1, 9, 5])], { coding: 'corners' }, /int32 1x9x5 holds no real numbers/],
  ])('refuses %s', (_, outputs, boxes, message) => {
    expect(() => new ObjectDetector(fakeModel(outputs, () => undefined), { boxes })).toThrow(message);
  });

  test('anchors are refused for hostile grids', () => {
    expect(() => gridAnchors({ width: 16_384, height: 16_384, grids: [{ stride: 1, sizes: [1] }] })).toThrow(/268435456 anchors, at most 1000000/);
    expect(() => gridAnchors({ width: 8, height: 8, grids: [{ stride: 0, sizes: [1] }] })).toThrow(/stride/);
    expect(() => gridAnchors({ width: 8, height: 8, grids: [] })).toThrow(/grids/);
  });
});
