import type { DType } from '../core/dtype.ts';
import type { Quantization } from '../ir/graph.ts';

/** A place in the arena. Kernels may read bytes past its end (`Abi.READ_PADDING`). */
export interface PlanBuffer {
  readonly name: string;
  readonly bytes: number;
  /** Byte offset in the arena. */
  readonly offset: number;
  /** First and last step that touch it; inputs live from -1, outputs to the number of steps. */
  readonly live: readonly [first: number, last: number];
}

/** Weights stored as uint8 codes with this zero point; without it they are int8 codes with zero point 0. */
interface WeightCodes {
  readonly unsignedZeroPoint?: number;
}

/** How link turns raw constants into what the chosen kernel variant reads. */
export type PlanLayout =
  | { readonly kind: 'raw' }
  /** Codes [columns][depth] -> panels of the dot-product variant. */
  | ({ readonly kind: 'gemm-weights'; readonly columns: number; readonly depth: number } & WeightCodes)
  /** int32 [columns] minus inputZeroPoint * row sums of constant `weights`, padded to whole panels with zeros. */
  | { readonly kind: 'gemm-bias'; readonly columns: number; readonly depth: number; readonly weights: number; readonly inputZeroPoint: number }
  /** f32 [columns] padded to whole panels with zeros. */
  | { readonly kind: 'gemm-scale'; readonly columns: number }
  /** Codes [taps][channels] -> tap groups of the dot-product variant. */
  | ({ readonly kind: 'dwconv-weights'; readonly taps: number; readonly channels: number } & WeightCodes)
  | { readonly kind: 'dwconv-bias'; readonly taps: number; readonly channels: number; readonly weights: number; readonly inputZeroPoint: number }
  | { readonly kind: 'dwconv-scale'; readonly channels: number }
  /** f32 [columns][depth] -> panels of the float32 product. */
  | { readonly kind: 'gemm-f32-weights'; readonly columns: number; readonly depth: number }
  /** int8 [columns][depth] times constant `scales`, f32 [columns] -> panels of the float32 product. */
  | { readonly kind: 'gemm-f32-codes'; readonly columns: number; readonly depth: number; readonly scales: number }
  /** int8 [taps][channels] times constant `scales`, f32 [channels] -> f32 [taps][channels]. */
  | { readonly kind: 'dwconv-f32-codes'; readonly taps: number; readonly channels: number; readonly scales: number };

/** Constant bytes a plan needs: a tensor of the model (`tensor`) or bytes made by the compiler (`data`). */
export interface PlanConstant {
  readonly name: string;
  readonly bytes: number;
  readonly layout: PlanLayout;
  readonly tensor?: number;
  readonly data?: Uint8Array;
}

/** A value of one params field. A plain number is an i32. */
export type PlanField =
  | number
  | { readonly f32: number }
  | { readonly splat: 'i8' | 'i32' | 'f32'; readonly value: number }
  /** 16 bytes of 0x80 where the relaxed dot product takes an unsigned second operand, else zeros. */
  | { readonly flip: true }
  | { readonly buffer: number; readonly offset?: number }
  | { readonly constant: number; readonly offset?: number };

/** One kernel call over `units` independent units. `kernel` is a family name; link appends the dot-product variant where one exists. */
export interface PlanStep {
  readonly kernel: string;
  /** Graph node this step came from. */
  readonly node: string;
  readonly op: string;
  /** Name of the params enum in the kernel ABI. */
  readonly params: string;
  readonly fields: Readonly<Record<string, PlanField>>;
  readonly units: number;
  /** Bytes of per-worker scratch. */
  readonly scratch: number;
  /** Multiply-accumulates, padding taps excluded. */
  readonly macs: number;
}

/**
 * Consecutive steps `first` to `last` that a thread runs block by block. Blocks are those of step `pace`, `blockUnits` units each; steps behind it have one
 * unit a block. Where `pace` is not `first`, block b needs the units of `first` that hold rows b * blockRows to (b + 1) * blockRows - 1, `leadRows` rows
 * a unit, which are computed `leadUnits` at a time.
 */
export interface PlanBand {
  readonly first: number;
  readonly pace: number;
  readonly last: number;
  readonly blockUnits: number;
  readonly blockRows: number;
  readonly leadRows: number;
  readonly leadUnits: number;
}

/** A named model input or output. */
export interface PlanPort {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly quantization?: Quantization;
  readonly buffer: number;
}

/** A buffer that keeps its contents from run to run, and what it holds before the first: a raw constant, or one byte all over. */
export interface PlanState {
  readonly buffer: number;
  readonly initial: { readonly constant: number } | { readonly fill: number };
}

/** Everything a device needs to run a model, as data. */
export interface Plan {
  readonly abi: number;
  readonly buffers: readonly PlanBuffer[];
  readonly constants: readonly PlanConstant[];
  readonly steps: readonly PlanStep[];
  /** In order, without overlap. */
  readonly bands: readonly PlanBand[];
  readonly inputs: readonly PlanPort[];
  readonly outputs: readonly PlanPort[];
  readonly states?: readonly PlanState[];
  /** Bytes of the arena, and the lower bound: the largest sum of buffers alive at one step. */
  readonly arenaBytes: number;
  readonly arenaLowerBound: number;
}
