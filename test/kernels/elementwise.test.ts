import { describe, expect, it } from 'vitest';
import { CastType } from '../../kernels/abi.ts';
import { xorshift } from '../xorshift.ts';
import { machineOf, modules, randomCodes, requantized, rounding, type Field } from './harness.ts';

interface Case {
  /** Extents of the output's outer dimensions and of its rows; strides of both operands in elements. */
  readonly dims: readonly (readonly [extent: number, a: number, b: number])[];
  readonly count: number;
  readonly steps: readonly [a: number, b: number];
}

const CASES: readonly Case[] = [
  { dims: [], count: 100, steps: [1, 1] },
  { dims: [], count: 37, steps: [1, 0] },
  { dims: [[5, 0, 1]], count: 17, steps: [1, 0] },
  { dims: [[3, 19, 0], [2, 0, 19]], count: 19, steps: [1, 1] },
  { dims: [[2, 3, 0], [3, 1, 1]], count: 1, steps: [0, 0] },
];

function indices({ dims, count, steps }: Case): [a: number, b: number][] {
  let rows: [number, number][] = [[0, 0]];
  for (const [extent, a, b] of dims) rows = rows.flatMap((row) => Array.from({ length: extent }, (_, i): [number, number] => [row[0] + i * a, row[1] + i * b]));
  return rows.flatMap((row) => Array.from({ length: count }, (_, i): [number, number] => [row[0] + i * steps[0], row[1] + i * steps[1]]));
}

const FLOAT_CLAMP: Record<string, Field> = { MIN: { splat: 'f32', value: -40 }, MAX: { splat: 'f32', value: 50 } };
const INT_CLAMP: Record<string, Field> = { MIN: { splat: 'i32', value: -2147483648 }, MAX: { splat: 'i32', value: 2147483647 } };
const clampReal = (x: number): number => Math.min(50, Math.max(-40, Math.fround(x)));

const FLOATS: Record<string, (a: number, b: number) => number> = {
  add_f32: (a, b) => a + b, sub_f32: (a, b) => a - b, mul_f32: (a, b) => a * b, div_f32: (a, b) => a / b,
};
const INTEGERS: Record<string, (a: number, b: number) => number> = {
  add_s32: (a, b) => (a + b) | 0, sub_s32: (a, b) => (a - b) | 0, mul_s32: Math.imul, floordiv_s32: (a, b) => (b === 0 ? 0 : Math.floor(a / b) | 0),
};

describe.each(modules)('binary kernels, %s module', (name) => {
  const machine = machineOf(name);

  function run(item: Case, block: number, kernel: string, operands: readonly [ArrayBufferView, ArrayBufferView], bytes: number, rest: Record<string, Field>): ArrayBuffer {
    const rows = item.dims.reduce((product, [extent]) => product * extent, 1);
    const table = Int32Array.from(item.dims.flatMap(([extent, a, b]) => [extent, a * bytes, b * bytes]));
    const fields: Record<string, Field> = {
      A: { bytes: operands[0] }, B: { bytes: operands[1] }, OUTPUT: 'output', COUNT: item.count, BLOCK: block,
      A_STEP: item.steps[0], B_STEP: item.steps[1], RANK: item.dims.length, DIMS: { bytes: table }, ...rest,
    };
    const params = kernel === 'mul_qs8' ? 'MulParams' : 'BinaryParams';
    const call = { kernel, params, fields, outputBytes: rows * item.count * bytes, scratchBytes: 16, units: rows * Math.ceil(item.count / block) } as const;
    const output = machine.run(call);
    expect(machine.run(call, [1, 2])).toEqual(output);
    return Uint8Array.from(output).buffer;
  }

  it.each(Object.keys(FLOATS))('%s equals float32 arithmetic for every broadcast', (kernel) => {
    for (const item of CASES) {
      const random = xorshift(item.count);
      const [a, b] = [0, 1].map(() => Float32Array.from({ length: 100 }, () => ((random() % 4001) - 2000) / 64)) as [Float32Array, Float32Array];
      const expected = indices(item).map(([i, j]) => clampReal(FLOATS[kernel]!(a[i]!, b[j]!)));
      for (const block of [16, 64]) expect([...new Float32Array(run(item, block, kernel, [a, b], 4, FLOAT_CLAMP))]).toEqual(expected);
    }
  });

  it.each(Object.keys(INTEGERS))('%s equals wrapped int32 arithmetic for every broadcast', (kernel) => {
    for (const item of CASES) {
      const random = xorshift(item.count);
      const [a, b] = [0, 1].map(() => Int32Array.from({ length: 100 }, () => random() >> (random() % 31))) as [Int32Array, Int32Array];
      a.set([-2147483648, -7, 7, -8]);
      b.set([-1, 2, -2, 0]);
      const expected = indices(item).map(([i, j]) => INTEGERS[kernel]!(a[i]!, b[j]!));
      expect([...new Int32Array(run(item, 16, kernel, [a, b], 4, INT_CLAMP))]).toEqual(expected);
    }
  });

  it('mul_qs8 equals the scalar product for every broadcast', () => {
    for (const item of CASES) {
      const random = xorshift(item.count);
      const [a, b] = [randomCodes(100, random), randomCodes(100, random)];
      const expected = indices(item).map(([i, j]) => requantized((a[i]! + 128) * (b[j]! - 127), 0.0041, 3, -100, 90));
      const pair = (code: number): number => (code << 16) | (code & 0xffff);
      const rest: Record<string, Field> = {
        ZERO_A: { splat: 'i32', value: pair(-128) }, ZERO_B: { splat: 'i32', value: pair(127) }, SCALE: { splat: 'f32', value: 0.0041 }, ...rounding(3, -100, 90),
      };
      expect([...new Int8Array(run(item, 16, 'mul_qs8', [a, b], 1, rest))]).toEqual(expected);
    }
  });
});

