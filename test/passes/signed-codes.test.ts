import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { interpret } from '../../sdk/compile/interpret.ts';
import type { Graph, Tensor } from '../../sdk/ir/graph.ts';
import { verify } from '../../sdk/ir/verify.ts';
import { operators } from '../../sdk/ops/index.ts';
import { signedCodes } from '../../sdk/passes/signed-codes.ts';
import { bias, GraphBuilder } from '../ops/graphs.ts';
import { sessionOf } from '../ops/run-kernels.ts';

const uint8 = (name: string, shape: readonly number[], scale: number, zeroPoint: number, data?: Uint8Array): Tensor => (
  { name, dtype: 'uint8', shape, quantization: { scales: [Math.fround(scale)], zeroPoints: [zeroPoint] }, ...(data && { data }) }
);

/** A fully connected layer on uint8 codes whose sum with a constant is the output. */
function legacy(): Graph {
  const build = new GraphBuilder();
  const x = build.tensor(uint8('x', [1, 2], 0.5, 128));
  const w = build.tensor(uint8('w', [2, 2], 0.25, 100, Uint8Array.of(104, 96, 255, 0)));
  const b = build.tensor(bias([8, -8]));
  const product = build.node('fully-connected', [x, w, b], uint8('product', [1, 2], 1, 130), { activation: 'none', keepDims: false });
  const offset = build.tensor(uint8('offset', [1, 2], 1, 3, Uint8Array.of(4, 13)));
  const y = build.node('add', [product, offset], uint8('y', [1, 2], 1, 127), { activation: 'none' });
  return build.graph('legacy', [x], [y]);
}

describe('signed-codes', () => {
  const graph = legacy();
  const result = signedCodes.run(graph);

  it('keeps the types of inputs and outputs behind conversions, and the bytes of weights', () => {
    verify(result, operators);
    expect(result.nodes.map(({ op }) => op)).toEqual(['quantize', 'fully-connected', 'add', 'quantize']);
    expect([...result.inputs, ...result.outputs].map((id) => result.tensors[id]!.dtype)).toEqual(['uint8', 'uint8']);
    expect(result.tensors[1]).toBe(graph.tensors[1]);
    expect(result.tensors.find(({ name }) => name === 'product')).toMatchObject({ dtype: 'int8', quantization: { zeroPoints: [2] } });
    expect([...result.tensors.find(({ name }) => name === 'offset')!.data!]).toEqual([4 ^ 128, 13 ^ 128]);
  });

  it('keeps the real values', () => {
    // Reals: x = [1, -2]; w = [[1, -1], [38.75, -25]]; b = [1, -1]; sums 4 and 87.75; rounded to 4 and 88, plus 1 and 10.
    expect([...interpret(graph, [Uint8Array.of(130, 124)], 'float')[0]!]).toEqual([127 + 5, 127 + 98]);
  });

  it('states the zero point of the weights to the packing', () => {
    const { constants } = compile(graph);
    expect(constants.find(({ name }) => name === 'w')).toMatchObject({ tensor: 1, layout: { kind: 'gemm-weights', unsignedZeroPoint: 100 } });
    expect(constants.find(({ layout }) => layout.kind === 'gemm-bias')!.layout).toMatchObject({ inputZeroPoint: 0 });
  });

  it('marks averages, whose ties go up', () => {
    const build = new GraphBuilder();
    const x = build.tensor(uint8('x', [1, 2, 2, 1], 1, 0));
    const pool = { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], activation: 'none' };
    const average = build.graph('average', [x], [build.node('average-pool2d', [x], uint8('y', [1, 1, 1, 1], 1, 0), pool)]);
    for (const mode of ['float', 'tflite-double'] as const) expect([...interpret(average, [Uint8Array.of(2, 3, 3, 2)], mode)[0]!]).toEqual([3]);
  });

  it('leaves graphs without quantized uint8 operands, and broken ones, as they are', () => {
    const raw: Graph = { name: 'raw', tensors: [{ name: 'x', dtype: 'uint8', shape: [2] }], nodes: [], inputs: [0], outputs: [0] };
    expect(signedCodes.run(raw)).toBe(raw);
    const broken: Graph = { ...raw, nodes: [{ op: 'add', name: 'operator 0', inputs: [7, -1], outputs: [9], attributes: {} }] };
    expect(signedCodes.run(broken)).toBe(broken);
  });

  it('keeps the codes of states behind conversions', () => {
    const build = new GraphBuilder();
    const x = build.tensor(uint8('x', [1, 2], 1, 100));
    const state = build.tensor(uint8('state', [1, 2], 1, 100));
    const sum = build.node('add', [x, state], uint8('sum', [1, 2], 1, 100), { activation: 'none' });
    const streaming: Graph = { ...build.graph('streaming', [x], [sum]), states: [{ input: state, output: sum, initial: Uint8Array.of(103, 99) }] };
    const session = sessionOf(streaming);
    const runs = [0, 1].map(() => {
      session.inputs[0]!.data.set([110, 100]);
      return [...session.runSync().outputs[0]!.data as Uint8Array];
    });
    expect(runs).toEqual([[113, 99], [123, 99]]);
    expect(interpret(streaming, [Uint8Array.of(110, 100)], 'float')[0]).toEqual(Uint8Array.of(113, 99));
  });
});

