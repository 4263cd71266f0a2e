import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { interpret } from '../../sdk/compile/interpret.ts';
import type { Attribute, Graph, Tensor } from '../../sdk/ir/graph.ts';
import { activation, single } from './graphs.ts';
import { expectRejected, onlyStep, run } from './run.ts';
import { runKernels } from './run-kernels.ts';

const codesOf = (count: number): Int8Array => Int8Array.from({ length: count }, (_, index) => index);

/** One node with several outputs. */
function splitting(op: string, input: Tensor, outputs: readonly Tensor[], attributes: Readonly<Record<string, Attribute>>): Graph {
  const ids = outputs.map((_, index) => index + 1);
  return { name: op, tensors: [input, ...outputs], nodes: [{ op, name: `operator 0 ${op}`, inputs: [0], outputs: ids, attributes }], inputs: [0], outputs: ids };
}

describe('moving operators', () => {
  it('transposes', () => {
    const graph = single('transpose', [activation('x', [2, 3])], activation('y', [3, 2]), { permutation: [1, 0] });
    expect([...run(graph, [codesOf(6)])]).toEqual([0, 3, 1, 4, 2, 5]);
    expectRejected(single('transpose', [activation('x', [2, 3])], activation('y', [3, 2]), { permutation: [1, 1] }), /must name every axis once/);
  });

  it('slices with strides of both signs and drops axes', () => {
    const attributes = { begin: [1, 3], size: [1, 2], strides: [1, -2], dropped: [0] };
    const graph = single('slice', [activation('x', [2, 4])], activation('y', [2]), attributes);
    expect([...run(graph, [codesOf(8)])]).toEqual([7, 5]);
    const wrong = { begin: [0, 1], size: [2, 3], strides: [1, 2], dropped: [] };
    expectRejected(single('slice', [activation('x', [2, 4])], activation('y', [2, 3]), wrong), /3 elements from 1 by 2 leave axis 1 of extent 4/);
    const kept = { begin: [0, 0], size: [2, 1], strides: [1, 1], dropped: [0] };
    expectRejected(single('slice', [activation('x', [2, 4])], activation('y', [1]), kept), /'dropped' is \[0\], must list axes of size 1/);
  });

  it('pads a row wider than what is kept of the padding', () => {
    const wide = 65535 + 3 + 65535;
    const graph = single('pad', [activation('x', [2, 3], 0.05, 7)], activation('y', [2, wide], 0.05, 7), { before: [0, 65535], after: [0, 65535] });
    const inputs = [codesOf(6)];
    expect(runKernels(graph, inputs)[0]).toEqual(run(graph, inputs));
    expect(compile(graph).constants.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(66_000);
  });

  it('packs and unpacks along an axis', () => {
    const pack = single('pack', [activation('a', [3]), activation('b', [3])], activation('y', [3, 2]), { axis: 1 });
    expect([...run(pack, [codesOf(3), Int8Array.of(9, 8, 7)])]).toEqual([0, 9, 1, 8, 2, 7]);
    const unpack = splitting('unpack', activation('x', [3, 2]), [activation('a', [3]), activation('b', [3])], { axis: 1 });
    expect(interpret(unpack, [codesOf(6)], 'float').map((part) => [...part as Int8Array])).toEqual([[0, 2, 4], [1, 3, 5]]);
    expectRejected(single('pack', [activation('a', [3]), activation('b', [2])], activation('y', [3, 2]), { axis: 1 }), /has shape 2; must be that of the first, 3/);
    expectRejected(splitting('unpack', activation('x', [3, 2]), [activation('a', [3])], { axis: 1 }), /1 outputs, must have 2/);
  });

  it('splits into equal parts', () => {
    const parts = [activation('a', [2, 2]), activation('b', [2, 2])];
    const graph = splitting('split', activation('x', [2, 4]), parts, { axis: 1 });
    expect(interpret(graph, [codesOf(8)], 'float').map((part) => [...part as Int8Array])).toEqual([[0, 1, 4, 5], [2, 3, 6, 7]]);
    expectRejected(splitting('split', activation('x', [2, 5]), parts, { axis: 1 }), /extent 5 at axis 1; must be a multiple of the 2 outputs/);
  });

  it('rejects another quantization of the output', () => {
    expectRejected(single('transpose', [activation('x', [2, 3])], activation('y', [3, 2], 0.1), { permutation: [1, 0] }), /needs those of its input/);
  });

  it('joins dimensions that stay together into runs', () => {
    const { fields } = onlyStep(single('transpose', [activation('x', [2, 3, 4, 5])], activation('y', [3, 2, 4, 5]), { permutation: [1, 0, 2, 3] }));
    expect(fields).toMatchObject({ RUN: 20, COUNT: 2, INPUT_STEP: 60, OUTPUT_STEP: 20, RANK: 1 });
  });
});

describe('gather-nd and arg-max', () => {
  it('gathers slices, indices clamped', () => {
    const indices: Tensor = { name: 'indices', dtype: 'int32', shape: [3, 1] };
    const graph = single('gather-nd', [activation('x', [2, 2]), indices], activation('y', [3, 2]), {});
    expect([...interpret(graph, [codesOf(4), Int32Array.of(1, -5, 9)], 'float')[0] as Int8Array]).toEqual([2, 3, 0, 1, 2, 3]);
    const deep: Tensor = { ...indices, shape: [1, 3] };
    expectRejected(single('gather-nd', [activation('x', [2, 2]), deep], activation('y', [1]), {}), /last dimension must be at most the input's 2 axes/);
  });

  it('takes the first of equal elements', () => {
    const graph = single('arg-max', [activation('x', [2, 3])], { name: 'y', dtype: 'int32', shape: [2] }, { axis: 1 });
    expect([...interpret(graph, [Int8Array.of(4, 9, 9, -3, -3, -7)], 'float')[0] as Int32Array]).toEqual([1, 0]);
    expectRejected(single('arg-max', [activation('x', [2, 3])], { name: 'y', dtype: 'int32', shape: [2] }, { axis: 2 }), /'axis' is 2, must be an integer from 0 to 1/);
  });
});
