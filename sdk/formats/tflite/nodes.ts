import { ModelError } from '../../core/errors.ts';
import type { Node, State, Tensor } from '../../ir/graph.ts';
import { BUILTIN_OPERATORS } from './builtin-operators.ts';
import type { Table } from './flatbuffer.ts';
import { operatorRows } from './operators.ts';
import * as schema from './schema.ts';
import type { Operands, OperatorRow, OperatorTable } from './types.ts';
import { isVariableOperator, VARIABLE_OPERATORS, VariableTensors } from './variables.ts';
import type { Resources, TensorTable } from './variables.ts';

type ModelTable = Table<keyof typeof schema.Model>;

const CUSTOM = BUILTIN_OPERATORS.indexOf('CUSTOM');

/**
 * Operators of a subgraph in execution order, and what the model keeps between runs. Outputs become available, and tensors whose shape the file leaves
 * out get the one their operator gives them.
 * @param initialize reads the subgraph of a CALL_ONCE
 * @throws ModelError naming the operator.
 */
export function readNodes(
  model: ModelTable, subgraph: Table<keyof typeof schema.SubGraph>, table: TensorTable, resources: Resources,
  initialize: (subgraph: number, where: string) => void,
): { readonly nodes: Node[]; readonly states: State[] } {
  const { tensors, available } = table;
  const operators = subgraph.tables('operators', schema.Operator, 'operator');
  const handles = resources.handles();
  const variables = new VariableTensors(table);
  const nodes: Node[] = [];
  for (let index = 0; index < operators.count; index++) {
    const operator = operators.open(index);
    const builtin = builtinOf(model, operator);
    const name = `operator ${index} ${builtin}`;
    const where = `${subgraph.where}: ${name}`;
    if (isVariableOperator(builtin)) {
      if (builtin === 'VAR_HANDLE') handles.declare(operator, table, where);
      else if (builtin === 'READ_VARIABLE') nodes.push(...handles.read(operator, table, name, where));
      else if (builtin === 'ASSIGN_VARIABLE') nodes.push(...handles.assign(operator, table, name, where));
      else initialize(operator.table('builtin_options', schema.CallOnceOptions, where).i32('init_subgraph_index', 0), where);
      continue;
    }
    const row = rowOf(model, operator, builtin);
    const stored = readInputs(operator, row, tensors, available, where);
    const outputs = readOutputs(operator, row, tensors, available, where);
    const inputs = stored.map((id) => variables.current(id));
    const operands = { inputs: inputs.map((id) => tensors[id]), outputs: outputs.map((id) => tensors[id]!), tensors };
    const attributes = row.attributes(operator, operands, where);
    row.shapes?.(attributes).forEach((shape, position) => {
      const id = outputs[position]!;
      if (tensors[id]!.shape.length === 0) tensors[id] = { ...tensors[id]!, shape };
    });
    const updated = (row.updates ?? []).map((position) => variables.update(stored[position] ?? -1, where));
    for (const id of outputs) available[id] = true;
    nodes.push({ op: row.op, name, inputs: nodeInputs(row, inputs, operands), outputs: [...outputs, ...updated], attributes });
  }
  return { nodes, states: [...variables.finish(), ...resources.finish(tensors)] };
}

/** Inputs of the node among those of the operator. */
function nodeInputs(row: OperatorRow, inputs: readonly number[], operands: Operands): number[] {
  const { first = 0, order } = row;
  if (order === undefined) return inputs.slice(first, first + keptOf(row, operands));
  return order.slice(0, inputs.length).map((position) => inputs[position] ?? -1);
}

function keptOf({ kept, keptIfComputed }: OperatorRow, { inputs: [, second] }: Operands): number {
  return keptIfComputed !== undefined && second !== undefined && second.data === undefined ? keptIfComputed : kept;
}

function codeOf(model: ModelTable, operator: OperatorTable): Table<keyof typeof schema.OperatorCode> {
  const codes = model.tables('operator_codes', schema.OperatorCode, 'operator code');
  const opcode = operator.u32('opcode_index');
  if (opcode < codes.count) return codes.open(opcode);
  throw new ModelError('invalid-operator', `${operator.where}: opcode_index ${opcode} of ${codes.count}; the file is damaged, fetch it again`);
}

/** Name of a builtin operator, or of a custom one in quotes. */
export function builtinOf(model: ModelTable, operator: OperatorTable): string {
  const code = codeOf(model, operator);
  // Schema, table OperatorCode: files from before builtin_code existed have only the deprecated field.
  const number = Math.max(code.i8('deprecated_builtin_code'), code.i32('builtin_code', 0));
  return number === CUSTOM ? `CUSTOM "${code.text('custom_code')}"` : BUILTIN_OPERATORS[number] ?? `builtin operator ${number}`;
}

function rowOf(model: ModelTable, operator: OperatorTable, builtin: string): OperatorRow {
  const row = operatorRows.find((candidate) => candidate.builtin === builtin);
  if (row) return row;
  const version = codeOf(model, operator).i32('version', 1);
  throw new ModelError('unsupported-operator', `${operator.where} ${builtin} (version ${version}) is not supported; ` +
    `supported: ${[...operatorRows.map((known) => known.builtin), ...VARIABLE_OPERATORS].join(', ')}`);
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