describe('signed-codes beside casts', () => {
  const CODES = Uint8Array.of(0, 3, 127, 128, 255);
  const x = uint8('x', [5], 0.5, 3);
  const real: Tensor = { name: 'real', dtype: 'float32', shape: [5] };
  const sum = uint8('sum', [5], 1, 3);
  const plain = { activation: 'none' };

  it.each<readonly [what: string, build: (graph: GraphBuilder) => Graph, expected: readonly (readonly number[])[]]>([
    ['an input that another operator reads', (build) => {
      const input = build.tensor(x);
      const y = build.node('add', [input, input], sum, plain);
      return build.graph('both', [input], [y, build.node('cast', [input], real, {})]);
    }, [[...CODES], [...CODES]]],
    ['what another operator computes', (build) => {
      const input = build.tensor(x);
      const y = build.node('add', [input, input], sum, plain);
      return build.graph('after', [input], [y, build.node('cast', [y], { ...real, dtype: 'int32' }, {})]);
    }, [[...CODES], [...CODES]]],
    ['what is moved', (build) => {
      const input = build.tensor(x);
      const flat = build.node('reshape', [input], { ...x, name: 'flat', shape: [5, 1] }, {});
      return build.graph('moved', [input], [build.node('cast', [flat], { ...real, shape: [5, 1] }, {})]);
    }, [[...CODES]]],
    ['an input, as another type of codes', (build) => {
      const input = build.tensor(x);
      const y = build.node('add', [input, input], sum, plain);
      return build.graph('int8', [input], [build.node('cast', [input], { ...x, name: 'low', dtype: 'int8', quantization: { scales: [1], zeroPoints: [0] } }, {}), y]);
    }, [[0, 3, 127, -128, -1], [...CODES]]],
    ['a constant', (build) => {
      const input = build.tensor(x);
      const constant = build.tensor(uint8('constant', [5], 0.5, 3, CODES));
      const y = build.node('add', [input, constant], sum, plain);
      return build.graph('constant', [input], [y, build.node('cast', [constant], { ...real, dtype: 'int32' }, {})]);
    }, [[...CODES], [...CODES]]],
  ])('gives a cast the codes of %s', (_, build, expected) => {
    const graph = build(new GraphBuilder());
    expect(interpret(graph, [CODES], 'float').map((values) => [...values as Uint8Array])).toEqual(expected);
    const session = sessionOf(graph);
    session.inputs[0]!.data.set(CODES);
    expect(session.runSync().outputs.map(({ data }) => [...data as Uint8Array])).toEqual(expected);
  });

  it('takes codes that a cast gives', () => {
    const build = new GraphBuilder();
    const input = build.tensor({ ...real, name: 'x' });
    const cast = build.node('cast', [input], x, {});
    const graph = build.graph('given', [input], [build.node('add', [cast, cast], sum, plain), cast]);
    const session = sessionOf(graph);
    session.inputs[0]!.data.set(CODES);
    expect(session.runSync().outputs.map(({ data }) => [...data as Uint8Array])).toEqual([[...CODES], [...CODES]]);
    expect(interpret(graph, [Float32Array.from(CODES)], 'float')).toEqual([CODES, CODES]);
  });
});
