import { describe, expect, it } from 'vitest';
import { multiplyByQuantizedMultiplier } from '../../sdk/ops/fixed-point.ts';
import { xorshift } from '../xorshift.ts';
import { machineOf, modules, randomCodes } from './harness.ts';
import type { Field } from './harness.ts';

type Sizes = readonly [rows: number, columns: number, depth: number, products: number, blockRows: number];

const SIZES: readonly Sizes[] = [
  [1, 1, 1, 1, 4], [3, 3, 2, 1, 4], [4, 8, 3, 2, 4], [5, 9, 17, 2, 4], [7, 16, 8, 1, 4], [9, 5, 31, 3, 8], [2, 33, 64, 1, 64],
];

function fieldsOf([rows, columns, depth, products, block]: Sizes, a: ArrayBufferView, b: ArrayBufferView, bytes: number): Record<string, Field> {
  // The second operand is shared by all products.
  const dims = Int32Array.of(products, rows * depth * bytes, 0);
  return { A: { bytes: a }, B: { bytes: b }, OUTPUT: 'output', ROWS: rows, COLUMNS: columns, DEPTH: depth, BLOCK_ROWS: block, RANK: 1, DIMS: { bytes: dims } };
}

describe.each(modules)('%s', (module) => {
  const machine = machineOf(module);

  it.each(SIZES)('matmul_f32 of %i x %i, depth %i, %i products, %i rows a block', (...size) => {
    const [rows, columns, depth, products, block] = size;
    const random = xorshift(rows * columns + depth);
    const reals = (count: number): Float32Array => Float32Array.from({ length: count }, () => (random() % 2001) / 500 - 2);
    const [a, b] = [reals(products * rows * depth), reals(depth * columns)];
    const expected = Float32Array.from({ length: products * rows * columns }, (_, at) => {
      let sum = 0;
      for (let k = 0; k < depth; k++) sum = Math.fround(sum + Math.fround(a[Math.floor(at / columns) * depth + k]! * b[k * columns + (at % columns)]!));
      return sum;
    });
    const units = products * Math.ceil(rows / block);
    const call = { kernel: 'matmul_f32', params: 'MatmulF32Params', fields: fieldsOf(size, a, b, 4), outputBytes: 4 * expected.length, scratchBytes: 64, units } as const;
    expect(new Float32Array(machine.run(call, [1, 2]).buffer)).toEqual(expected);
  });

  it.each(SIZES)('matmul_qs8 of %i x %i, depth %i, %i products, %i rows a block', (...size) => {
    const [rows, columns, depth, products, block] = size;
    const random = xorshift(rows + columns * depth);
    const [a, b] = [randomCodes(products * rows * depth, random), randomCodes(depth * columns, random)];
    for (const [zeroA, zeroB, mantissa, exponent] of [[-128, 127, 1518500250, -9], [127, -128, 1073741824, -7], [3, -7, 2147483647, 1]] as const) {
      const expected = Int8Array.from({ length: products * rows * columns }, (_, at) => {
        let sum = 0;
        for (let k = 0; k < depth; k++) sum += (a[Math.floor(at / columns) * depth + k]! - zeroA) * (b[k * columns + (at % columns)]! - zeroB);
        return Math.max(-128, Math.min(127, multiplyByQuantizedMultiplier(sum, { mantissa, exponent }, 'double') - 5));
      });
      const fields = { ...fieldsOf(size, a, b, 1), ZERO_A: zeroA, ZERO_B: zeroB, MANTISSA: mantissa, EXPONENT: exponent, ZERO: -5 };
      const scratchBytes = 2 * block * Math.ceil(depth / 2) * 2 + 96;
      const units = products * Math.ceil(rows / block);
      const call = { kernel: 'matmul_qs8', params: 'MatmulParams', fields, outputBytes: expected.length, scratchBytes, units } as const;
      expect(new Int8Array(machine.run(call, [1, 2]).buffer)).toEqual(expected);
    }
  });
});
