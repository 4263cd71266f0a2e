import { expect } from 'vitest';
import { interpret } from '../../sdk/compile/interpret.ts';
import { byteLength, viewOf } from '../../sdk/core/dtype.ts';
import type { TypedArray } from '../../sdk/core/dtype.ts';
import { elementCount } from '../../sdk/core/shape.ts';
import type { Graph } from '../../sdk/ir/graph.ts';
import { verify } from '../../sdk/ir/verify.ts';
import { operators } from '../../sdk/ops/index.ts';
import { prepare } from '../../sdk/passes/prepare.ts';
import type { Pass } from '../../sdk/passes/types.ts';
import { seededElements } from '../fixtures/seeded.ts';
import { runKernels } from '../ops/run-kernels.ts';

function bytesOf(arrays: readonly TypedArray[]): number[][] {
  return arrays.map(({ buffer, byteOffset, byteLength: length }) => [...new Uint8Array(buffer, byteOffset, length)]);
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
