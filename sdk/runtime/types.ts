import type { DType, NumberArray } from '../core/dtype.ts';
import type { Quantization } from '../ir/graph.ts';

/** Builds of the kernels: `relaxed` adds relaxed SIMD. */
export type KernelModule = 'baseline' | 'relaxed';

export const KERNEL_MODULES: readonly KernelModule[] = ['baseline', 'relaxed'];

/** A model input or output. `data` is a view on the session's shared memory, row-major; it stays valid until the session closes. */
export interface Port {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly quantization?: Quantization;
  /** Of an int64 port a BigInt64Array: `data as TypedArray`. */
  readonly data: NumberArray;
}

/** Time of one step of a profiled run. */
export interface StepProfile {
  readonly step: number;
  readonly node: string;
  readonly op: string;
  readonly kernel: string;
  readonly macs: number;
  /** Milliseconds. */
  readonly ms: number;
}
