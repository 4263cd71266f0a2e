import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { hashOutputs as hashGolden, runGolden } from '../../sdk/fleet/golden.ts';
import { interpret } from '../../sdk/compile/interpret.ts';
import type { Graph, Tensor } from '../../sdk/ir/graph.ts';
import { verify } from '../../sdk/ir/verify.ts';
import { Model } from '../../sdk/model.ts';
import { operators } from '../../sdk/ops/index.ts';
import { decode } from '../../sdk/plan/decode.ts';
import { encode } from '../../sdk/plan/encode.ts';
import { hashOutputs, seedInputs } from '../models.ts';
import { sessionOf } from '../ops/run-kernels.ts';

const path = (name: string): string => join(import.meta.dirname, `../fixtures/${name}.tflite`);

function vector(name: string, values?: readonly number[]): Tensor {
  return { name, dtype: 'int32', shape: [3], ...(values && { data: new Uint8Array(Int32Array.from(values).buffer) }) };
}

const bytes = (...values: number[]): Uint8Array => new Uint8Array(Int32Array.from(values).buffer);

/** x + a -> sum; the states are a and b. */
function graphOf(states: Graph['states'], outputs: readonly number[]): Graph {
  const tensors = [vector('x'), vector('a'), vector('b'), vector('sum'), vector('constant', [7, 8, 9])];
  const nodes = [{ op: 'add', name: 'operator 0 ADD', inputs: [0, 1], outputs: [3], attributes: { activation: 'none' } }];
  return { name: 'state', tensors, nodes, inputs: [0], outputs, ...(states && { states }) };
}

/** Outputs of runs with x = 1, 2, 3, … */
function runs(graph: Graph, count: number): number[][][] {
  const session = sessionOf(graph);
  return Array.from({ length: count }, (_, index) => {
    session.inputs[0]!.data.set([index + 1, 0, 0]);
    return session.runSync().outputs.map(({ data }) => [...data as Int32Array]);
  });
}

describe('states of a plan', () => {
  it('start with their first value and become what the graph computes', () => {
    expect(runs(graphOf([{ input: 1, output: 3, initial: bytes(10, 20, 30) }], [3]), 3).flat(1)).toEqual([[11, 20, 30], [13, 20, 30], [16, 20, 30]]);
  });

  it('fill with a byte, take constants, and may stay as they are', () => {
    const filled = graphOf([{ input: 1, output: 4, initial: 1 }], [3]);
    expect(runs(filled, 2).flat(1)).toEqual([[0x01010102, 0x01010101, 0x01010101], [9, 8, 9]]);
    expect(runs(graphOf([{ input: 1, output: 1, initial: bytes(5, 6, 7) }], [3, 1]), 2).at(-1)).toEqual([[7, 6, 7], [5, 6, 7]]);
  });

  it('change places without losing a value, and outputs show the values read', () => {
    const exchanged = graphOf([{ input: 1, output: 2, initial: bytes(1, 1, 1) }, { input: 2, output: 1, initial: bytes(2, 2, 2) }], [1, 2]);
    expect(runs(exchanged, 3)).toEqual([[[1, 1, 1], [2, 2, 2]], [[2, 2, 2], [1, 1, 1]], [[1, 1, 1], [2, 2, 2]]]);
    const chain = graphOf([{ input: 1, output: 3, initial: bytes(0, 0, 0) }, { input: 2, output: 1, initial: bytes(9, 9, 9) }], [2, 1]);
    expect(runs(chain, 3)).toEqual([[[9, 9, 9], [0, 0, 0]], [[0, 0, 0], [1, 0, 0]], [[1, 0, 0], [3, 0, 0]]]);
  });

  it('are read by the scalar reference with their first value', () => {
    const graph = graphOf([{ input: 1, output: 3, initial: bytes(10, 20, 30) }], [3]);
    expect(interpret(graph, [Int32Array.of(1, 2, 3)], 'float')).toEqual([Int32Array.of(11, 22, 33)]);
  });

  it('survive encoding, and a plan with wrong ones is refused', () => {
    const plan = compile(graphOf([{ input: 1, output: 3, initial: bytes(1, 2, 3) }, { input: 2, output: 2, initial: 7 }], [3]));
    expect(decode(encode(plan))).toEqual(plan);
    const changed = (states: unknown): string => JSON.stringify({ ...JSON.parse(encode(plan)), states });
    expect(() => decode(changed([{ buffer: 99, initial: { fill: 0 } }]))).toThrow(/states.0.buffer is 99; the plan has/);
    expect(() => decode(changed([{ buffer: plan.outputs[0]!.buffer, initial: { fill: 0 } }]))).toThrow(/which does not live through the whole run/);
    expect(() => decode(changed([{ ...plan.states![0], initial: { constant: 99 } }]))).toThrow(/states.0.initial is 99, which is no raw constant of 12 bytes/);
    expect(() => decode(changed([{ ...plan.states![0], initial: { fill: 256 } }]))).toThrow(/states/);
  });

  it('are verified', () => {
    const check = (states: Graph['states']): void => verify(graphOf(states, [3]), operators);
    expect(() => check([{ input: 0, output: 3, initial: 0 }])).toThrow(/tensor 0 'x' is a state and also an input/);
    expect(() => check([{ input: 4, output: 3, initial: 0 }])).toThrow(/'constant' is a state and also an input, another state or a constant/);
    expect(() => check([{ input: 1, output: 3, initial: 0 }, { input: 1, output: 3, initial: 0 }])).toThrow(/another state/);
    expect(() => check([{ input: 1, output: 3, initial: bytes(1) }])).toThrow(/the first value has 4 bytes, the state 12/);
    expect(() => check([{ input: 1, output: 2, initial: 0 }])).toThrow(/'b' is produced by no node/);
    expect(() => check([{ input: 1, output: 9, initial: 0 }])).toThrow(/the new value of a state is tensor 9/);
  });
});

describe('streaming models', () => {
  it.each(['lstm', 'float-lstm', 'variables-frames'])('%s: runs continue, run() and runSync() alike, until resetState()', async (name) => {
    const hashes = async (model: Model, count: number, sync: boolean): Promise<string[]> => {
      const found: string[] = [];
      for (let index = 0; index < count; index++) {
        seedInputs(model, 3);
        found.push(hashOutputs(sync || index % 2 === 0 ? model.runSync().outputs : (await model.run()).outputs));
      }
      return found;
    };
    await using model = await Model.load(path(name), { threads: 2, parallelCost: 0 });
    await using other = await Model.load(path(name), { threads: 1 });
    const first = await hashes(model, 3, true);
    expect(new Set(first).size).toBe(3);
    model.resetState();
    expect(await hashes(model, 3, false)).toEqual(first);
    expect(await hashes(other, 1, true)).toEqual(first.slice(0, 1));
    expect(await hashes(model, 1, true)).not.toEqual(first.slice(0, 1));
  });

  it('give the same golden outputs each time, and start afresh after them', async () => {
    await using model = await Model.load(path('lstm'), { threads: 1 });
    const first = await runGolden(model, 5);
    expect(await runGolden(model, 5)).toEqual(first);
    await model.run();
    await model.run();
    expect(hashGolden(model.outputs)).not.toEqual(first.outputs);
    expect(await runGolden(model, 5)).toEqual(first);
  });

  it('refuse resetState() while a run is pending', async () => {
    await using model = await Model.load(path('lstm'), { threads: 1 });
    const pending = model.run();
    expect(() => model.resetState()).toThrow(/run\(\) is pending/);
    await pending;
  });
});
