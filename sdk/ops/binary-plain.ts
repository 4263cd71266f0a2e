// Binary operators on unquantized elements.

import type { CodeRange } from '../core/affine.ts';
import type { Node } from '../ir/graph.ts';
import { realRange } from './activation.ts';
import type { BinaryForm } from './binary.ts';
import { clampFields } from './kernel-fields.ts';

const INT32_MAX = 2147483647;

/** float32 elements: `combine` is rounded to float32 once, as WebAssembly does. */
export function float32Form(kernel: string, combine: (a: number, b: number) => number): BinaryForm {
  return {
    kernel,
    params: 'BinaryParams',
    check: (node) => void realRange(node),
    combine(node) {
      const { min, max } = realRange(node);
      return (a, b) => Math.min(Math.max(Math.fround(combine(a, b)), min), max);
    },
    fields: (node) => clampFields(realRange(node)),
  };
}

/** int32 elements: `combine` gives a wrapped int32. */
export function int32Form(kernel: string, combine: (a: number, b: number) => number): BinaryForm {
  const rangeOf = (node: Node): CodeRange => {
    const { min, max } = realRange(node);
    return { min: Math.max(min, -INT32_MAX - 1), max: Math.min(max, INT32_MAX) };
  };
  return {
    kernel,
    params: 'BinaryParams',
    check: (node) => void realRange(node),
    combine(node) {
      const { min, max } = rangeOf(node);
      return (a, b) => Math.min(Math.max(combine(a, b), min), max);
    },
    fields(node) {
      const { min, max } = rangeOf(node);
      return { MIN: { splat: 'i32', value: min }, MAX: { splat: 'i32', value: max } };
    },
  };
}
