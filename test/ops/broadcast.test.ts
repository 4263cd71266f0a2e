import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { interpret } from '../../sdk/compile/interpret.ts';
import type { Graph, Tensor } from '../../sdk/ir/graph.ts';
import { seededInputs } from '../passes/same-outputs.ts';
import { activation, codes, random, single } from './graphs.ts';
import { runKernels } from './run-kernels.ts';

type Shape = readonly number[];

const tensor = (dtype: 'int8' | 'float32', name: string, shape: Shape): Tensor => (dtype === 'int8' ? activation(name, shape, 0.05, -4) : { name, dtype, shape });

function constant(name: string, shape: Shape): Tensor {
  const values = codes(random(7), shape.reduce((product, extent) => product * extent, 1));
  return { ...activation(name, shape, 0.04, 9), data: new Uint8Array(values.buffer) };
}

function steps(graph: Graph): string[] {
  const inputs = seededInputs(graph, 5);
  expect(runKernels(graph, inputs)).toEqual(interpret(graph, inputs, 'float'));
  return compile(graph).steps.map(({ kernel, units }) => `${kernel} ${units}`);
}

const NONE = { activation: 'none' };

describe('short rows of operands computed at run time', () => {
  it.each<readonly [what: string, a: Shape, b: Shape, output: Shape, steps: readonly string[]]>([
    ['channels', [1, 9, 9, 20], [1, 1, 1, 20], [1, 9, 9, 20], ['move_x8 1', 'mul 9']],
    ['channels, first', [20], [1, 30, 30, 20], [1, 30, 30, 20], ['move_x8 1', 'mul 30']],
    ['columns', [1, 40, 12, 3], [1, 1, 12, 1], [1, 40, 12, 3], ['move_x8 12', 'mul 40']],
    ['long rows', [3, 300], [300], [3, 300], ['mul 3']],
    ['rows of one element', [7, 300], [7, 1], [7, 300], ['mul 7']],
    ['few repetitions', [2, 20], [20], [2, 20], ['mul 2']],
    ['both repeat', [8, 1, 20], [1, 8, 20], [8, 8, 20], ['mul 64']],
  ])('%s', (_, a, b, output, expected) => {
    for (const dtype of ['int8', 'float32'] as const) {
      const graph = single('mul', [tensor(dtype, 'a', a), tensor(dtype, 'b', b)], tensor(dtype, 'y', output), NONE);
      expect(steps(graph)).toEqual(expected.map((step) => step.replace('mul', dtype === 'int8' ? 'mul_qs8' : 'mul_f32')));
    }
  });

  it('beside a constant that is written out', () => {
    const graph = single('sub', [constant('a', [48, 48, 1]), activation('b', [1, 17], 0.03, 2)], activation('y', [48, 48, 17], 0.1), NONE);
    expect(steps(graph)).toEqual(['move_x8 1', 'add_qs8 48']);
  });
});
