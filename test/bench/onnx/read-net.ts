import { BUILTIN_OPERATORS } from '../../../sdk/formats/tflite/builtin-operators.ts';
import { rootTable } from '../../../sdk/formats/tflite/flatbuffer.ts';
import * as schema from '../../../sdk/formats/tflite/schema.ts';
import { readTensors } from '../../../sdk/formats/tflite/tensors.ts';
import type { OperatorTable } from '../../../sdk/formats/tflite/types.ts';
import type { Tensor } from '../../../sdk/ir/graph.ts';

/** An operator as the file has it, supported by halfbyte or not. */
export interface NetOperator {
  /** Name of the builtin operator or of the custom one. */
  readonly name: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly table: OperatorTable;
}

/** A TFLite file, its operators unread. */
export interface Net {
  readonly tensors: readonly Tensor[];
  readonly operators: readonly NetOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** @throws ModelError for damaged files. */
export function readNet(bytes: Uint8Array, name: string): Net {
  const model = rootTable(bytes, name, schema.Model);
  const codes = model.tables('operator_codes', schema.OperatorCode, 'operator code');
  const subgraph = model.tables('subgraphs', schema.SubGraph, 'subgraph').open(0, name);
  const operators = subgraph.tables('operators', schema.Operator, 'operator');
  return {
    tensors: readTensors(subgraph, model.tables('buffers', schema.Buffer, 'buffer')).tensors,
    operators: Array.from({ length: operators.count }, (_, index) => {
      const table = operators.open(index);
      const code = codes.open(table.u32('opcode_index'));
      const number = Math.max(code.i8('deprecated_builtin_code'), code.i32('builtin_code', 0));
      const custom = code.text('custom_code');
      const name = custom || (BUILTIN_OPERATORS[number] ?? `operator ${number}`);
      return { name, inputs: table.i32s('inputs'), outputs: table.i32s('outputs'), table };
    }),
    inputs: subgraph.i32s('inputs'),
    outputs: subgraph.i32s('outputs'),
  };
}
