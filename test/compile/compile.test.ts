import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Abi } from '../../kernels/abi.ts';
import * as abi from '../../kernels/abi.ts';
import { compile } from '../../sdk/compile/compile.ts';
import { interpret } from '../../sdk/compile/interpret.ts';
import { BUFFER_ALIGNMENT, planMemory } from '../../sdk/compile/plan-memory.ts';
import { ModelError } from '../../sdk/core/errors.ts';
import { detectFormat } from '../../sdk/formats/index.ts';
import type { Graph } from '../../sdk/ir/graph.ts';
import type { Plan } from '../../sdk/plan/types.ts';
import { realModels } from '../assets.ts';
import { fixtureModels } from '../models.ts';
import { activation, GraphBuilder, residualNet, weights } from '../ops/graphs.ts';
import { sessionOf } from '../ops/run-kernels.ts';

function read(path: string): Graph {
  const bytes = new Uint8Array(readFileSync(path));
  return detectFormat(bytes, path).read(bytes, path);
}

/** Buffers that a step reads or writes. */
function touched(plan: Plan, step: number): number[] {
  return Object.values(plan.steps[step]!.fields).flatMap((field) => (typeof field === 'object' && 'buffer' in field ? [field.buffer] : []));
}

describe('compile', () => {
  const plan = compile(residualNet());

  it('emits one step a node, but none for reshape', () => {
    expect(plan.abi).toBe(Abi.VERSION);
    expect(plan.steps.map(({ op, kernel }) => `${op} ${kernel}`)).toEqual([
      'conv2d conv2d_qs8_qc8w',
      'depthwise-conv2d dwconv2d_qs8_qc8w',
      'conv2d gemm_qs8_qc8w',
      'add add_qs8',
      'max-pool2d maxpool2d_qs8',
      'average-pool2d avgpool2d_qs8',
      'fully-connected gemm_qs8_qc8w',
      'softmax softmax_qs8',
    ]);
  });

  it('sets exactly the fields of each params block', () => {
    const enums = abi as unknown as Record<string, Record<string, unknown>>;
    for (const { params, fields } of plan.steps) {
      const names = Object.keys(enums[params]!).filter((name) => Number.isNaN(Number(name)) && name !== 'SIZE');
      expect(Object.keys(fields).sort(), params).toEqual(names.sort());
    }
  });

  it('keeps inputs for ever and outputs to the end', () => {
    const end = plan.steps.length;
    expect(plan.buffers[plan.inputs[0]!.buffer]!.live).toEqual([-1, end]);
    expect(plan.buffers[plan.outputs[0]!.buffer]!.live).toEqual([end - 1, end]);
    plan.steps.forEach((_, step) => {
      for (const buffer of touched(plan, step)) {
        const { live } = plan.buffers[buffer]!;
        expect(live[0] <= step && step <= live[1]).toBe(true);
      }
    });
  });

  it('names its ports as the graph', () => {
    const quantization = { scales: [1 / 128], zeroPoints: [-1] };
    expect(plan.inputs).toEqual([{ name: 'picture', dtype: 'int8', shape: [1, 9, 9, 3], quantization, buffer: 0 }]);
    expect(plan.outputs).toMatchObject([{ name: 'scores', shape: [1, 4] }]);
  });

  it('indexes constants in the graph it was given, also when tensors were removed', () => {
    const build = new GraphBuilder();
    build.tensor(activation('nothing', [1]));
    const x = build.tensor(activation('x', [1, 2]));
    const w = build.tensor(weights([2, 2], [1, 2, 3, 4]));
    const y = build.node('fully-connected', [x, w], activation('y', [1, 2]), { activation: 'none', keepDims: false });
    expect(compile(build.graph('late', [x], [y])).constants[0]).toMatchObject({ tensor: w, bytes: 4 });
  });

  it('shares a constant that two nodes use in the same way', () => {
    const build = new GraphBuilder();
    const x = build.tensor(activation('x', [1, 2]));
    const w = build.tensor(weights([2, 2], [1, 2, 3, 4]));
    const a = build.node('fully-connected', [x, w], activation('a', [1, 2]), { activation: 'none', keepDims: false });
    const y = build.node('fully-connected', [a, w], activation('y', [1, 2]), { activation: 'none', keepDims: false });
    expect(compile(build.graph('twice', [x], [y])).constants.filter(({ layout }) => layout.kind === 'gemm-weights')).toHaveLength(1);
  });

  it('copies constants to outputs, and gives one tensor as several outputs', () => {
    const build = new GraphBuilder();
    const x = build.tensor(activation('x', [2]));
    const constant = build.tensor(weights([2], [5, 6]));
    const y = build.node('add', [x, x], activation('y', [2], 0.1), { activation: 'none' });
    const graph = build.graph('outputs', [x], [constant, y, y, constant]);
    const input = Int8Array.of(7, -8);
    expect(interpret(graph, [input], 'float')).toEqual([[5, 6], [7, -8], [7, -8], [5, 6]].map((values) => Int8Array.from(values)));
    const session = sessionOf(graph);
    session.inputs[0]!.data.set(input);
    expect(session.runSync().outputs.map(({ data }) => [...data as Int8Array])).toEqual([[5, 6], [7, -8], [7, -8], [5, 6]]);
  });

  it('rejects invalid graphs', () => {
    const graph = residualNet();
    expect(() => compile({ ...graph, nodes: graph.nodes.slice(1) })).toThrow(ModelError);
  });
});

describe.each(fixtureModels)('$name', ({ path }) => {
  it('compiles to the same plan every time, with buffers apart in little more than the least arena', () => {
    const plan = compile(read(path));
    expect(compile(read(path))).toEqual(plan);
    // Cache lines dominate the size of these models: the bound is that of sizes in whole lines.
    const lines = plan.buffers.map(({ bytes, live }) => ({ bytes: Math.ceil(bytes / BUFFER_ALIGNMENT) * BUFFER_ALIGNMENT, live }));
    expect(plan.arenaBytes).toBeLessThanOrEqual(1.05 * planMemory(lines).lowerBound + Abi.READ_PADDING);
    plan.buffers.forEach((a, i) => plan.buffers.slice(0, i).forEach((b) => {
      const together = a.live[0] <= b.live[1] && b.live[0] <= a.live[1];
      expect(!together || a.offset >= b.offset + b.bytes || b.offset >= a.offset + a.bytes).toBe(true);
    }));
  });
});

describe.skipIf(realModels.length === 0).each(realModels)('$name', ({ path }) => {
  it('needs at most 1.2 % more arena than the lower bound', () => {
    const plan = compile(read(path));
    expect(plan.arenaBytes / plan.arenaLowerBound).toBeLessThanOrEqual(1.012);
  });
});
