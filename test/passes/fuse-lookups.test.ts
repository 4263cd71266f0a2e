import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import type { Graph, Tensor } from '../../sdk/ir/graph.ts';
import { fuseLookups } from '../../sdk/passes/fuse-lookups.ts';
import { activation, GraphBuilder } from '../ops/graphs.ts';
import { expectSameOutputs } from './same-outputs.ts';

const SHAPE = [1, 7, 73];

const float = (name: string): Tensor => ({ name, dtype: 'float32', shape: SHAPE });
const uint8 = (name: string, scale: number, zeroPoint: number): Tensor => ({ ...activation(name, SHAPE, scale, zeroPoint), dtype: 'uint8' });
const filled = (code: number, shape: readonly number[], scale: number, zeroPoint: number): Tensor => (
  { ...activation('constant', shape, scale, zeroPoint), data: new Uint8Array(shape.reduce((product, extent) => product * extent, 1)).fill(code & 255) }
);

type Step = readonly [op: string, output: Tensor, attributes?: Record<string, string | number>, constant?: Tensor];

/** A chain of nodes from `input` to the output. */
function chain(input: Tensor, ...steps: readonly Step[]): Graph {
  const build = new GraphBuilder();
  const x = build.tensor(input);
  const last = steps.reduce((id, [op, output, attributes, constant]) => (
    build.node(op, constant === undefined ? [id] : [id, build.tensor(constant)], output, attributes ?? {})
  ), x);
  return build.graph('chain', [x], [last]);
}

function kernelsOf(graph: Graph): string[] {
  return compile(graph).steps.map(({ kernel }) => kernel);
}

