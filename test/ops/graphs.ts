import type { DType } from '../../sdk/core/dtype.ts';
import type { Attribute, Graph, Node, Tensor } from '../../sdk/ir/graph.ts';
import { xorshift } from '../xorshift.ts';

/** Deterministic numbers in [0, 1). */
export function random(seed: number): () => number {
  const next = xorshift(seed);
  return () => next() / 2 ** 32;
}

/** `count` int8 codes from `low`. */
export function codes(next: () => number, count: number, low = -128): Int8Array {
  return Int8Array.from({ length: count }, () => low + Math.floor(next() * (128 - low)));
}

export function activation(name: string, shape: readonly number[], scale = 0.05, zeroPoint = 0): Tensor {
  return { name, dtype: 'int8', shape, quantization: { scales: [Math.fround(scale)], zeroPoints: [zeroPoint] } };
}

function constant(name: string, dtype: DType, shape: readonly number[], values: Int8Array | Int32Array): Tensor {
  return { name, dtype, shape, data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

/** Constant weights with one scale, or one a channel along `axis`. */
export function weights(shape: readonly number[], values: readonly number[] | Int8Array, scales: readonly number[] = [0.02], axis = 0): Tensor {
  const quantization = { scales: scales.map(Math.fround), zeroPoints: scales.map(() => 0), ...(scales.length > 1 && { axis }) };
  return { ...constant('weights', 'int8', shape, Int8Array.from(values)), quantization };
}

export function bias(values: readonly number[] | Int32Array): Tensor {
  return constant('bias', 'int32', [values.length], Int32Array.from(values));
}

/** A graph of one node; constant tensors become operands, the others graph inputs. */
export function single(op: string, inputs: readonly Tensor[], output: Tensor, attributes: Readonly<Record<string, Attribute>>): Graph {
  const ids = inputs.map((_, id) => id);
  return {
    name: op,
    tensors: [...inputs, output],
    nodes: [{ op, name: `operator 0 ${op}`, inputs: ids, outputs: [inputs.length], attributes }],
    inputs: ids.filter((id) => inputs[id]!.data === undefined),
    outputs: [inputs.length],
  };
}

/** Appends tensors and nodes; ids are returned by `tensor`. */
export class GraphBuilder {
  readonly tensors: Tensor[] = [];
  readonly nodes: Node[] = [];

  tensor(tensor: Tensor): number {
    return this.tensors.push(tensor) - 1;
  }

  node(op: string, inputs: readonly number[], output: Tensor, attributes: Readonly<Record<string, Attribute>>): number {
    const id = this.tensor(output);
    this.nodes.push({ op, name: `operator ${this.nodes.length} ${op}`, inputs, outputs: [id], attributes });
    return id;
  }

  graph(name: string, inputs: readonly number[], outputs: readonly number[]): Graph {
    return { name, tensors: this.tensors, nodes: this.nodes, inputs, outputs };
  }
}

export const CONVOLUTION = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], activation: 'none' } as const;
export const POOL = { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], activation: 'none' } as const;

/** A small residual net with every operator: 9x9x3 picture to 4 classes. */
export function residualNet(): Graph {
  const next = random(20240607);
  const build = new GraphBuilder();
  const convolution = (input: number, kernel: readonly number[], output: Tensor, attributes: Readonly<Record<string, Attribute>>): number => {
    const [channels = 0] = kernel;
    const count = kernel.reduce((product, extent) => product * extent, 1);
    const scales = Array.from({ length: channels }, () => 0.004 + next() * 0.004);
    const w = build.tensor(weights(kernel, codes(next, count, -127), scales));
    const b = build.tensor(bias(Array.from({ length: channels }, () => Math.floor(next() * 2000) - 1000)));
    return build.node('conv2d', [input, w, b], output, { ...CONVOLUTION, ...attributes });
  };
  const input = build.tensor(activation('picture', [1, 9, 9, 3], 1 / 128, -1));
  const strided = { strides: [2, 2], pads: [1, 1, 1, 1], activation: 'relu6' };
  const stem = convolution(input, [8, 3, 3, 3], activation('stem', [1, 5, 5, 8], 0.03, -128), strided);
  const dw = build.tensor(weights([1, 3, 3, 8], codes(next, 72, -127), Array.from({ length: 8 }, () => 0.004 + next() * 0.004), 3));
  const deep = build.node('depthwise-conv2d', [stem, dw], activation('deep', [1, 5, 5, 8], 0.03, -20), { ...CONVOLUTION, pads: [1, 1, 1, 1] });
  const point = convolution(deep, [8, 1, 1, 8], activation('point', [1, 5, 5, 8], 0.04, 5), {});
  const sum = build.node('add', [stem, point], activation('sum', [1, 5, 5, 8], 0.05, -100), { activation: 'relu' });
  const max = build.node('max-pool2d', [sum], activation('max', [1, 3, 3, 8], 0.05, -100), { ...POOL, pads: [0, 0, 1, 1] });
  const mean = build.node('average-pool2d', [max], activation('mean', [1, 1, 1, 8], 0.05, -100), { ...POOL, kernel: [3, 3] });
  const flat = build.node('reshape', [mean], activation('flat', [1, 8], 0.05, -100), {});
  const fw = build.tensor(weights([4, 8], codes(next, 32, -127), [0.01]));
  const fb = build.tensor(bias([30, -40, 50, -60]));
  const logits = build.node('fully-connected', [flat, fw, fb], activation('logits', [1, 4], 0.08, 10), { activation: 'none', keepDims: false });
  const scores = build.node('softmax', [logits], activation('scores', [1, 4], 1 / 256, -128), { beta: 1 });
  return build.graph('residual-net', [input], [scores]);
}
