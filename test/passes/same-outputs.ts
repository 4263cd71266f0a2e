import { expect } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { interpret } from '../../sdk/compile/interpret.ts';
import { byteLength, viewOf } from '../../sdk/core/dtype.ts';
import type { TypedArray } from '../../sdk/core/dtype.ts';
import { elementCount } from '../../sdk/core/shape.ts';
import type { Graph } from '../../sdk/ir/graph.ts';
import { verify } from '../../sdk/ir/verify.ts';
import { operators } from '../../sdk/ops/index.ts';
import { prepare } from '../../sdk/passes/prepare.ts';
import type { Pass } from '../../sdk/passes/types.ts';
import { chooseKernels } from '../../sdk/runtime/select.ts';
import { Session } from '../../sdk/runtime/session.ts';
import { seededElements } from '../fixtures/seeded.ts';

function bytesOf(arrays: readonly TypedArray[]): number[][] {
  return arrays.map(({ buffer, byteOffset, byteLength: length }) => [...new Uint8Array(buffer, byteOffset, length)]);
}

/** Outputs of the kernels, after all passes. */
export function runKernels(graph: Graph, inputs: readonly TypedArray[]): TypedArray[] {
  const session = new Session(compile(graph), (tensor) => graph.tensors[tensor]!.data!, { threads: 1, choice: chooseKernels('baseline', 'd16') });
  inputs.forEach((input, index) => (session.inputs[index]!.data as Int8Array).set(input as Int8Array));
  return session.runSync().outputs.map(({ data }) => data);
}

/** Seeded elements for every input. */
export function seededInputs({ inputs, tensors }: Graph, seed: number): TypedArray[] {
  return inputs.map((id, index) => {
    const { dtype, shape } = tensors[id]!;
    const count = elementCount(shape);
    return viewOf(dtype, seededElements(dtype, seed + index, count, byteLength(dtype, count)).buffer, 0, count);
  });
}

/**
 * Runs a pass and checks that references before and after it and the kernels give the same bits.
 * @returns the graph after the pass
 */
export function expectSameOutputs(source: Graph, pass: Pass): Graph {
  const graph = prepare(source);
  verify(graph, operators);
  const changed = pass.run(graph);
  verify(changed, operators);
  const inputs = seededInputs(graph, 1);
  const expected = bytesOf(interpret(graph, inputs, 'float'));
  expect(bytesOf(interpret(changed, inputs, 'float'))).toEqual(expected);
  expect(bytesOf(runKernels(source, inputs))).toEqual(expected);
  return changed;
}
