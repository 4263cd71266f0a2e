import { expect, it } from 'vitest';
import { interpret } from '../../sdk/compile/interpret.ts';
import { single } from './graphs.ts';
import { runKernels } from './run-kernels.ts';

const REALS = Float32Array.of(300, -300, 1.9, -1.9, 128.2, 3e9, -3e9, Infinity, -Infinity, NaN);

it.each([
  ['int8', [127, -128, 1, -1, 127, 127, -128, 127, -128, 127]],
  ['uint8', [255, 0, 1, 0, 128, 255, 0, 255, 0, 255]],
  ['int32', [300, -300, 1, -1, 128, 2147483647, -2147483648, 2147483647, -2147483648, 2147483647]],
] as const)('float32 is truncated to the nearest %s, NaN to the greatest, as in LiteRT', (dtype, expected) => {
  const shape = [REALS.length];
  const graph = single('cast', [{ name: 'x', dtype: 'float32', shape }], { name: 'y', dtype, shape }, {});
  expect([...interpret(graph, [REALS], 'float')[0]!]).toEqual(expected);
  expect([...runKernels(graph, [REALS])[0]!]).toEqual(expected);
});
