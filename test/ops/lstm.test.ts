import { describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { interpret } from '../../sdk/compile/interpret.ts';
import { PlanError } from '../../sdk/core/errors.ts';
import type { Graph, Tensor } from '../../sdk/ir/graph.ts';
import { logistic16, tanh16 } from '../../sdk/ops/fixed-point-16.ts';
import { activation, codes, random } from './graphs.ts';
import { expectRejected } from './run.ts';
import { runKernels } from './run-kernels.ts';

interface Sizes {
  readonly batch: number;
  readonly steps: number;
  readonly inputs: number;
  readonly cells: number;
  readonly timeMajor?: boolean;
  readonly cellClip?: number;
  readonly cellBits?: number;
}

function float(name: string, shape: readonly number[], values?: readonly number[]): Tensor {
  return { name, dtype: 'float32', shape, ...(values && { data: new Uint8Array(Float32Array.from(values).buffer) }) };
}

/** All inputs but the weights are graph inputs, all outputs graph outputs. */
function graphOf(weights: readonly Tensor[], states: readonly Tensor[], input: Tensor, output: Tensor, sizes: Sizes): Graph {
  const tensors = [input, ...weights, ...states, output, ...states.map((state) => ({ ...state, name: `new ${state.name}` }))];
  const attributes = { timeMajor: sizes.timeMajor ?? false, cellClip: sizes.cellClip ?? 0, hiddenScale: output.quantization?.scales[0] ?? 0, hiddenZeroPoint: output.quantization?.zeroPoints[0] ?? 0 };
  const ids = tensors.map((_, id) => id);
  return { name: 'lstm', tensors, nodes: [{ op: 'lstm', name: 'operator 0 LSTM', inputs: ids.slice(0, 15), outputs: ids.slice(15), attributes }], inputs: [0, 13, 14], outputs: [15, 16, 17] };
}

function sequence({ batch, steps, timeMajor = false }: Sizes, width: number): number[] {
  return timeMajor ? [steps, batch, width] : [batch, steps, width];
}

function floatGraph(sizes: Sizes, gain = 1): Graph {
  const next = random(5);
  const list = (shape: readonly number[]): Tensor[] => Array.from({ length: 4 }, (_, gate) => (
    float(`w${gate}`, shape, Array.from({ length: shape.reduce((a, b) => a * b) }, () => gain * (next() - 0.5)))));
  const { batch, inputs, cells } = sizes;
  const weights = [...list([cells, inputs]), ...list([cells, cells]), ...list([cells])];
  return graphOf(weights, [float('h', [batch, cells]), float('c', [batch, cells])], float('x', sequence(sizes, inputs)), float('y', sequence(sizes, cells)), sizes);
}

function int8Graph(sizes: Sizes, biasSpread = 4000): Graph {
  const next = random(6);
  const { batch, inputs, cells, cellBits = 4 } = sizes;
  const list = (shape: readonly [number, number]): Tensor[] => Array.from({ length: 4 }, (_, gate) => ({
    name: `w${gate}`, dtype: 'int8', shape, data: new Uint8Array(codes(next, shape[0] * shape[1], -127).buffer),
    quantization: { scales: [Math.fround(0.008 + 0.004 * next())], zeroPoints: [0] },
  }));
  const biases = Array.from({ length: 4 }, (): Tensor => ({
    name: 'b', dtype: 'int32', shape: [cells], data: new Uint8Array(Int32Array.from({ length: cells }, () => Math.floor((next() - 0.5) * 2 * biasSpread)).buffer),
  }));
  const hidden = activation('h', [batch, cells], 1 / 120, 5);
  const cell: Tensor = { name: 'c', dtype: 'int16', shape: [batch, cells], quantization: { scales: [2 ** (cellBits - 15)], zeroPoints: [0] } };
  return graphOf([...list([cells, inputs]), ...list([cells, cells]), ...biases], [hidden, cell], activation('x', sequence(sizes, inputs), 0.03, -9),
    { ...hidden, name: 'y', shape: sequence(sizes, cells) }, sizes);
}

const SIZES: readonly Sizes[] = [
  { batch: 1, steps: 1, inputs: 1, cells: 1 },
  { batch: 2, steps: 3, inputs: 5, cells: 8, cellBits: 0 },
  { batch: 3, steps: 2, inputs: 16, cells: 7, timeMajor: true, cellClip: 0.3 },
  { batch: 1, steps: 4, inputs: 9, cells: 19, cellBits: 6 },
];

describe('lstm of float32', () => {
  it.each(SIZES)('%o: the kernel gives the reference', (sizes) => {
    const graph = floatGraph(sizes);
    const next = random(sizes.cells);
    const inputs = graph.inputs.map((id) => Float32Array.from({ length: graph.tensors[id]!.shape.reduce((a, b) => a * b) }, () => next() * 4 - 2));
    expect(runKernels(graph, inputs)).toEqual(interpret(graph, inputs, 'float'));
  });

  it('is the textbook formula', () => {
    const graph = floatGraph({ batch: 1, steps: 1, inputs: 1, cells: 1 });
    const [x, h, c] = [0.7, -0.4, 1.3];
    const value = (id: number): number => new Float32Array(graph.tensors[id]!.data!.buffer)[0]!;
    const [i, f, g, o] = [0, 1, 2, 3].map((gate) => value(1 + gate) * x + value(5 + gate) * h + value(9 + gate)) as [number, number, number, number];
    const logistic = (v: number): number => 1 / (1 + Math.exp(-v));
    const cell = logistic(f) * c + logistic(i) * Math.tanh(g);
    const [y, hidden, kept] = interpret(graph, [Float32Array.of(x), Float32Array.of(h), Float32Array.of(c)], 'float') as Float32Array[];
    expect(kept![0]).toBeCloseTo(cell, 6);
    expect(y![0]).toBeCloseTo(logistic(o) * Math.tanh(cell), 6);
    expect(hidden).toEqual(y);
  });

  it('saturates at large sums and passes NaN on', () => {
    const graph = floatGraph({ batch: 1, steps: 1, inputs: 1, cells: 1 }, 1e30);
    for (const x of [1e8, -1e8, NaN]) {
      const inputs = [Float32Array.of(x), Float32Array.of(0), Float32Array.of(1)];
      const outputs = interpret(graph, inputs, 'float') as Float32Array[];
      expect(runKernels(graph, inputs)).toEqual(outputs);
      expect(Math.abs(outputs[0]![0]!) <= 1).toBe(!Number.isNaN(x));
    }
  });
});

describe('lstm of int8', () => {
  it.each(SIZES)('%o: the kernel gives the reference', (sizes) => {
    const graph = int8Graph(sizes);
    const next = random(sizes.cells);
    const count = (id: number): number => graph.tensors[id]!.shape.reduce((a, b) => a * b);
    const cells = Int16Array.from({ length: count(14) }, () => Math.floor(next() * 65536) - 32768);
    const inputs = [codes(next, count(0)), codes(next, count(13)), cells];
    expect(runKernels(graph, inputs)).toEqual(interpret(graph, inputs, 'float'));
  });

  it('follows the real functions: logistic within 2^-12, tanh within 2^-11', () => {
    for (let code = -32768; code < 32768; code += 7) {
      expect(Math.abs(logistic16(code) / 32768 - 1 / (1 + Math.exp(-code / 4096)))).toBeLessThan(2 ** -12);
      for (const bits of [0, 3, 6]) expect(Math.abs(tanh16(code, bits) / 32768 - Math.tanh(code / 2 ** (15 - bits)))).toBeLessThan(2 ** -11);
    }
  });

  it('refuses sums that may overflow', () => {
    expect(() => compile(int8Graph({ batch: 1, steps: 1, inputs: 4, cells: 2 }, 2 ** 31))).toThrow(PlanError);
    expect(() => compile(int8Graph({ batch: 1, steps: 1, inputs: 4, cells: 2 }, 2 ** 31))).toThrow(/gate of cell \d may sum up to/);
  });
});

describe('lstm', () => {
  const graph = int8Graph({ batch: 2, steps: 3, inputs: 4, cells: 5 });
  const replaced = (id: number, change: Partial<Tensor>): Graph => ({ ...graph, tensors: graph.tensors.with(id, { ...graph.tensors[id]!, ...change }) });

  it('rejects operands that do not fit', () => {
    expectRejected(replaced(0, { shape: [2, 3, 6] }), /'x' has shape 2x3x6; needs 2 or 3 dimensions, the last of the weights' 4 inputs/);
    expectRejected(replaced(6, { shape: [5, 4], data: new Uint8Array(20) }), /recurrent weights of the forget gate 'w1' has shape 5x4; must be 5x5/);
    expectRejected(replaced(13, { shape: [3, 5] }), /output state 'h' has shape 3x5; must be 2x5/);
    expectRejected(replaced(14, { quantization: { scales: [0.001], zeroPoints: [0] } }), /cell state 'c' must be int16 with zero point 0 and a scale of 2\^-15 to 2\^-9/);
    expectRejected(replaced(15, { quantization: { scales: [0.5], zeroPoints: [0] } }), /'y' has scale 0.5 and zero point 0; lstm needs those of its input/);
    const hybrid = floatGraph({ batch: 1, steps: 1, inputs: 5, cells: 5 });
    expectRejected({ ...hybrid, tensors: hybrid.tensors.with(1, graph.tensors[5]!) }, /lstm needs float32 weights for a float32 input/);
  });
});
