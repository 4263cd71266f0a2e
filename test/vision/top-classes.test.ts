import { expect, test } from 'vitest';
import { isClassPort, topClasses } from '../../sdk/vision/top-classes.ts';
import { port } from './port.ts';

test('best first, equal scores in order of their index, dequantized', () => {
  const output = port('int8', [1, 4], { scale: 1 / 256, zeroPoint: -128 });
  (output.data as Int8Array).set([-128, 0, 127, 0]);
  expect(topClasses(output, 3, ['a', 'b', 'c', 'd'])).toEqual([
    { index: 2, label: 'c', score: 255 / 256 }, { index: 1, label: 'b', score: 0.5 }, { index: 3, label: 'd', score: 0.5 },
  ]);
  expect(topClasses(output, 99)).toHaveLength(4);
  expect(topClasses(output, 1)[0]?.label).toBeNull();
});

test('float32 scores are taken as they are', () => {
  const output = port('float32', [1, 1, 1, 2]);
  (output.data as Float32Array).set([-1, 2]);
  expect(topClasses(output, 1)).toEqual([{ index: 1, label: null, score: 2 }]);
});

test('maps, scalars, rows without a scale and other types hold no classes', () => {
  for (const [dtype, shape] of [['int8', [1, 4]], ['float32', [2, 3]], ['float32', [1]], ['int32', [1, 3]]] as const) {
    expect(isClassPort(port(dtype, shape))).toBe(false);
    expect(() => topClasses(port(dtype, shape), 1)).toThrow(/no classifier/);
  }
});

test('one label per class', () => {
  expect(() => topClasses(port('float32', [1, 3]), 1, ['a'])).toThrow(/1 labels for 3 classes/);
});
