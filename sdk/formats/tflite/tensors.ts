import { byteLength, type DType } from '../../core/dtype.ts';
import { ModelError } from '../../core/errors.ts';
import { elementCount, formatShape, MAX_RANK, sameShape } from '../../core/shape.ts';
import type { Tensor } from '../../ir/graph.ts';
import type { Table, TableVector } from './flatbuffer.ts';
import { readQuantization } from './quantization.ts';
import * as schema from './schema.ts';

/** All tensors of a model together, in bytes. */
const MAX_TENSOR_BYTES = 2 ** 31;

const DTYPE_OF_TYPE: Partial<Record<(typeof schema.TENSOR_TYPES)[number], DType>> = {
  FLOAT32: 'float32', INT32: 'int32', UINT8: 'uint8', INT64: 'int64', BOOL: 'bool', INT16: 'int16', INT8: 'int8', UINT32: 'uint32',
  UINT16: 'uint16', INT4: 'int4', UINT4: 'uint4',
};

type SubGraphTable = Table<keyof typeof schema.SubGraph>;
type TensorTable = Table<keyof typeof schema.Tensor>;
export type BufferTables = TableVector<keyof typeof schema.Buffer>;

const RESOURCE = schema.TENSOR_TYPES.indexOf('RESOURCE');
/** Stands for the handle of a resource, which no operator of the graph reads. */
const HANDLE: Tensor = Object.freeze({ name: 'resource', dtype: 'int32', shape: [] });

/** Tensors of a subgraph; those with data in a buffer are constants viewing the file. @throws ModelError naming the tensor. */
export function readTensors(
  subgraph: SubGraphTable, buffers: BufferTables,
): { readonly tensors: Tensor[]; readonly variables: ReadonlySet<number>; readonly resources: ReadonlySet<number> } {
  const tables = subgraph.tables('tensors', schema.Tensor, 'tensor');
  const tensors: Tensor[] = [];
  const variables = new Set<number>();
  const resources = new Set<number>();
  let total = 0;
  for (let index = 0; index < tables.count; index++) {
    const table = tables.open(index);
    if (table.i8('type') === RESOURCE) {
      resources.add(index);
      tensors.push(HANDLE);
      continue;
    }
    const tensor = readTensor(table, index, subgraph.where, buffers);
    if (table.bool('is_variable')) variables.add(index);
    total += byteLength(tensor.dtype, elementCount(tensor.shape));
    if (total > MAX_TENSOR_BYTES) {
      throw new ModelError('too-large', `${subgraph.where}: tensors 0 to ${index} "${tensor.name}" (${formatShape(tensor.shape)} ${tensor.dtype}) ` +
        `take ${total} bytes; allowed are ${MAX_TENSOR_BYTES}; use a smaller model`);
    }
    tensors.push(tensor);
  }
  return { tensors, variables, resources };
}

function readTensor(table: TensorTable, index: number, graph: string, buffers: BufferTables): Tensor {
  const name = table.text('name') || `tensor ${index}`;
  const where = `${graph}: tensor ${index} "${name.length > 80 ? `${name.slice(0, 77)}...` : name}"`;
  const dtype = readDType(table, where);
  const shape = readShape(table, dtype, where);
  if (table.has('sparsity')) throw unsupported(where, 'is sparse', 'export the model with dense weights');
  if (table.u32('external_buffer') !== 0) throw unsupported(where, 'keeps its data in another file', 'export the model as one file');
  const quantization = readQuantization(table, dtype, shape, where);
  const data = readData(table, dtype, shape, where, buffers);
  if (data && table.bool('is_variable')) throw unsupported(where, 'is a variable with data', 'export the model again');
  const isShapeOpen = table.i32s('shape_signature').includes(-1);
  return { name, dtype, shape, ...(isShapeOpen && { isShapeOpen }), ...(quantization && { quantization }), ...(data && { data }) };
}

function unsupported(where: string, found: string, remedy: string): ModelError {
  return new ModelError('unsupported-tensor', `${where} ${found}, which is not supported; ${remedy}`);
}

function readDType(table: TensorTable, where: string): DType {
  const code = table.i8('type');
  const type = schema.TENSOR_TYPES[code];
  const dtype = type && DTYPE_OF_TYPE[type];
  if (dtype) return dtype;
  throw unsupported(where, `has type ${type ?? code}`, `allowed types: ${Object.keys(DTYPE_OF_TYPE).join(', ')}`);
}

/** The shape of a tensor; a list of int32, such as the extents of a scalar, may be empty. */
function readShape(table: TensorTable, dtype: DType, where: string): number[] {
  const shape = table.i32s('shape');
  if (shape.length > MAX_RANK) throw new ModelError('invalid-shape', `${where} has ${shape.length} dimensions; allowed are at most ${MAX_RANK}`);
  if (shape.includes(-1)) {
    throw new ModelError('dynamic-shape', `${where} has the dynamic shape ${shape.join('x')}; export the model with fixed shapes`);
  }
  if (!shape.every((extent) => extent > 0) && !(dtype === 'int32' && sameShape(shape, [0]))) {
    throw new ModelError('invalid-shape', `${where} has shape ${shape.join('x')}; every extent must be at least 1`);
  }
  if (elementCount(shape) > MAX_TENSOR_BYTES) {
    throw new ModelError('too-large', `${where} has shape ${formatShape(shape)}; allowed are ${MAX_TENSOR_BYTES} bytes; use a smaller model`);
  }
  return shape;
}

function readData(table: TensorTable, dtype: DType, shape: readonly number[], where: string, buffers: BufferTables): Uint8Array | undefined {
  const index = table.u32('buffer');
  if (index >= buffers.count) {
    throw new ModelError('invalid-buffer', `${where} uses buffer ${index} of ${buffers.count}; the file is damaged, fetch it again`);
  }
  const buffer = buffers.open(index, `${where} buffer ${index}`);
  const offset = buffer.u64('offset');
  // Schema, table Buffer: offset 0 and 1 mean that the data, if any, is inside the tables.
  const data = offset > 1 ? buffer.fileBytes(offset, buffer.u64('size')) : buffer.bytes('data');
  const expected = byteLength(dtype, elementCount(shape));
  if (data.length === 0 && expected > 0) return undefined;
  if (data.length === expected) return data;
  throw new ModelError('invalid-buffer', `${where} is ${formatShape(shape)} ${dtype}, ${expected} bytes, but buffer ${index} has ${data.length}; ` +
    'export the model again');
}
