import { describe, expect, it } from 'vitest';
import type { Graph } from '../../sdk/ir/graph.ts';
import { verify } from '../../sdk/ir/verify.ts';
import { operators } from '../../sdk/ops/index.ts';
import { deadCode } from '../../sdk/passes/dead-code.ts';
import { activation, GraphBuilder, residualNet, weights } from '../ops/graphs.ts';

/** Used: x -> flat -> y. Dead: a fully connected layer with its weights, and what reads it; an unused input and an unused constant. */
function withDeadBranch(): Graph {
  const build = new GraphBuilder();
  const x = build.tensor(activation('x', [2, 2]));
  const unusedWeights = build.tensor(weights([3, 2], new Int8Array(6)));
  const unusedInput = build.tensor(activation('unused', [1]));
  const dead = build.node('fully-connected', [x, unusedWeights], activation('dead', [2, 3]), { activation: 'none', keepDims: false });
  build.node('reshape', [dead], activation('dead end', [6]), {});
  const flat = build.node('reshape', [x], activation('flat', [4]), {});
  build.tensor(weights([1, 1], [1]));
  const y = build.node('reshape', [flat], activation('y', [1, 4]), {});
  return build.graph('dead', [x, unusedInput], [y]);
}

describe('dead-code', () => {
  it('keeps what outputs need and all graph inputs, in order', () => {
    const graph = withDeadBranch();
    const result = deadCode.run(graph);
    verify(result, operators);
    expect(result.tensors.map(({ name }) => name)).toEqual(['x', 'unused', 'flat', 'y']);
    expect(result.nodes.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([[[0], [2]], [[2], [3]]]);
    expect([result.inputs, result.outputs]).toEqual([[0, 1], [3]]);
  });

  it('keeps the objects of the tensors it keeps', () => {
    const graph = withDeadBranch();
    for (const tensor of deadCode.run(graph).tensors) expect(graph.tensors).toContain(tensor);
  });

  it('keeps absent inputs absent', () => {
    const graph = withDeadBranch();
    const nodes = graph.nodes.map((node) => ({ ...node, inputs: [...node.inputs, -1] }));
    expect(deadCode.run({ ...graph, nodes }).nodes.map(({ inputs }) => inputs.at(-1))).toEqual([-1, -1]);
  });

  it('returns a graph without dead code as it is', () => {
    const graph = residualNet();
    expect(deadCode.run(graph)).toBe(graph);
  });
});

describe('dead-code with states', () => {
  it('keeps nodes whose results are only kept, and renumbers states', () => {
    const build = new GraphBuilder();
    const x = build.tensor(activation('x', [2, 2]));
    const state = build.tensor(activation('state', [4]));
    build.tensor(weights([1, 1], [1]));
    const next = build.node('reshape', [x], activation('next', [4]), {});
    const y = build.node('reshape', [state], activation('y', [2, 2]), {});
    const graph: Graph = { ...build.graph('kept', [x], [y]), states: [{ input: state, output: next, initial: 0 }] };
    const result = deadCode.run(graph);
    verify(result, operators);
    expect(result.nodes).toHaveLength(2);
    expect(result.states).toEqual([{ input: 1, output: 2, initial: 0 }]);
  });
});
