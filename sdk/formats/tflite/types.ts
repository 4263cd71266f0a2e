import type { Attribute, Tensor } from '../../ir/graph.ts';
import type { BuiltinOperator } from './builtin-operators.ts';
import type { Table } from './flatbuffer.ts';
import type * as schema from './schema.ts';

/** Tensors of one operator call; inputs up to the required count are present. */
export interface Operands {
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: readonly Tensor[];
}

/** How one builtin operator becomes a node of the graph. */
export interface OperatorRow {
  readonly builtin: BuiltinOperator;
  /** Canonical operator. */
  readonly op: string;
  /** Fewest and most inputs in the file. */
  readonly inputs: readonly [required: number, most: number];
  /** Inputs of the node: the first of those in the file. */
  readonly kept: number;
  /** Decodes the options. @throws ModelError starting with `where`. */
  attributes(operator: OperatorTable, operands: Operands, where: string): Record<string, Attribute>;
}

export type OperatorTable = Table<keyof typeof schema.Operator>;
