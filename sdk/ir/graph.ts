import type { DType } from '../core/dtype.ts';
import type { ModelMetadata } from '../core/model-metadata.ts';

/** real = scale * (code - zeroPoint); one pair per tensor, or one per index of `axis`. */
export interface Quantization {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis?: number;
}

/** What an operator knows of a tensor without its data. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly quantization?: Quantization;
}

/** `data` makes a tensor constant: row-major little-endian bytes, usually a view on the model file. */
export interface Tensor extends TensorType {
  readonly name: string;
  /** The file leaves extents open: those stated are replaced by inferred ones. */
  readonly isShapeOpen?: boolean;
  readonly data?: Uint8Array;
}

export type Attribute = number | string | boolean | readonly number[];

/** One operator call. `inputs` and `outputs` index `Graph.tensors`; -1 is an absent optional input. */
export interface Node {
  readonly op: string;
  /** Position in the source file, for messages: `operator 3 CONV_2D`. */
  readonly name: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A value that is kept from run to run: tensor `input` holds it during a run, `output` is what it becomes at the end. */
export interface State {
  readonly input: number;
  readonly output: number;
  /** The value before the first run: its bytes, or the byte that all of them are. */
  readonly initial: Uint8Array | number;
}

/** A model as data. Nodes are in execution order: every input is a graph input, a state, a constant or an earlier output. */
export interface Graph {
  readonly name: string;
  readonly tensors: readonly Tensor[];
  readonly nodes: readonly Node[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly states?: readonly State[];
  /** What the file says of inputs and outputs; changes nothing of what is computed. */
  readonly metadata?: ModelMetadata;
}
