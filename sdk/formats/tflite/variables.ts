// Values kept between runs: variable tensors, which operators update in place, and resources that VAR_HANDLE names.

import { ModelError } from '../../core/errors.ts';
import { formatShape } from '../../core/shape.ts';
import type { Node, State, Tensor } from '../../ir/graph.ts';
import type { Table } from './flatbuffer.ts';
import * as schema from './schema.ts';
import type { OperatorTable } from './types.ts';

export const VARIABLE_OPERATORS = ['VAR_HANDLE', 'READ_VARIABLE', 'ASSIGN_VARIABLE', 'CALL_ONCE'] as const;

export type VariableOperator = (typeof VARIABLE_OPERATORS)[number];

export function isVariableOperator(builtin: string): builtin is VariableOperator {
  return VARIABLE_OPERATORS.some((name) => name === builtin);
}

/** What reading the operators of a subgraph knows of its tensors. */
export interface TensorTable {
  readonly tensors: Tensor[];
  /** Whether a tensor is an input, a constant or computed by an operator read before. */
  readonly available: boolean[];
  /** Tensors that are handles of resources. */
  readonly resources: ReadonlySet<number>;
  /** Tensors that keep their contents between runs. */
  readonly variables: ReadonlySet<number>;
}

/** One resource: the tensor of its first value in a run, of its value now, and its value before the first run. */
interface Resource {
  first?: number;
  current?: number;
  isAssigned?: boolean;
  initial?: Tensor;
}

/** Ids of the inputs and outputs of a variable operator, of exactly these counts. */
function operandsOf(
  operator: OperatorTable, { tensors }: TensorTable, counts: readonly [inputs: number, outputs: number], where: string,
): [number[], number[]] {
  const [inputs, outputs] = [operator.i32s('inputs'), operator.i32s('outputs')];
  if (inputs.length !== counts[0] || outputs.length !== counts[1]) {
    throw new ModelError('invalid-operator', `${where} has ${inputs.length} inputs and ${outputs.length} outputs; ` +
      `allowed are ${counts.join(' and ')}; export the model again`);
  }
  const outside = [...inputs, ...outputs].find((id) => !tensors[id]);
  if (outside !== undefined) {
    throw new ModelError('invalid-operator', `${where} names tensor ${outside} of ${tensors.length}; the file is damaged, fetch it again`);
  }
  return [inputs, outputs];
}

/** Resources by name, over all subgraphs of a model. */
export class Resources {
  readonly #byName = new Map<string, Resource>();

  /** Handles of one subgraph. */
  handles(): Handles {
    return new Handles(this.#byName);
  }

  /**
   * Makes resources that are read and assigned states, and those only read constants.
   * @returns states of the graph
   */
  finish(tensors: Tensor[]): State[] {
    const states: State[] = [];
    for (const { first, current, isAssigned, initial } of this.#byName.values()) {
      if (first === undefined || current === undefined || initial?.data === undefined) continue;
      if (isAssigned) states.push({ input: first, output: current, initial: initial.data });
      else tensors[first] = { ...tensors[first]!, data: initial.data };
    }
    return states;
  }
}

/** Resource handles among the tensors of one subgraph. */
export class Handles {
  readonly #byName: Map<string, Resource>;
  readonly #byTensor = new Map<number, Resource>();

  constructor(byName: Map<string, Resource>) {
    this.#byName = byName;
  }

  #resourceOf(id: number, where: string): Resource {
    const resource = this.#byTensor.get(id);
    if (resource !== undefined) return resource;
    throw new ModelError('invalid-operator', `${where}: tensor ${id} is no handle that a VAR_HANDLE before it gives; export the model again`);
  }

  declare(operator: OperatorTable, table: TensorTable, where: string): void {
    const [, [handle = -1]] = operandsOf(operator, table, [0, 1], where);
    if (!table.resources.has(handle)) {
      throw new ModelError('invalid-operator', `${where} gives tensor ${handle}, which is no resource; export the model again`);
    }
    const options = operator.table('builtin_options', schema.VarHandleOptions, where);
    const name = JSON.stringify([options.text('container'), options.text('shared_name')]);
    const resource = this.#byName.get(name) ?? {};
    this.#byName.set(name, resource);
    this.#byTensor.set(handle, resource);
  }

  /** The constant that an initialization subgraph assigns. */
  initialize(operator: OperatorTable, table: TensorTable, where: string): void {
    const [[handle = -1, value = -1]] = operandsOf(operator, table, [2, 0], where);
    const initial = table.tensors[value]!;
    if (initial.data === undefined) {
      throw new ModelError('unsupported-operator', `${where}: the first value "${initial.name}" is computed; ` +
        'allowed are constants; export the model again');
    }
    this.#resourceOf(handle, where).initial = initial;
  }

