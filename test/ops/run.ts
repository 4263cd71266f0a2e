import { expect } from 'vitest';
import { ModelError } from '../../sdk/core/errors.ts';
import { compile } from '../../sdk/compile/compile.ts';
import { interpret } from '../../sdk/compile/interpret.ts';
import type { Graph, Tensor } from '../../sdk/ir/graph.ts';
import { verify } from '../../sdk/ir/verify.ts';
import { operators } from '../../sdk/ops/index.ts';
import type { RequantizeMode } from '../../sdk/ops/types.ts';
import type { PlanStep } from '../../sdk/plan/types.ts';

/** Output codes of a one-output graph. */
export function run(graph: Graph, inputs: readonly Int8Array[], mode: RequantizeMode = 'float'): Int8Array {
  return interpret(graph, inputs, mode)[0] as Int8Array;
}

/** The real values that codes of a tensor stand for. */
export function realValues({ quantization }: Tensor, values: Int8Array): number[] {
  return Array.from(values, (code) => quantization!.scales[0]! * (code - quantization!.zeroPoints[0]!));
}

/** Every code must be a nearest code of its real value; `slack` allows for float32 near ties. */
export function expectNearest(actual: Int8Array, reals: readonly number[], output: Tensor, slack = 1e-3): void {
  expect(actual.length).toBe(reals.length);
  const [scale = NaN] = output.quantization!.scales;
  const [zeroPoint = NaN] = output.quantization!.zeroPoints;
  actual.forEach((code, index) => {
    const exact = Math.min(127, Math.max(-128, reals[index]! / scale + zeroPoint));
    expect(Math.abs(code - exact), `element ${index}: ${code} for ${exact}`).toBeLessThanOrEqual(0.5 + slack);
  });
}

/** Verification of `graph` must fail with a ModelError that says all of `parts`. */
export function expectRejected(graph: Graph, ...parts: readonly (string | RegExp)[]): void {
  let error: unknown;
  try {
    verify(graph, operators);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(ModelError);
  for (const part of parts) expect((error as ModelError).message).toMatch(part);
}

/** The only step of a compiled graph. */
export function onlyStep(graph: Graph): PlanStep {
  const { steps } = compile(graph);
  expect(steps).toHaveLength(1);
  return steps[0]!;
}