describe.each(modules)('cast_x, sqrt_f32 and argmax, %s module', (name) => {
  const machine = machineOf(name);
  const values = { float32: Float32Array, int32: Int32Array, int8: Int8Array, uint8: Uint8Array } as const;
  const bounds: Readonly<Record<string, readonly [number, number]>> = { int32: [-2147483648, 2147483647], int8: [-128, 127], uint8: [0, 255] };
  const reals = [0, -0.5, 1.9, -1.9, 127.5, 200, -200.7, 3e9, -3e9, NaN, 255, -128, 16777217];

  it('cast_x truncates floats with saturation, NaN to the greatest integer, and keeps low bits of integers', () => {
    for (const [from, From] of Object.entries(values)) {
      for (const [to, To] of Object.entries(values)) {
        const input = From.from(reals.map((value) => (from === 'float32' ? value : Math.trunc(value) | 0)));
        const range = from === 'float32' ? bounds[to] : undefined;
        const truncated = (value: number, [least, most]: readonly [number, number]): number => (
          Number.isNaN(value) ? most : Math.min(most, Math.max(least, Math.trunc(value)))
        );
        const expected = To.from([...input].map((value) => (range === undefined ? value : truncated(value, range))));
        const types = CastType as unknown as Record<string, number>;
        const output = machine.run({
          kernel: 'cast_x', params: 'CastParams', outputBytes: expected.byteLength, scratchBytes: 16, units: Math.ceil(input.length / 4),
          fields: { INPUT: { bytes: input }, OUTPUT: 'output', COUNT: input.length, BLOCK: 4, FROM: types[from]!, TO: types[to]! },
        }, [1, 3]);
        expect(Array.from(new To(Uint8Array.from(output).buffer)), `${from} to ${to}`).toEqual([...expected]);
      }
    }
  });

  it('sqrt_f32 equals Math.sqrt', () => {
    for (const count of [1, 3, 4, 5, 67]) {
      const input = Float32Array.from({ length: count }, (_, i) => i * 0.37);
      const output = machine.run({
        kernel: 'sqrt_f32', params: 'SqrtParams', outputBytes: 4 * count, scratchBytes: 16, units: Math.ceil(count / 16),
        fields: { INPUT: { bytes: input }, OUTPUT: 'output', COUNT: count, BLOCK: 16 },
      });
      expect(new Float32Array(Uint8Array.from(output).buffer)).toEqual(input.map(Math.sqrt));
    }
  });

  it('argmax takes the first of equal elements', () => {
    const input = Int8Array.of(1, -5, 9, -5, 9, -7, /* second outer */ -128, 4, -128, 4, -127, 5);
    const call = { params: 'ArgMaxParams', outputBytes: 16, scratchBytes: 0, units: 4 } as const;
    for (const [kernel, bytes] of [['argmax_qs8', input], ['argmax_f32', Float32Array.from(input)]] as const) {
      const output = machine.run({ ...call, kernel, fields: { INPUT: { bytes }, OUTPUT: 'output', EXTENT: 3, INNER: 2 } }, [1]);
      expect([...new Int32Array(Uint8Array.from(output).buffer)]).toEqual([1, 0, 2, 2]);
    }
  });
});
