import { ModelError } from '../../core/errors.ts';
import type { Node, Tensor } from '../../ir/graph.ts';
import { BUILTIN_OPERATORS } from './builtin-operators.ts';
import type { Table, TableVector } from './flatbuffer.ts';
import { operatorRows } from './operators.ts';
import * as schema from './schema.ts';
import type { Operands, OperatorRow, OperatorTable } from './types.ts';

const CUSTOM = BUILTIN_OPERATORS.indexOf('CUSTOM');

/**
 * Operators of a subgraph in execution order. `available` states which tensors are graph inputs or constants; outputs are added to it.
 * Tensors whose shape the file leaves out get the one their operator gives them.
 * @throws ModelError naming the operator.
 */
export function readNodes(
  model: Table<keyof typeof schema.Model>, subgraph: Table<keyof typeof schema.SubGraph>, tensors: Tensor[], available: boolean[],
): Node[] {
  const codes = model.tables('operator_codes', schema.OperatorCode, 'operator code');
  const operators = subgraph.tables('operators', schema.Operator, 'operator');
  return Array.from({ length: operators.count }, (_, index) => {
    const operator = operators.open(index);
    const { row, name } = rowOf(operator, index, codes);
    const where = `${subgraph.where}: ${name}`;
    const inputs = readInputs(operator, row, tensors, available, where);
    const outputs = readOutputs(operator, row, tensors, available, where);
    const operands = { inputs: inputs.map((id) => tensors[id]), outputs: outputs.map((id) => tensors[id]!) };
    const attributes = row.attributes(operator, operands, where);
    row.shapes?.(attributes).forEach((shape, index) => {
      const id = outputs[index]!;
      if (tensors[id]!.shape.length === 0) tensors[id] = { ...tensors[id]!, shape };
    });
    for (const id of outputs) available[id] = true;
    return { op: row.op, name, inputs: inputs.slice(row.first ?? 0, (row.first ?? 0) + keptOf(row, operands)), outputs, attributes };
  });
}

function keptOf({ kept, keptIfComputed }: OperatorRow, { inputs: [, second] }: Operands): number {
  return keptIfComputed !== undefined && second !== undefined && second.data === undefined ? keptIfComputed : kept;
}

function rowOf(operator: OperatorTable, index: number, codes: TableVector<keyof typeof schema.OperatorCode>): { row: OperatorRow; name: string } {
  const opcode = operator.u32('opcode_index', 0);
  if (opcode >= codes.count) {
    throw new ModelError('invalid-operator', `${operator.where}: opcode_index ${opcode} of ${codes.count}; the file is damaged, fetch it again`);
  }
  const code = codes.open(opcode);
  // Schema, table OperatorCode: files from before builtin_code existed have only the deprecated field.
  const number = Math.max(code.i8('deprecated_builtin_code', 0), code.i32('builtin_code', 0));
  const builtin = number === CUSTOM ? `CUSTOM "${code.text('custom_code')}"` : BUILTIN_OPERATORS[number] ?? `builtin operator ${number}`;
  const row = operatorRows.find((candidate) => candidate.builtin === builtin);
  if (row) return { row, name: `operator ${index} ${builtin}` };
  throw new ModelError('unsupported-operator', `${operator.where} ${builtin} (version ${code.i32('version', 1)}) is not supported; ` +
    `supported: ${operatorRows.map((known) => known.builtin).join(', ')}`);
}

function readInputs(operator: OperatorTable, row: OperatorRow, tensors: readonly Tensor[], available: readonly boolean[], where: string): number[] {
  const [required, most] = row.inputs;
  const ids = operator.i32s('inputs');
  if (ids.length < required || ids.length > most) {
    throw new ModelError('invalid-operator', `${where} has ${ids.length} inputs; allowed are ${required} to ${most}; export the model again`);
  }
  for (const [position, id] of ids.entries()) {
    if (id === -1 && position >= required) continue;
    const tensor = tensors[id];
    if (!tensor) {
      throw new ModelError('invalid-operator', `${where} input ${position} is tensor ${id} of ${tensors.length}; ` +
        'the file is damaged, fetch it again');
    }
    if (!available[id]) {
      throw new ModelError('invalid-graph', `${where} input ${position} "${tensor.name}" is no model input, no constant and no output ` +
        'of an earlier operator; operators must be in execution order; export the model again');
    }
  }
  return ids;
}

function readOutputs(operator: OperatorTable, row: OperatorRow, tensors: readonly Tensor[], available: readonly boolean[], where: string): number[] {
  const most = row.outputs ?? 1;
  const ids = operator.i32s('outputs');
  if (ids.length === 0 || ids.length > most) {
    const allowed = most === 1 ? 'is 1' : `are 1 to ${most}`;
    throw new ModelError('invalid-operator', `${where} has ${ids.length} outputs; allowed ${allowed}; export the model again`);
  }
  ids.forEach((id, index) => {
    const tensor = tensors[id];
    if (!tensor) {
      throw new ModelError('invalid-operator', `${where} output is tensor ${id} of ${tensors.length}; the file is damaged, fetch it again`);
    }
    if (available[id] || ids.indexOf(id) !== index) {
      throw new ModelError('invalid-graph', `${where} output "${tensor.name}" is already a model input, a constant or an earlier output; ` +
        'export the model again');
    }
  });
  return ids;
}
