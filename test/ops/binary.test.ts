import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { interpret } from '../../sdk/compile/interpret.ts';
import { elementCount } from '../../sdk/core/shape.ts';
import type { Tensor } from '../../sdk/ir/graph.ts';
import { REQUANTIZE_MODES } from '../../sdk/ops/types.ts';
import { activation, codes, random, single } from './graphs.ts';
import { runKernels } from './run-kernels.ts';
import { expectNearest, expectRejected, onlyStep, realValues, run } from './run.ts';

const NONE = { activation: 'none' } as const;

const plain = (name: string, dtype: 'int32' | 'float32', shape: readonly number[]): Tensor => ({ name, dtype, shape });

describe('binary operators', () => {
  it.each([
    ['sub', (a: number, b: number) => a - b],
    ['mul', (a: number, b: number) => a * b],
  ] as const)('%s gives nearest codes with broadcasting in all modes', (op, real) => {
    const [a, b] = [activation('a', [3, 1, 5], 0.04, -9), activation('b', [4, 1], 0.07, 20)];
    const y = activation('y', [3, 4, 5], 0.09, 5);
    const next = random(3);
    const inputs = [codes(next, 15), codes(next, 4)] as const;
    const [x, z] = [realValues(a, inputs[0]), realValues(b, inputs[1])];
    const reals = Array.from({ length: 60 }, (_, i) => real(x[Math.floor(i / 20) * 5 + (i % 5)]!, z[Math.floor(i / 5) % 4]!));
    for (const mode of REQUANTIZE_MODES) expectNearest(run(single(op, [a, b], y, NONE), inputs, mode), reals, y);
  });

  it('divides int32 towards minus infinity, by 0 to 0', () => {
    const graph = single('floor-div', [plain('a', 'int32', [6]), plain('b', 'int32', [6])], plain('y', 'int32', [6]), NONE);
    const inputs = [Int32Array.of(7, -7, 7, -7, 5, -2147483648), Int32Array.of(2, 2, -2, -2, 0, -1)];
    expect([...interpret(graph, inputs, 'float')[0] as Int32Array]).toEqual([3, -4, -4, 3, 0, -2147483648]);
  });

  it.each([
    ['none', [Infinity, -Infinity, Infinity, NaN]],
    ['relu', [Infinity, 0, Infinity, NaN]],
    ['relu6', [6, 0, 6, NaN]],
  ] as const)('bounds infinite float32 results by nothing but the activation %s', (name, expected) => {
    const graph = single('mul', [plain('a', 'float32', [4]), plain('b', 'float32', [4])], plain('y', 'float32', [4]), { activation: name });
    const inputs = [Float32Array.of(Infinity, -3e38, 3e38, Infinity), Float32Array.of(1, 2, 2, 0)];
    expect([...interpret(graph, inputs, 'float')[0] as Float32Array]).toEqual(expected);
    expect([...runKernels(graph, inputs)[0] as Float32Array]).toEqual(expected);
  });

  it('clamps float32 results by the activation', () => {
    const graph = single('div', [plain('a', 'float32', [4]), plain('b', 'float32', [1])], plain('y', 'float32', [4]), { activation: 'relu6' });
    expect([...interpret(graph, [Float32Array.of(-1, 3, 40, 2), Float32Array.of(0.5)], 'float')[0] as Float32Array]).toEqual([0, 6, 6, 4]);
  });

  it('writes out a constant that would make rows short', () => {
    const bytes = Int8Array.of(1, 2, 3);
    const fixed: Tensor = { ...activation('fixed', [3]), data: new Uint8Array(bytes.buffer) };
    const graph = single('mul', [activation('a', [40, 50, 3]), fixed], activation('y', [40, 50, 3]), NONE);
    const { COUNT, RANK } = onlyStep(graph).fields;
    expect({ COUNT, RANK }).toEqual({ COUNT: 6000, RANK: 0 });
    expect(compile(graph).constants.reduce((sum, constant) => sum + constant.bytes, 0)).toBeLessThan(70_000);
  });

  it('keeps one row where both operands are scalars or alike', () => {
    for (const shapes of [[[], []], [[7, 5], [7, 5]], [[7, 5], []]] as const) {
      const output = shapes[0].length === 0 ? [] : [7, 5];
      const { fields } = onlyStep(single('mul', [activation('a', shapes[0]), activation('b', shapes[1])], activation('y', output), NONE));
      expect({ COUNT: fields['COUNT'], RANK: fields['RANK'] }).toEqual({ COUNT: elementCount(output), RANK: 0 });
    }
  });

  it('rejects mixed and unsupported element types', () => {
    expectRejected(single('sub', [activation('a', [3]), plain('b', 'float32', [3])], activation('y', [3]), NONE), /second input 'b' is float32; must be int8/);
    expectRejected(single('div', [activation('a', [3]), activation('b', [3])], activation('y', [3]), NONE), /is int8; div supports float32/);
    expectRejected(single('mul', [plain('a', 'int32', [3]), plain('b', 'int32', [3])], activation('y', [3]), NONE), /output 'y' is int8; must be int32/);
  });
});
