import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import type { Graph, Tensor } from '../../sdk/ir/graph.ts';
import { fusePad } from '../../sdk/passes/fuse-pad.ts';
import { activation, bias, codes, CONVOLUTION, GraphBuilder, random, weights } from '../ops/graphs.ts';
import { expectSameOutputs } from './same-outputs.ts';

const CHANNELS = 16;

interface Case {
  readonly op: 'conv2d' | 'depthwise-conv2d';
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly size?: readonly [height: number, width: number];
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly pads?: readonly number[];
  readonly readers?: number;
}

const float = (name: string, shape: readonly number[], data?: Float32Array): Tensor => (
  { name, dtype: 'float32', shape, ...(data && { data: new Uint8Array(data.buffer) }) }
);

/** x -> pad -> `readers` 3 x 3 convolutions, each an output. */
function padded(dtype: 'int8' | 'float32', { op, before, after, size = [7, 9], strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0], readers = 1 }: Case): Graph {
  const next = random(11);
  const build = new GraphBuilder();
  const tensor = (name: string, shape: readonly number[], scale: number): Tensor => (
    dtype === 'int8' ? activation(name, shape, scale, -37) : float(name, shape)
  );
  const inputShape = [1, ...size, CHANNELS];
  const x = build.tensor(tensor('x', inputShape, 0.05));
  const shape = inputShape.map((extent, axis) => before[axis]! + extent + after[axis]!);
  const wide = build.node('pad', [x], tensor('wide', shape, 0.05), { before, after });
  const kernel = op === 'conv2d' ? [8, 3, 3, CHANNELS] : [1, 3, 3, CHANNELS];
  const count = kernel.reduce((product, extent) => product * extent, 1);
  const output = [1, 2].map((axis) => {
    const room = shape[axis]! + pads[axis - 1]! + pads[axis + 1]! - (2 * dilations[axis - 1]! + 1);
    return Math.floor(room / strides[axis - 1]!) + 1;
  });
  const outputs = Array.from({ length: readers }, (_, index) => {
    const values = codes(next, count, -127);
    const w = build.tensor(dtype === 'int8' ? weights(kernel, values) : float('weights', kernel, Float32Array.from(values, (code) => code / 64)));
    const channels = op === 'conv2d' ? 8 : CHANNELS;
    const inputs = dtype === 'int8' ? [wide, w, build.tensor(bias(Array.from({ length: channels }, (_, channel) => channel * 9)))] : [wide, w];
    return build.node(op, inputs, tensor(`y${index}`, [1, ...output, channels], 0.9), { ...CONVOLUTION, strides, dilations, pads, activation: 'relu' });
  });
  return build.graph('padded', [x], outputs);
}

const one = { before: [0, 1, 1, 0], after: [0, 1, 1, 0] };

describe('fuse-pad', () => {
  it.each<Case & { readonly fused: readonly number[] }>([
    { op: 'conv2d', ...one, fused: [1, 1, 1, 1] },
    { op: 'conv2d', before: [0, 0, 2, 0], after: [0, 1, 0, 0], strides: [2, 2], fused: [0, 2, 1, 0] },
    { op: 'conv2d', before: [0, 1, 0, 0], after: [0, 0, 1, 0], pads: [1, 1, 0, 1], fused: [2, 1, 0, 2] },
    { op: 'conv2d', before: [0, 3, 3, 0], after: [0, 3, 3, 0], dilations: [3, 3], fused: [3, 3, 3, 3] },
    { op: 'depthwise-conv2d', ...one, fused: [1, 1, 1, 1] },
    { op: 'depthwise-conv2d', ...one, strides: [2, 2], fused: [1, 1, 1, 1] },
    { op: 'depthwise-conv2d', ...one, strides: [2, 2], size: [8, 10], fused: [1, 1, 1, 1] },
    { op: 'depthwise-conv2d', before: [0, 0, 0, 0], after: [0, 1, 1, 0], strides: [2, 2], size: [8, 10], fused: [0, 0, 1, 1] },
    { op: 'depthwise-conv2d', ...one, readers: 3, fused: [1, 1, 1, 1] },
  ])('takes $before and $after before $op into its pads $fused', ({ fused, ...shape }) => {
    for (const dtype of ['int8', 'float32'] as const) {
      const changed = expectSameOutputs(padded(dtype, shape), fusePad);
      expect(changed.nodes.map(({ op, inputs, attributes }) => [op, inputs[0], attributes['pads']]))
        .toEqual(Array.from({ length: shape.readers ?? 1 }, () => [shape.op, 0, fused]));
    }
  });

  it.each<Case & { readonly why: string }>([
    { why: 'as much padding as a window is high', op: 'conv2d', before: [0, 3, 0, 0], after: [0, 0, 0, 0] },
    { why: 'more padding than a window covers', op: 'conv2d', before: [0, 1, 1, 0], after: [0, 1, 1, 0], size: [7, 9], pads: [2, 2, 2, 2] },
  ])('leaves $why', (shape) => {
    const graph = padded('int8', shape);
    expect(expectSameOutputs(graph, fusePad)).toBe(graph);
  });

  it('leaves pads that would take a sliding depthwise kernel to single taps, for int8 only', () => {
    const two: Case = { op: 'depthwise-conv2d', before: [0, 0, 2, 0], after: [0, 0, 0, 0] };
    const graph = padded('int8', two);
    expect(expectSameOutputs(graph, fusePad)).toBe(graph);
    expect(expectSameOutputs(padded('float32', two), fusePad).nodes).toHaveLength(1);
  });

  it('leaves pads that something else reads, pads of other axes and graphs without pads', () => {
    const graph = padded('int8', { op: 'conv2d', ...one });
    const seen: Graph = { ...graph, outputs: [...graph.outputs, 1] };
    expect(expectSameOutputs(seen, fusePad)).toBe(seen);

    const held: Graph = { ...graph, tensors: [...graph.tensors, { ...graph.tensors[1]!, name: 'before' }], states: [{ input: graph.tensors.length, output: 1, initial: 0 }] };
    expect(expectSameOutputs(held, fusePad)).toBe(held);

    const build = new GraphBuilder();
    const x = build.tensor(activation('x', [1, 3, 3, 2]));
    const deep = build.node('pad', [x], activation('deep', [1, 3, 3, 3]), { before: [0, 0, 0, 0], after: [0, 0, 0, 1] });
    const w = build.tensor(weights([1, 1, 1, 3], [1, 2, 3]));
    const y = build.node('conv2d', [deep, w], activation('y', [1, 3, 3, 1]), CONVOLUTION);
    const channels = build.graph('channels', [x], [y]);
    expect(expectSameOutputs(channels, fusePad)).toBe(channels);

    const bare: Graph = { ...graph, nodes: graph.nodes.slice(1), inputs: [1] };
    expect(fusePad.run(bare)).toBe(bare);
  });

  it('needs no padded buffer', () => {
    const plan = compile(padded('int8', { op: 'conv2d', ...one }));
    expect(plan.steps.map(({ kernel }) => kernel)).toEqual(['conv2d_qs8_qc8w']);
    expect(plan.buffers.map(({ name }) => name)).toEqual(['x', 'y0']);
  });
});
