import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { interpret } from '../../sdk/compile/interpret.ts';
import type { Graph, Tensor } from '../../sdk/ir/graph.ts';
import type { Plan, PlanStep } from '../../sdk/plan/types.ts';
import { activation, codes, CONVOLUTION, GraphBuilder, random, weights } from '../ops/graphs.ts';
import { runKernels } from '../ops/run-kernels.ts';
import { seededInputs } from '../passes/same-outputs.ts';

/** More than one unit of work, and a tail. */
const SHAPE = [5, 411];
const NONE = { activation: 'none' };

function bufferOf({ fields }: PlanStep, name: string): number | undefined {
  const field = fields[name];
  return typeof field === 'object' && 'buffer' in field ? field.buffer : undefined;
}

/** Operands of a step that share the buffer of its output. */
function overwritten(step: PlanStep): string[] {
  return ['A', 'B', 'INPUT'].filter((name) => bufferOf(step, name) !== undefined && bufferOf(step, name) === bufferOf(step, 'OUTPUT'));
}

function expectSame(graph: Graph): Plan {
  const inputs = seededInputs(graph, 3);
  const copies = inputs.map((input) => input.slice());
  expect(runKernels(graph, inputs)).toEqual(interpret(graph, copies, 'float'));
  return compile(graph);
}

const tensor = (dtype: Tensor['dtype'], name: string): Tensor => (
  dtype === 'int8' ? activation(name, SHAPE, 0.05, -4) : { name, dtype, shape: SHAPE }
);

/** Two inputs, copied by `op` to tensors of their own, then joined by `op`. */
function tree(op: string, dtype: Tensor['dtype']): Graph {
  const build = new GraphBuilder();
  const [a, b] = [build.tensor(tensor(dtype, 'a')), build.tensor(tensor(dtype, 'b'))];
  const first = build.node(op, [a, b], tensor(dtype, 'first'), NONE);
  const second = build.node(op, [b, a], tensor(dtype, 'second'), NONE);
  return build.graph('tree', [a, b], [build.node(op, [first, second], tensor(dtype, 'y'), NONE)]);
}

describe('steps in place', () => {
  it.each([
    ['add', 'int8'], ['sub', 'int8'], ['mul', 'int8'], ['add', 'float32'], ['sub', 'float32'], ['mul', 'float32'],
    ['add', 'int32'], ['sub', 'int32'], ['mul', 'int32'],
  ] as const)('%s of %s overwrites the operand written last', (op, dtype) => {
    const plan = expectSame(tree(op, dtype));
    expect(plan.steps.map(overwritten)).toEqual([[], [], ['B']]);
    expect(plan.buffers.map(({ name, live }) => [name, live])).toEqual([['a', [-1, 3]], ['b', [-1, 3]], ['first', [0, 2]], ['second', [1, 3]]]);
    expect(plan.outputs[0]!.buffer).toBe(3);
  });

  it('functions of one tensor overwrite it', () => {
    const build = new GraphBuilder();
    const x = build.tensor(tensor('float32', 'x'));
    const low = build.node('clamp', [x], tensor('float32', 'low'), { activation: 'relu' });
    const root = build.node('sqrt', [low], tensor('float32', 'root'), {});
    const y = build.node('clamp', [root], tensor('float32', 'y'), { activation: 'relu-n1-to-1' });
    const plan = expectSame(build.graph('unary', [x], [y]));
    expect(plan.steps.map(overwritten)).toEqual([[], ['INPUT'], ['INPUT']]);
    expect(plan.buffers).toHaveLength(2);
  });

  it('look-ups and flips of codes overwrite them', () => {
    const build = new GraphBuilder();
    const x = build.tensor({ ...activation('x', SHAPE, 0.05, 120), dtype: 'uint8' });
    const y = build.node('tanh', [x], { ...activation('y', SHAPE, 1 / 128, 128), dtype: 'uint8' }, {});
    const pooled = new GraphBuilder();
    const p = pooled.tensor(activation('p', [1, 6, 6, 16]));
    const w = pooled.tensor(weights([16, 1, 1, 16], codes(random(4), 256, -127)));
    const conv = pooled.node('conv2d', [p, w], activation('conv', [1, 6, 6, 16], 0.5), CONVOLUTION);
    const graph = pooled.graph('conv', [p], [pooled.node('tanh', [conv], activation('z', [1, 6, 6, 16], 1 / 128), {})]);
    expect(expectSame(build.graph('legacy', [x], [y])).steps.map(({ kernel }) => kernel)).toEqual(['lookup_x8']);
    expect(expectSame(graph).steps.map(overwritten)).toEqual([[], ['INPUT']]);
  });

  it('keeps inputs, outputs, what later steps read, and operands of another size', () => {
    const build = new GraphBuilder();
    const x = build.tensor(activation('x', SHAPE));
    const row = build.tensor(activation('row', [411]));
    const narrow = build.node('add', [row, row], activation('narrow', [411]), NONE);
    const a = build.node('add', [x, narrow], activation('a', SHAPE), NONE);
    const b = build.node('sub', [a, x], activation('b', SHAPE), NONE);
    const c = build.node('mul', [a, b], activation('c', SHAPE, 0.2), NONE);
    const plan = expectSame(build.graph('kept', [x, row], [c, b]));
    // `a` is read again by the product, which may overwrite it but not the output `b`.
    expect(plan.steps.map(overwritten)).toEqual([[], [], [], ['A']]);
  });

  it('takes a tensor that is both operands', () => {
    const build = new GraphBuilder();
    const [x, z] = [build.tensor(activation('x', SHAPE)), build.tensor(activation('z', SHAPE))];
    const sum = build.node('add', [x, z], activation('sum', SHAPE), NONE);
    const plan = expectSame(build.graph('square', [x, z], [build.node('mul', [sum, sum], activation('y', SHAPE, 0.1), NONE)]));
    expect(plan.steps.map(overwritten)).toEqual([[], ['A', 'B']]);
  });

  it('keeps states, and what becomes of them', () => {
    const build = new GraphBuilder();
    const [x, total] = [build.tensor(activation('x', SHAPE)), build.tensor(activation('total', SHAPE))];
    const sum = build.node('add', [total, x], activation('sum', SHAPE), NONE);
    const shown = build.node('tanh', [sum], activation('shown', SHAPE, 1 / 128), {});
    const twice = build.node('add', [shown, shown], activation('twice', SHAPE), NONE);
    const graph: Graph = { ...build.graph('states', [x], [build.node('sub', [twice, x], activation('y', SHAPE), NONE)]), states: [{ input: total, output: sum, initial: 3 }] };
    const plan = expectSame(graph);
    expect(plan.steps.map(({ op, ...step }) => [op, overwritten({ op, ...step })])).toEqual([['add', []], ['map-codes', []], ['sub', ['A']], ['state', []]]);
    expect(plan.buffers.map(({ name }) => name)).toEqual(['x', 'total', 'sum', 'twice']);
    expect(plan.states).toEqual([{ buffer: 1, initial: { fill: 3 } }]);
  });

  it('does not take rows that a concatenation spreads out', () => {
    const build = new GraphBuilder();
    const [x, z] = [build.tensor(activation('x', [4, 8])), build.tensor(activation('z', [4, 8]))];
    const sum = build.node('add', [x, z], activation('sum', [4, 8]), NONE);
    const plan = expectSame(build.graph('rows', [x, z], [build.node('concat', [sum, z], activation('y', [4, 16], 0.1), { axis: 1 })]));
    expect(plan.steps.flatMap(overwritten)).toEqual([]);
  });
});