  /** A node for a further read in a run; the first read is the state itself. */
  read(operator: OperatorTable, table: TensorTable, name: string, where: string): Node[] {
    const [[handle = -1], [output = -1]] = operandsOf(operator, table, [1, 1], where);
    const resource = this.#resourceOf(handle, where);
    const { tensors, available } = table;
    const tensor = tensors[output]!;
    if (available[output]) {
      throw new ModelError('invalid-graph', `${where} output "${tensor.name}" is already an input, a constant or computed; export the model again`);
    }
    available[output] = true;
    if (resource.current !== undefined) return [{ op: 'assign', name, inputs: [resource.current], outputs: [output], attributes: {} }];
    const { initial } = resource;
    if (initial === undefined) {
      throw new ModelError('invalid-graph', `${where}: the variable has no value before this; export the model with its initialization`);
    }
    if (initial.dtype !== tensor.dtype || formatShape(initial.shape) !== formatShape(tensor.shape)) {
      throw new ModelError('invalid-graph', `${where} output "${tensor.name}" is ${tensor.dtype} ${formatShape(tensor.shape)}; the variable is ` +
        `${initial.dtype} ${formatShape(initial.shape)}; export the model again`);
    }
    resource.first = output;
    resource.current = output;
    return [];
  }

  assign(operator: OperatorTable, table: TensorTable, name: string, where: string): Node[] {
    const [[handle = -1, value = -1]] = operandsOf(operator, table, [2, 0], where);
    const resource = this.#resourceOf(handle, where);
    const { tensors, available } = table;
    const { name: source, dtype, shape, quantization, isShapeOpen } = tensors[value]!;
    if (!available[value]) {
      throw new ModelError('invalid-graph', `${where} assigns "${source}", which nothing computes before; export the model again`);
    }
    const kept = { name: `${source} kept`, dtype, shape, ...(quantization && { quantization }), ...(isShapeOpen && { isShapeOpen }) };
    resource.current = tensors.push(kept) - 1;
    resource.isAssigned = true;
    available.push(true);
    return [{ op: 'assign', name, inputs: [value], outputs: [resource.current], attributes: {} }];
  }
}

/** Variable tensors of one subgraph: each update gives a new tensor, which later operators read. */
export class VariableTensors {
  readonly #table: TensorTable;
  readonly #current = new Map<number, number>();

  constructor(table: TensorTable) {
    this.#table = table;
    for (const id of table.variables) this.#current.set(id, id);
  }

  /** The tensor that holds variable `id` now; other tensors are themselves. */
  current(id: number): number {
    return this.#current.get(id) ?? id;
  }

  /** A new tensor for variable `id` after an operator. @throws ModelError when it is no variable. */
  update(id: number, where: string): number {
    const { tensors, available } = this.#table;
    const tensor = tensors[id];
    if (tensor === undefined || !this.#current.has(id)) {
      throw new ModelError('invalid-graph', `${where} keeps its state in "${tensor?.name ?? id}", which is no variable tensor; ` +
        'export the model again');
    }
    const next = tensors.push({ ...tensor, name: `${tensor.name} kept` }) - 1;
    available.push(true);
    this.#current.set(id, next);
    return next;
  }

  /** Zeros before the first run: the zero point of int8 codes. */
  finish(): State[] {
    return [...this.#current].map(([input, output]) => {
      const { dtype, quantization } = this.#table.tensors[input]!;
      return { input, output, initial: dtype === 'int8' ? (quantization?.zeroPoints[0] ?? 0) & 255 : 0 };
    });
  }
}

/** Reads an initialization subgraph: handles, and constants assigned to them. */
export function readInitialization(
  subgraph: Table<keyof typeof schema.SubGraph>, table: TensorTable, resources: Resources, builtinOf: (operator: OperatorTable) => string,
): void {
  const handles = resources.handles();
  const operators = subgraph.tables('operators', schema.Operator, 'operator');
  for (let index = 0; index < operators.count; index++) {
    const operator = operators.open(index);
    const builtin = builtinOf(operator);
    const where = `${subgraph.where}: operator ${index} ${builtin}`;
    if (builtin === 'VAR_HANDLE') handles.declare(operator, table, where);
    else if (builtin === 'ASSIGN_VARIABLE') handles.initialize(operator, table, where);
    else {
      throw new ModelError('unsupported-operator', `${where} initializes the model, which is not supported; ` +
        'supported there: VAR_HANDLE, ASSIGN_VARIABLE');
    }
  }
}
