import type { TypedArray } from '../core/dtype.ts';
import type { Node, Tensor, TensorType } from '../ir/graph.ts';
import type { PlanField, PlanLayout } from '../plan/types.ts';

/** How integer accumulators become output codes; `float` is what the kernels do. */
export type RequantizeMode = 'float' | 'tflite-single' | 'tflite-double';

export const REQUANTIZE_MODES: readonly RequantizeMode[] = ['float', 'tflite-single', 'tflite-double'];

/** A tensor with its elements, for references. */
export interface TensorValue extends TensorType {
  readonly data: TypedArray;
}

/** What lowering an operator may ask for and emit. Ids are those of the plan under construction. */
export interface Lowering {
  /** Tensor behind a graph tensor id. */
  tensor(id: number): Tensor;
  /** Buffer that holds a graph tensor. */
  buffer(id: number): number;
  /** A buffer of its own for the steps of this node. */
  temporary(name: string, bytes: number): number;
  /** Makes `output` share the buffer of `input`: no step, no copy. */
  alias(input: number, output: number): void;
  /** Constant made from a constant graph tensor, stored in the file's bytes. */
  constantTensor(id: number, layout: PlanLayout): number;
  /** Constant made by the compiler. */
  constantData(name: string, data: Uint8Array, layout: PlanLayout): number;
  /** Scratch is per worker, in bytes. */
  step(step: { kernel: string; params: string; fields: Record<string, PlanField>; units: number; scratch?: number; macs?: number }): void;
}

/** One operator. Attributes are checked by `infer`; `reference` and `lower` may rely on that. */
export interface Operator {
  readonly name: string;
  /** Every output element depends on nothing but the input elements at its place, broadcast, and the kernels give the bits of `reference`. */
  readonly isElementwise?: true;
  /** Types of the outputs. @throws ModelError naming the node when attributes, types or shapes do not fit. */
  infer(node: Node, inputs: readonly (Tensor | undefined)[], outputs: readonly Tensor[]): readonly TensorType[];
  /** Exact scalar computation: the oracle of every kernel. */
  reference(node: Node, inputs: readonly (TensorValue | undefined)[], outputs: readonly TensorValue[], mode: RequantizeMode): void;
  lower(node: Node, lowering: Lowering): void;
}