describe('fuse-lookups', () => {
  it.each<readonly [what: string, graph: Graph, kernels: readonly string[]]>([
    ['dequantize and quantize alike', chain(activation('x', SHAPE, 0.037, 5), ['dequantize', float('r')], ['quantize', activation('y', SHAPE, 0.037, 5)]), []],
    ['dequantize and quantize', chain(activation('x', SHAPE, 0.037, 5), ['dequantize', float('r')], ['quantize', activation('y', SHAPE, 0.05, -3)]), ['lookup_x8']],
    ['two conversions', chain(uint8('x', 0.5, 128), ['quantize', activation('a', SHAPE, 0.5, 0)], ['quantize', uint8('y', 0.5, 128)]), []],
    ['a conversion to int8 by way of reals', chain(uint8('x', 0.5, 128), ['dequantize', float('r')], ['quantize', activation('y', SHAPE, 0.5, 0)]), ['flip_x8']],
    [
      'a float32 function of codes',
      chain(activation('x', SHAPE, 0.2, -128), ['dequantize', float('r')], ['sqrt', float('s')], ['quantize', activation('y', SHAPE, 0.03, -128)]),
      ['lookup_x8'],
    ],
    [
      'bytes as reals, normalized with constants',
      chain(
        { name: 'x', dtype: 'uint8', shape: SHAPE }, ['cast', float('r')], ['quantize', activation('a', SHAPE, 1, -128)],
        ['mul', activation('b', SHAPE, 1 / 127.5, -128), { activation: 'none' }, filled(127, [], 1 / 127.5 / 255, -128)],
        ['sub', activation('y', SHAPE, 1 / 127.5, -1), { activation: 'none' }, filled(127, [1, 1, 73], 1 / 255, -128)],
      ),
      ['flip_x8'],
    ],
    [
      'activations of codes',
      chain(
        activation('x', SHAPE, 0.05, 3), ['clamp', activation('a', SHAPE, 0.04, 0), { activation: 'relu6' }], ['leaky-relu', activation('b', SHAPE, 0.04, 9), { alpha: 0.1 }],
        ['tanh', activation('c', SHAPE, 1 / 128, 0)], ['hard-swish', activation('d', SHAPE, 0.01, 1)], ['logistic', activation('y', SHAPE, 1 / 256, -128)],
      ),
      ['lookup_x8'],
    ],
  ])('replaces %s', (_, graph, kernels) => {
    const changed = expectSameOutputs(graph, fuseLookups);
    expect(changed.nodes.map(({ op }) => op)).toEqual(['map-codes']);
    expect(changed.nodes[0]!.name).toBe(`${graph.nodes[0]!.name} to ${graph.nodes.at(-1)!.name}`);
    expect(kernelsOf(graph)).toEqual(kernels);
  });

  it('replaces the part of a chain between codes', () => {
    const graph = chain(
      float('x'), ['quantize', activation('a', SHAPE, 0.03, 2)], ['dequantize', float('b')], ['sqrt', float('c')], ['quantize', activation('d', SHAPE, 0.03, 2)],
      ['dequantize', float('y')],
    );
    expect(expectSameOutputs(graph, fuseLookups).nodes.map(({ op }) => op)).toEqual(['quantize', 'map-codes', 'dequantize']);
  });

  it('replaces a function of one tensor that is both operands', () => {
    const build = new GraphBuilder();
    const x = build.tensor(activation('x', SHAPE, 0.05, 7));
    const square = build.node('mul', [x, x], activation('square', SHAPE, 0.2, -128), { activation: 'none' });
    const y = build.node('add', [square, square], activation('y', SHAPE, 0.3, -128), { activation: 'none' });
    const graph = build.graph('square', [x], [y]);
    expect(expectSameOutputs(graph, fuseLookups).nodes).toHaveLength(1);
    expect(kernelsOf(graph)).toEqual(['lookup_x8']);
  });

  it('replaces a product of a tensor and a function of it, whatever else reads the tensor', () => {
    const build = new GraphBuilder();
    const x = build.tensor(activation('x', SHAPE, 0.06, -9));
    const gate = build.node('logistic', [x], activation('gate', SHAPE, 1 / 256, -128), {});
    const y = build.node('mul', [x, gate], activation('y', SHAPE, 0.03, -117), { activation: 'none' });
    const z = build.node('add', [y, x], activation('z', SHAPE, 0.1, 1), { activation: 'none' });
    const silu = build.graph('silu', [x], [y]);
    expect(expectSameOutputs({ ...silu, nodes: silu.nodes.slice(0, 2) }, fuseLookups).nodes.map(({ op }) => op)).toEqual(['map-codes']);
    // The product is an output: the sum does not take it in.
    expect(expectSameOutputs({ ...silu, outputs: [y, z] }, fuseLookups).nodes.map(({ op }) => op)).toEqual(['map-codes', 'add']);
    expect(expectSameOutputs({ ...silu, outputs: [z] }, fuseLookups).nodes.map(({ op }) => op)).toEqual(['map-codes']);
    expect(expectSameOutputs({ ...silu, outputs: [gate, y] }, fuseLookups).nodes).toEqual(silu.nodes.slice(0, 2));
  });

  it('replaces x * relu6(x + 3) / 6, behind a conversion of x', () => {
    const build = new GraphBuilder();
    const bytes = build.tensor(uint8('bytes', 0.05, 100));
    const x = build.node('quantize', [bytes], activation('x', SHAPE, 0.05, -28), {});
    const three = build.tensor(filled(127, [], 3 / 255, -128));
    const sixth = build.tensor(filled(127, [1, 1, 1], 1 / 6 / 255, -128));
    const sum = build.node('add', [x, three], activation('sum', SHAPE, 0.06, -10), { activation: 'relu6' });
    const product = build.node('mul', [x, sum], activation('product', SHAPE, 0.25, -120), { activation: 'none' });
    const y = build.node('mul', [product, sixth], activation('y', SHAPE, 0.05, -120), { activation: 'none' });
    expect(expectSameOutputs(build.graph('hard-swish', [bytes], [y]), fuseLookups).nodes.map(({ name }) => name)).toEqual(['operator 0 quantize to operator 3 mul']);
  });

  it('replaces operators whose constants add dimensions', () => {
    const [more, most] = [[1, ...SHAPE], [1, 1, ...SHAPE]];
    const graph = chain(
      activation('x', SHAPE), ['add', activation('a', more), { activation: 'none' }, filled(3, [1, 1, 1, 1], 0.1, 0)],
      ['mul', activation('y', most), { activation: 'none' }, filled(3, [1, 1, 1, 1, 1], 0.1, 0)],
    );
    expect(expectSameOutputs(graph, fuseLookups).nodes).toHaveLength(1);
  });

  it('stays cheap on long chains and wide trees', () => {
    const steps = Array.from({ length: 500 }, (_, index): Step => ['tanh', activation(`t${index}`, SHAPE, 1 / 128)]);
    expect(fuseLookups.run(chain(activation('x', SHAPE), ...steps)).nodes).toHaveLength(Math.ceil(500 / 64));
    const build = new GraphBuilder();
    const inputs = Array.from({ length: 2000 }, (_, index) => build.tensor(activation(`x${index}`, [4])));
    const sum = inputs.reduce((a, b) => build.node('add', [a, b], activation('sum', [4]), { activation: 'none' }));
    const wide = build.graph('wide', inputs, [sum]);
    let looks = 0;
    const tensors = new Proxy(wide.tensors, { get: (target, key) => (looks++, Reflect.get(target, key) as unknown) });
    const counted = { ...wide, tensors };
    expect(fuseLookups.run(counted)).toBe(counted);
    expect(looks).toBeLessThan(100 * wide.nodes.length);
  });

  it('leaves constants of several values, operands that are broadcast, two variables and single operators', () => {
    const none = { activation: 'none' };
    const several: Tensor = { ...filled(0, [73], 0.1, 0), data: Uint8Array.from({ length: 73 }, (_, index) => index) };
    const varied = chain(activation('x', SHAPE), ['tanh', activation('a', SHAPE, 1 / 128)], ['add', activation('y', SHAPE), none, several]);
    expect(expectSameOutputs(varied, fuseLookups)).toBe(varied);

    const wide = chain(activation('x', [73]), ['tanh', activation('a', [73], 1 / 128)], ['add', activation('y', SHAPE), none, filled(3, SHAPE, 0.1, 0)]);
    expect(expectSameOutputs(wide, fuseLookups)).toBe(wide);

    const build = new GraphBuilder();
    const [a, b] = [build.tensor(activation('a', SHAPE)), build.tensor(activation('b', SHAPE))];
    const sum = build.node('add', [a, b], activation('sum', SHAPE), none);
    const two = build.graph('two', [a, b], [build.node('tanh', [sum], activation('y', SHAPE, 1 / 128), {})]);
    expect(expectSameOutputs(two, fuseLookups)).toBe(two);
  });

  it('leaves what something else reads', () => {
    const graph = chain(activation('x', SHAPE), ['tanh', activation('a', SHAPE, 1 / 128)], ['tanh', activation('y', SHAPE, 1 / 128)]);
    const seen: Graph = { ...graph, outputs: [1, ...graph.outputs] };
    expect(expectSameOutputs(seen, fuseLookups)).toBe(seen);
    const held: Graph = { ...graph, tensors: [...graph.tensors, activation('before', SHAPE)], states: [{ input: 3, output: 1, initial: 0 }] };
    expect(expectSameOutputs(held, fuseLookups)).toBe(held);
  });

  it('keeps the bits of any chain', () => {
    const scale = fc.double({ min: 0.001, max: 4, noNaN: true });
    const codes = fc.record({ scale, zeroPoint: fc.integer({ min: -128, max: 127 }) })
      .map(({ scale: size, zeroPoint }) => activation('codes', SHAPE, size, zeroPoint));
    const constant = fc.record({ code: fc.integer({ min: -128, max: 127 }), scale, zeroPoint: fc.integer({ min: -128, max: 127 }) })
      .map(({ code, scale: size, zeroPoint }) => filled(code, [1], size, zeroPoint));
    const binary = fc.constantFrom('add', 'sub', 'mul').chain((op) => fc.tuple(codes, constant).map(([output, operand]): Step[] => (
      [[op, output, { activation: 'none' }, operand]]
    )));
    const unary = fc.constantFrom('quantize', 'tanh', 'hard-swish').chain((op) => codes.map((output): Step[] => [[op, output]]));
    const reals = fc.subarray(['sqrt', 'clamp']).chain((ops) => codes.map((output): Step[] => [
      ['dequantize', float('real')],
      ...ops.map((op): Step => [op, float(op), op === 'clamp' ? { activation: 'relu6' } : {}]),
      ['quantize', output],
    ]));
    const steps = fc.array(fc.oneof(binary, unary, reals), { minLength: 2, maxLength: 5 }).map((parts) => parts.flat());
    fc.assert(fc.property(codes, steps, (input, parts) => {
      expect(expectSameOutputs(chain(input, ...parts), fuseLookups).nodes).toHaveLength(1);
    }), { seed: 6, numRuns: 60 });
  });
});
