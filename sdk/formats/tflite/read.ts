import { ModelError } from '../../core/errors.ts';
import type { Graph, Tensor } from '../../ir/graph.ts';
import { rootTable, type Table } from './flatbuffer.ts';
import { readMetadata } from './metadata.ts';
import { builtinOf, readNodes } from './nodes.ts';
import * as schema from './schema.ts';
import { readTensors } from './tensors.ts';
import { readInitialization, Resources } from './variables.ts';
import type { TensorTable } from './variables.ts';

/**
 * Reads a TFLite model of one subgraph with fixed shapes, and of subgraphs that only initialize variables. Constants are views on `bytes`; `name`
 * stands for the file in messages.
 * @throws ModelError naming the tensor or operator that is damaged or not supported.
 */
export function readTflite(bytes: Uint8Array, name: string): Graph {
  const model = rootTable(bytes, name, schema.Model);
  const version = model.u32('version');
  if (version !== schema.SCHEMA_VERSION) {
    throw new ModelError('unsupported-version', `${name}: TFLite schema version ${version}; allowed: ${schema.SCHEMA_VERSION}; ` +
      'export the model again');
  }
  const subgraphs = model.tables('subgraphs', schema.SubGraph, 'subgraph');
  if (subgraphs.count === 0) throw subgraphCount(name, 0);
  const subgraph = subgraphs.open(0, name);
  const buffers = model.tables('buffers', schema.Buffer, 'buffer');
  const { tensors, ...kinds } = readTensors(subgraph, buffers);
  const inputs = readInputs(subgraph, tensors, kinds);
  const available = tensors.map((tensor, id) => tensor.data !== undefined || kinds.variables.has(id));
  for (const id of inputs) available[id] = true;
  const resources = new Resources();
  const initialized = new Set<number>();
  const initialize = (index: number, where: string): void => {
    if (index < 1 || index >= subgraphs.count) {
      throw new ModelError('invalid-operator', `${where} calls subgraph ${index}; allowed are 1 to ${subgraphs.count - 1}; export the model again`);
    }
    if (initialized.has(index)) return;
    initialized.add(index);
    const called = subgraphs.open(index, `${name}: subgraph ${index}`);
    readInitialization(called, { ...readTensors(called, buffers), available: [] }, resources, (operator) => builtinOf(model, operator));
  };
  const { nodes, states } = readNodes(model, subgraph, { tensors, available, ...kinds }, resources, initialize);
  if (subgraphs.count !== 1 + initialized.size) throw subgraphCount(name, subgraphs.count);
  const outputs = readOutputs(subgraph, tensors, available);
  const metadata = readMetadata(bytes, model, buffers, { inputs: inputs.length, outputs: outputs.length });
  return { name, tensors, nodes, inputs, outputs, ...(states.length > 0 && { states }), ...(metadata && { metadata }) };
}

function subgraphCount(name: string, count: number): ModelError {
  return new ModelError('unsupported-subgraphs', `${name}: ${count} subgraphs; allowed: 1, and those that CALL_ONCE calls; ` +
    'export the model without control flow');
}

type SubGraphTable = Table<keyof typeof schema.SubGraph>;

function readPorts(subgraph: SubGraphTable, field: 'inputs' | 'outputs', tensors: readonly Tensor[]): number[] {
  const ids = subgraph.i32s(field);
  if (ids.length === 0) throw new ModelError('invalid-graph', `${subgraph.where}: the model has no ${field}; at least one is needed`);
  const outside = ids.find((id) => !tensors[id]);
  if (outside !== undefined) {
    throw new ModelError('invalid-graph', `${subgraph.where}: ${field} name tensor ${outside} of ${tensors.length}; ` +
      'the file is damaged, fetch it again');
  }
  return ids;
}

function readInputs(
  subgraph: SubGraphTable, tensors: readonly Tensor[], { variables, resources }: Pick<TensorTable, 'variables' | 'resources'>,
): number[] {
  const ids = readPorts(subgraph, 'inputs', tensors);
  if (new Set(ids).size !== ids.length) {
    throw new ModelError('invalid-graph', `${subgraph.where}: a tensor is listed twice in inputs; export the model again`);
  }
  const kept = ids.find((id) => variables.has(id) || resources.has(id));
  if (kept !== undefined) {
    const kind = resources.has(kept) ? 'resource' : 'variable (state kept between runs)';
    const found = `tensor ${kept} "${tensors[kept]!.name}" is a ${kind} and an input`;
    throw new ModelError('unsupported-tensor', `${subgraph.where}: ${found}; export the model again`);
  }
  const constant = ids.find((id) => tensors[id]!.data);
  if (constant === undefined) return ids;
  throw new ModelError('invalid-graph', `${subgraph.where}: input ${constant} "${tensors[constant]!.name}" is a constant; export the model again`);
}

function readOutputs(subgraph: SubGraphTable, tensors: readonly Tensor[], available: readonly boolean[]): number[] {
  const ids = readPorts(subgraph, 'outputs', tensors);
  const missing = ids.find((id) => !available[id]);
  if (missing === undefined) return ids;
  throw new ModelError('invalid-graph', `${subgraph.where}: output ${missing} "${tensors[missing]!.name}" is computed by no operator; ` +
    'export the model again');
}
