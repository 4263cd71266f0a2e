import { describe, expect, it } from 'vitest';
import { ModelError } from '../../sdk/core/errors.ts';
import type { Graph, Node, Tensor } from '../../sdk/ir/graph.ts';
import { verify } from '../../sdk/ir/verify.ts';
import type { TypeRules } from '../../sdk/ir/verify.ts';

/** Output as the first input. */
const copy: TypeRules = { name: 'copy', infer: (_node, inputs) => [inputs[0]!] };

const tensor = (name: string, change: Partial<Tensor> = {}): Tensor => ({ name, dtype: 'int8', shape: [2, 3], ...change });
const node = (inputs: readonly number[], outputs: readonly number[], op = 'copy'): Node => ({
  op, name: `operator ${outputs[0]} ${op}`, inputs, outputs, attributes: {},
});

/** x -> a -> y, with a constant c. */
const valid: Graph = {
  name: 'chain',
  tensors: [tensor('x'), tensor('a'), tensor('y'), tensor('c', { data: new Uint8Array(6) })],
  nodes: [node([0, 3, -1], [1]), node([1], [2])],
  inputs: [0],
  outputs: [2],
};

const withTensor = (id: number, change: Partial<Tensor>): Graph => ({
  ...valid, tensors: valid.tensors.map((old, index) => (index === id ? { ...old, ...change } : old)),
});

describe('verify', () => {
  it('accepts constants, absent inputs, and outputs that are inputs or constants', () => {
    expect(() => verify(valid, [copy])).not.toThrow();
    expect(() => verify({ ...valid, outputs: [0, 2, 3, 2] }, [copy])).not.toThrow();
  });

  it.each<readonly [string, Graph, string, string]>([
    [
      'a fractional extent',
      withTensor(1, { shape: [2, 1.5] }),
      'invalid-shape',
      "tensor 1 'a': shape [2, 1.5] must be at most 8 integers of at least 1",
    ],
    ['an empty tensor', withTensor(1, { shape: [2, 0] }), 'invalid-shape', 'shape [2, 0]'],
    ['an empty constant that is read', withTensor(3, { shape: [0], data: new Uint8Array() }), 'invalid-shape',
      "'c', a constant without elements, which nothing may read"],
    ['rank 9', withTensor(1, { shape: [1, 1, 1, 1, 1, 1, 1, 1, 1] }), 'invalid-shape', 'at most 8'],
    ['a tensor beyond int32', withTensor(1, { shape: [65536, 65536, 65536] }), 'invalid-shape', 'at most 2147483647'],
    ['a short constant', withTensor(3, { data: new Uint8Array(5) }), 'constant-size', "tensor 3 'c': constant has 5 bytes, int8 2x3 takes 6"],
    ['an unknown graph input', { ...valid, inputs: [9] }, 'unknown-tensor', 'a graph input is tensor 9; the graph has 4 tensors'],
    ['a constant graph input', { ...valid, inputs: [0, 3] }, 'constant-input', "graph input tensor 3 'c' is constant"],
    ['a graph input twice', { ...valid, inputs: [0, 0] }, 'duplicate-input', "tensor 0 'x' is twice an input"],
    [
      'an unknown operator',
      { ...valid, nodes: [node([0], [1], 'lstm')] },
      'unsupported-operator',
      "operator 1 lstm: unknown operator 'lstm'; one of: copy",
    ],
    ['an unknown input', { ...valid, nodes: [node([7], [1])] }, 'unknown-tensor', 'operator 1 copy: an input is tensor 7'],
    ['an input id of -2', { ...valid, nodes: [node([-2], [1])] }, 'unknown-tensor', 'operator 1 copy: an input is tensor -2'],
    ['an unknown output', { ...valid, nodes: [node([0], [-1])] }, 'unknown-tensor', 'operator -1 copy: output 0 is tensor -1'],
    [
      'nodes out of order',
      { ...valid, nodes: valid.nodes.toReversed() },
      'unordered-graph',
      "operator 2 copy: reads tensor 1 'a' before it is produced",
    ],
    ['a node that reads its output', { ...valid, nodes: [node([1], [1])] }, 'unordered-graph', "operator 1 copy: reads tensor 1 'a'"],
    ['an output written twice', { ...valid, nodes: [...valid.nodes, node([0], [2])] }, 'assigned-twice', "operator 2 copy: writes tensor 2 'y'"],
    ['a written constant', { ...valid, nodes: [node([0], [3])] }, 'assigned-twice', "writes tensor 3 'c'"],
    ['a written graph input', { ...valid, nodes: [node([3], [0])] }, 'assigned-twice', "writes tensor 0 'x'"],
    [
      'an output of another shape',
      withTensor(2, { shape: [3, 2] }),
      'type-mismatch',
      "operator 2 copy: output 0 'y' is declared as int8 3x2, copy gives int8 2x3",
    ],
    ['an output of another dtype', withTensor(2, { dtype: 'uint8' }), 'type-mismatch', 'declared as uint8 2x3, copy gives int8 2x3'],
    [
      'an output too many',
      { ...valid, tensors: [...valid.tensors, tensor('z')], nodes: [node([0], [1, 4]), node([1], [2])] },
      'type-mismatch',
      'copy gives no such output',
    ],
    ['an output that nothing produces', { ...valid, nodes: [] }, 'missing-output', "graph output tensor 2 'y' is produced by no node"],
    ['an unknown graph output', { ...valid, outputs: [4] }, 'unknown-tensor', 'a graph output is tensor 4'],
  ])('rejects %s', (_name, graph, code, message) => {
    let error: unknown;
    try {
      verify(graph, [copy]);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({ code });
    expect((error as ModelError).message).toContain(message);
  });
});
