// Logistic function and hyperbolic tangent in float32, operation for operation as kernels/micro/squash.ts.

import type { Node } from '../ir/graph.ts';
import { lowerElementwise } from './elementwise.ts';
import { expF32, expTable } from './exp-f32.ts';
import { bytesOf } from './kernel-fields.ts';
import type { Lowering } from './types.ts';

const f = Math.fround;

/** 1 / (1 + e^-x) within 3 units in the last place. */
export function logisticF32(x: number): number {
  const e = expF32(-Math.abs(x));
  return f((x < 0 ? e : 1) / f(1 + e));
}

/** Hyperbolic tangent within 2^-22. */
export function tanhF32(x: number): number {
  const e = expF32(f(-2 * Math.abs(x)));
  const magnitude = f(f(1 - e) / f(1 + e));
  return x < 0 ? -magnitude : magnitude;
}

/** Emits one of the two on all elements of the node's input. */
export function lowerSquash(node: Node, lowering: Lowering, isTangent: boolean): void {
  const [input = -1] = node.inputs;
  const [output = -1] = node.outputs;
  const fields = {
    TABLE: { constant: lowering.constantData(`${node.name} table`, bytesOf(expTable()), { kind: 'raw' }) },
    IS_TANGENT: isTangent ? 1 : 0,
  };
  lowerElementwise(lowering, input, { buffer: lowering.buffer(output) }, { kernel: 'squash_f32', params: 'SquashF32Params', fields });
}
