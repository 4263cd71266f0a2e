import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import type { Tensor } from '../../sdk/ir/graph.ts';
import { activation, GraphBuilder, single, weights } from './graphs.ts';
import { expectRejected, onlyStep, run } from './run.ts';

describe('reshape', () => {
  it('keeps the codes', () => {
    const graph = single('reshape', [activation('x', [2, 3])], activation('y', [3, 2]), {});
    expect([...run(graph, [Int8Array.of(1, 2, 3, 4, 5, 6)])]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('costs no step and no buffer, also in a chain', () => {
    const build = new GraphBuilder();
    const x = build.tensor(activation('x', [2, 3]));
    const flat = build.node('reshape', [x], activation('flat', [6]), {});
    const y = build.node('reshape', [flat], activation('y', [3, 2]), {});
    const plan = compile(build.graph('chain', [x], [y]));
    expect(plan.steps).toEqual([]);
    expect(plan.buffers).toHaveLength(1);
    expect([plan.inputs[0]!.buffer, plan.outputs[0]!.buffer]).toEqual([0, 0]);
  });

  it('copies a constant', () => {
    const fixed: Tensor = weights([2, 3], [1, 2, 3, 4, 5, 6], [0.05]);
    const graph = single('reshape', [fixed], activation('y', [6], 0.05), {});
    expect([...run(graph, [])]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(onlyStep(graph)).toMatchObject({ kernel: 'copy_x8', units: 1, fields: { INPUT: { constant: 0 }, BYTES: 6 } });
  });

  it('rejects other element counts and other quantization', () => {
    expectRejected(single('reshape', [activation('x', [2, 3])], activation('y', [5]), {}), /output 'y' has shape 5; must have the 6 elements of 2x3/);
    expectRejected(single('reshape', [activation('x', [6])], activation('y', [6], 0.05, 1), {}), /needs those of its input: 0.05.* and 0/);
  });
});
