import type { Attribute, Tensor } from '../../ir/graph.ts';
import type { BuiltinOperator } from './builtin-operators.ts';
import type { Table } from './flatbuffer.ts';
import type * as schema from './schema.ts';

/** Tensors of one operator call; inputs up to the required count are present. */
export interface Operands {
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: readonly Tensor[];
  /** All tensors of the subgraph. */
  readonly tensors: readonly Tensor[];
}

/** How one builtin operator becomes a node of the graph. */
export interface OperatorRow {
  readonly builtin: BuiltinOperator | `CUSTOM "${string}"`;
  /** Canonical operator. */
  readonly op: string;
  /** Fewest and most inputs in the file. */
  readonly inputs: readonly [required: number, most: number];
  /** Inputs of the node: `kept` of those in the file from number `first`, 0 where absent. */
  readonly kept: number;
  readonly first?: number;
  /** Positions in the file of the inputs of the node, where their order differs; `kept` and `first` do not count then. */
  readonly order?: readonly number[];
  /** Inputs of the node where the second is computed by the model; `kept` where absent. */
  readonly keptIfComputed?: number;
  /** Most outputs, 1 where absent. */
  readonly outputs?: number;
  /** Positions in the file of inputs that are variable tensors; the node gives their new values as further outputs. */
  readonly updates?: readonly number[];
  /** Decodes the options. @throws ModelError starting with `where`. */
  attributes(operator: OperatorTable, operands: Operands, where: string): Record<string, Attribute>;
  /** Shapes of outputs whose shapes files leave out. */
  shapes?(attributes: Readonly<Record<string, Attribute>>): number[][];
}

export type OperatorTable = Table<keyof typeof schema.Operator>;
