import { describe, expect, it } from 'vitest';
import type { Graph, Tensor } from '../../sdk/ir/graph.ts';
import { prepare } from '../../sdk/passes/prepare.ts';
import { weightCodes } from '../../sdk/passes/weight-codes.ts';
import { codes, GraphBuilder, random, weights } from '../ops/graphs.ts';
import { expectSameOutputs } from './same-outputs.ts';

const CHANNELS = 200;
const SCALES = Array.from({ length: CHANNELS }, (_, channel) => 0.001 + channel * 1e-5);
const float = (name: string, shape: readonly number[]): Tensor => ({ name, dtype: 'float32', shape });

/** A fully connected layer on weights that the file dequantizes. */
function dequantized(layer: Tensor): Graph {
  const build = new GraphBuilder();
  const x = build.tensor(float('x', [1, CHANNELS]));
  const real = build.node('dequantize', [build.tensor(layer)], float('real', layer.shape), {});
  return build.graph('weights', [x], [build.node('fully-connected', [x, real], float('y', [1, CHANNELS]), { activation: 'none', keepDims: false })]);
}

const layer = weights([CHANNELS, CHANNELS], codes(random(3), CHANNELS * CHANNELS, -127), SCALES);

describe('weight-codes', () => {
  it('gives int8 weights of any size to the layer, which dequantizes them', () => {
    const graph = dequantized(layer);
    const { nodes, tensors } = prepare(graph);
    expect(nodes.map(({ op }) => op)).toEqual(['fully-connected']);
    expect(tensors[nodes[0]!.inputs[1]!]).toBe(layer);
    expectSameOutputs(graph, weightCodes);
  });

  it('leaves weights with a zero point or along another axis, computed weights and int8 inputs', () => {
    const zeroPoint = { ...layer, quantization: { scales: [0.1], zeroPoints: [3] } };
    const otherAxis = { ...layer, quantization: { ...layer.quantization!, axis: 1 } };
    const computed: Tensor = { name: 'computed', dtype: 'int8', shape: layer.shape, quantization: layer.quantization! };
    for (const other of [zeroPoint, otherAxis, computed]) {
      const graph = dequantized(other);
      expect(weightCodes.run(graph)).toBe(graph);
    }
    const graph = dequantized(layer);
    const int8 = { ...graph, tensors: graph.tensors.with(0, { ...layer, name: 'x', shape: [1, CHANNELS] }) };
    expect(weightCodes.run(int8)).toBe(int8);
  });
});
