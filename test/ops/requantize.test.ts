import { describe, expect, it } from 'vitest';
import { MAGIC, MAGIC_BITS, realMultipliers, requantizer, roundToEven } from '../../sdk/ops/requantize.ts';
import { activation, weights } from './graphs.ts';

describe('roundToEven', () => {
  it.each([
    [0.5, 0], [1.5, 2], [2.5, 2], [-0.5, 0], [-1.5, -2], [-2.5, -2], [0.25, 0], [4194303, 4194303], [-4194303, -4194303],
  ])('of %d is %d', (x, expected) => {
    expect(roundToEven(x) === expected).toBe(true);
  });

  it('uses the constant whose bits the kernels subtract', () => {
    expect(new Int32Array(new Float32Array([MAGIC]).buffer)[0]).toBe(MAGIC_BITS);
  });
});

describe('realMultipliers', () => {
  const input = activation('x', [1], 0.1);
  const output = activation('y', [1], 0.3);

  it('multiplies and divides in doubles', () => {
    const [first, second] = realMultipliers(input, weights([2, 1], [1, 1], [0.7, 0.9]), output, 2);
    expect(first).toBe((Math.fround(0.1) * Math.fround(0.7)) / Math.fround(0.3));
    expect(second).toBe((Math.fround(0.1) * Math.fround(0.9)) / Math.fround(0.3));
  });

  it('repeats a per-tensor scale and can round the product to float32', () => {
    const reals = realMultipliers(input, weights([2, 1], [1, 1], [0.7]), output, 2, true);
    expect([...reals]).toEqual(new Array(2).fill(Math.fround(Math.fround(0.1) * Math.fround(0.7)) / Math.fround(0.3)));
  });
});

describe('requantizer', () => {
  const reals = Float64Array.of(0.25, 0.1);

  it('rounds float32 products to even', () => {
    const requantize = requantizer('float', reals);
    expect([2, 6, 10, -2, -6].map((accumulator) => requantize(accumulator, 0))).toEqual([0, 2, 2, 0, -2].map((code) => code + 0));
    expect(requantize(15, 1)).toBe(Math.fround(15) * Math.fround(0.1) > 1.5 ? 2 : 1);
  });

  it('rounds fixed-point ties up once or away from zero', () => {
    const single = requantizer('tflite-single', reals);
    const double = requantizer('tflite-double', reals);
    expect([2, 6, -6].map((accumulator) => single(accumulator, 0))).toEqual([1, 2, -1]);
    expect([2, 6, -6].map((accumulator) => double(accumulator, 0))).toEqual([1, 2, -2]);
  });
});
