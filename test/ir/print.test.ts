import { describe, expect, it } from 'vitest';
import type { Graph } from '../../sdk/ir/graph.ts';
import { printGraph } from '../../sdk/ir/print.ts';
import { activation, bias, CONVOLUTION, single, weights } from '../ops/graphs.ts';

const graph = single(
  'conv2d', [
    activation('x', [1, 2, 2, 1], 0.5, 3), weights([2, 1, 1, 1], [1, 2], [0.25, 0.5]), bias([1, 2]),
  ], activation('y', [1, 2, 2, 2], 0.5), CONVOLUTION,
);

describe('printGraph', () => {
  it('prints tensors, quantization and sorted attributes, one a line', () => {
    expect(printGraph(graph).split('\n')).toEqual([
      'graph conv2d',
      'inputs %0',
      'outputs %3',
      'tensors',
      '  %0: int8 1x2x2x1 scale 0.5 zero 3  # x',
      '  %1: int8 2x1x1x1 scales 2 on axis 0 from 0.25 to 0.5 zero 0 constant 2 bytes ed74208a  # weights',
      '  %2: int32 2 constant 8 bytes ded89066  # bias',
      '  %3: int8 1x2x2x2 scale 0.5 zero 0  # y',
      'nodes',
      '  %3 = conv2d(%0, %1, %2) {activation=none dilations=[1,1] pads=[0,0,0,0] strides=[1,1]}  # operator 0 conv2d',
      '',
    ]);
  });

  it('shows changed constants and absent inputs', () => {
    const changed: Graph = { ...graph, tensors: graph.tensors.map((tensor, id) => (id === 1 ? { ...tensor, data: Uint8Array.of(1, 3) } : tensor)) };
    expect(printGraph(changed)).not.toBe(printGraph(graph));
    expect(printGraph({ ...graph, nodes: [{ ...graph.nodes[0]!, inputs: [0, 1, -1], attributes: {} }] })).toContain('%3 = conv2d(%0, %1, -)  #');
  });

  it('shows what is kept between runs', () => {
    expect(printGraph({ ...graph, states: [{ input: 0, output: 3, initial: 0 }] })).toContain('\nstate %0 becomes %3\ntensors\n');
  });
});
