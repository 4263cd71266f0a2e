import { ModelError } from '../../core/errors.ts';
import type { Graph, Tensor } from '../../ir/graph.ts';
import { rootTable, type Table } from './flatbuffer.ts';
import { readNodes } from './nodes.ts';
import * as schema from './schema.ts';
import { readTensors } from './tensors.ts';

/**
 * Reads a TFLite model of one subgraph with fixed shapes. Constants are views on `bytes`; `name` stands for the file in messages.
 * @throws ModelError naming the tensor or operator that is damaged or not supported.
 */
export function readTflite(bytes: Uint8Array, name: string): Graph {
  const model = rootTable(bytes, name, schema.Model);
  const version = model.u32('version', 0);
  if (version !== schema.SCHEMA_VERSION) {
    throw new ModelError('unsupported-version', `${name}: TFLite schema version ${version}; allowed: ${schema.SCHEMA_VERSION}; ` +
      'export the model again');
  }
  const subgraphs = model.tables('subgraphs', schema.SubGraph, 'subgraph');
  if (subgraphs.count !== 1) {
    throw new ModelError('unsupported-subgraphs', `${name}: ${subgraphs.count} subgraphs; allowed: 1; export the model without control flow`);
  }
  const subgraph = subgraphs.open(0, name);
  const tensors = readTensors(subgraph, model.tables('buffers', schema.Buffer, 'buffer'));
  const inputs = readInputs(subgraph, tensors);
  const available = tensors.map((tensor) => tensor.data !== undefined);
  for (const id of inputs) available[id] = true;
  const nodes = readNodes(model, subgraph, tensors, available);
  return { name, tensors, nodes, inputs, outputs: readOutputs(subgraph, tensors, available) };
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
  if (new Set(ids).size !== ids.length) {
    throw new ModelError('invalid-graph', `${subgraph.where}: a tensor is listed twice in ${field}; export the model again`);
  }
  return ids;
}

function readInputs(subgraph: SubGraphTable, tensors: readonly Tensor[]): number[] {
  const ids = readPorts(subgraph, 'inputs', tensors);
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
