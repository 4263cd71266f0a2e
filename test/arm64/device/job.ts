import type { DotVariant } from '../../../sdk/runtime/pack/types.ts';
import type { KernelModule } from '../../../sdk/runtime/types.ts';

/** Kernels a job asks for. */
export interface Variant {
  readonly kernel: KernelModule;
  readonly dot: DotVariant;
}

/** Inferences of a fresh session on a board. */
export interface HashJob extends Variant {
  /** File of an encoded plan that carries all its constants. */
  readonly plan: string;
  /** Threads of `run()`; 0 for `runSync()`. */
  readonly threads: number;
  /** Seeds of the inputs of one inference after the other. */
  readonly seeds: readonly number[];
}

/** Output hash of each seed; JSON on one line of standard output per job, in job order. */
export type HashResult = readonly string[];

/** Every step of a plan, counted alone. */
export interface CountJob extends Variant {
  readonly plan: string;
}

/** Calls of a step in consecutive windows between marks: the least counts of both lengths give the instructions of one call. */
export const WINDOW_CALLS: readonly number[] = [1, 2, 1, 2];
