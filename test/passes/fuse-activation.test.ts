import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import type { Graph, Tensor } from '../../sdk/ir/graph.ts';
import { fuseActivation } from '../../sdk/passes/fuse-activation.ts';
import { activation, bias, codes, CONVOLUTION, GraphBuilder, POOL, random, weights } from '../ops/graphs.ts';
import { expectSameOutputs } from './same-outputs.ts';

const SHAPE = [1, 4, 4, 16];
const HALF = [1, 2, 2, 16];

type Dtype = 'int8' | 'float32';

function tensor(dtype: Dtype, name: string, shape: readonly number[], scale = 0.05, zeroPoint = -20): Tensor {
  return dtype === 'int8' ? activation(name, shape, scale, zeroPoint) : { name, dtype, shape };
}

function kernel(dtype: Dtype, shape: readonly number[]): Tensor {
  const values = codes(random(5), shape.reduce((product, extent) => product * extent, 1), -127);
  if (dtype === 'int8') return weights(shape, values);
  return { name: 'weights', dtype, shape, data: new Uint8Array(Float32Array.from(values, (code) => code / 90).buffer) };
}

/** Appends a node of operator `op` on `x`. */
function producer(build: GraphBuilder, op: string, dtype: Dtype, x: number): number {
  switch (op) {
    case 'conv2d': return build.node(op, [x, build.tensor(kernel(dtype, [16, 1, 1, 16]))], tensor(dtype, 't', SHAPE), CONVOLUTION);
    case 'depthwise-conv2d': {
      return build.node(op, [x, build.tensor(kernel(dtype, [1, 3, 3, 16]))], tensor(dtype, 't', SHAPE), { ...CONVOLUTION, pads: [1, 1, 1, 1] });
    }
    case 'fully-connected': {
      const attributes = { activation: 'none', keepDims: true };
      return build.node(op, [x, build.tensor(kernel(dtype, [16, 16])), ...(dtype === 'int8' ? [build.tensor(bias(new Int32Array(16).fill(700)))] : [])],
        tensor(dtype, 't', SHAPE), attributes);
    }
    case 'average-pool2d':
    case 'max-pool2d': return build.node(op, [x], tensor(dtype, 't', HALF), POOL);
    default: return build.node(op, [x, x], tensor(dtype, 't', SHAPE), { activation: 'none' });
  }
}

/** x -> `op` -> clamp -> y */
function clamped(op: string, dtype: Dtype, bounds: string, output?: { readonly scale: number; readonly zeroPoint: number }): Graph {
  const build = new GraphBuilder();
  const x = build.tensor(tensor(dtype, 'x', SHAPE));
  const t = producer(build, op, dtype, x);
  const y = build.node('clamp', [t], tensor(dtype, 'y', build.tensors[t]!.shape, output?.scale, output?.zeroPoint), { activation: bounds });
  return build.graph('clamped', [x], [y]);
}

const SUMS = ['conv2d', 'depthwise-conv2d', 'fully-connected'];
const BOUNDS = ['relu', 'relu6', 'relu-n1-to-1'];

describe('fuse-activation', () => {
  it.each([...SUMS, 'add', 'sub', 'mul', 'average-pool2d', 'max-pool2d'])('takes a clamp of codes into %s', (op) => {
    for (const bounds of BOUNDS) {
      const graph = clamped(op, 'int8', bounds);
      const { nodes } = expectSameOutputs(graph, fuseActivation);
      expect(nodes).toEqual([{ ...graph.nodes[0]!, outputs: graph.outputs, attributes: { ...graph.nodes[0]!.attributes, activation: bounds } }]);
    }
    expect(compile(clamped(op, 'int8', 'relu')).steps).toHaveLength(1);
  });

  it.each(SUMS)('takes a clamp of reals into %s', (op) => {
    for (const bounds of BOUNDS) expect(expectSameOutputs(clamped(op, 'float32', bounds), fuseActivation).nodes).toHaveLength(1);
  });

  it.each(['add', 'mul', 'div', 'average-pool2d', 'max-pool2d'])('leaves clamps of reals after %s, which may give -0', (op) => {
    const graph = clamped(op, 'float32', 'relu');
    expect(expectSameOutputs(graph, fuseActivation)).toBe(graph);
  });

  it('leaves a clamp to another quantization', () => {
    for (const output of [{ scale: 0.06, zeroPoint: -20 }, { scale: 0.05, zeroPoint: -128 }]) {
      const graph = clamped('conv2d', 'int8', 'relu6', output);
      expect(expectSameOutputs(graph, fuseActivation)).toBe(graph);
    }
  });

  it('leaves what something else reads, what is clamped already, inputs, and operators that do not clamp', () => {
    const graph = clamped('add', 'int8', 'relu');
    const seen: Graph = { ...graph, outputs: [1, ...graph.outputs] };
    expect(expectSameOutputs(seen, fuseActivation)).toBe(seen);
    const twice: Graph = { ...graph, nodes: [{ ...graph.nodes[0]!, attributes: { activation: 'relu6' } }, graph.nodes[1]!] };
    expect(expectSameOutputs(twice, fuseActivation)).toBe(twice);

    const build = new GraphBuilder();
    const x = build.tensor(activation('x', SHAPE));
    const clampedInput = build.node('clamp', [x], activation('low', SHAPE), { activation: 'relu' });
    const flat = build.node('reshape', [clampedInput], activation('flat', [256]), {});
    const y = build.node('clamp', [flat], activation('y', [256]), { activation: 'relu6' });
    const others = build.graph('others', [x], [y]);
    expect(expectSameOutputs(others, fuseActivation)).toBe(others);
  });

  it('takes one of two clamps that follow each other', () => {
    const build = new GraphBuilder();
    const x = build.tensor(activation('x', SHAPE));
    const sum = build.node('add', [x, x], activation('sum', SHAPE, 0.1), { activation: 'none' });
    const low = build.node('clamp', [sum], activation('low', SHAPE, 0.1), { activation: 'relu' });
    const y = build.node('clamp', [low], activation('y', SHAPE, 0.1), { activation: 'relu-n1-to-1' });
    expect(expectSameOutputs(build.graph('two', [x], [y]), fuseActivation).nodes.map(({ op }) => op)).toEqual(['add', 'clamp']);
  });
});
