// Messages of onnx.proto3 as bytes: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** TensorProto.DataType. */
export const DATA_TYPES = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const;

export type DataType = keyof typeof DATA_TYPES;

export type ElementArray = Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;

export type OnnxAttribute = number | readonly number[] | { readonly float: number };

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Buffer.from(bytes);
}

function integer(field: number, value: number): Buffer {
  return Buffer.concat([varint((field << 3) | VARINT), varint(value)]);
}

function bytes(field: number, value: Uint8Array): Buffer {
  return Buffer.concat([varint((field << 3) | LENGTH_DELIMITED), varint(value.length), value]);
}

function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value));
}

function message(field: number, ...parts: readonly Uint8Array[]): Buffer {
  return bytes(field, Buffer.concat(parts));
}

/** AttributeProto: name 1, f 2, i 3, ints 8, type 20 with FLOAT 1, INT 2, INTS 7. */
function attribute(name: string, value: OnnxAttribute): Buffer {
  if (typeof value === 'number') return Buffer.concat([text(1, name), integer(3, value), integer(20, 2)]);
  if ('float' in value) {
    const float = Buffer.alloc(4);
    float.writeFloatLE(value.float);
    return Buffer.concat([text(1, name), varint((2 << 3) | FIXED32), float, integer(20, 1)]);
  }
  return Buffer.concat([text(1, name), ...value.map((element) => integer(8, element)), integer(20, 7)]);
}

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly domain?: string;
}

/** NodeProto: input 1, output 2, op_type 4, attribute 5, domain 7. */
export function nodeProto({ op, inputs, output, attributes = {}, domain }: OnnxNode): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => message(5, attribute(name, value))),
    ...(domain === undefined ? [] : [text(7, domain)]),
  ]);
}

/** TensorProto: dims 1, data_type 2, name 8, raw_data 9. */
export function tensorProto(name: string, type: DataType, shape: readonly number[], data: ElementArray): Buffer {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([...shape.map((extent) => integer(1, extent)), integer(2, DATA_TYPES[type]), text(8, name), bytes(9, raw)]);
}

/** ValueInfoProto: name 1, type 2; TypeProto: tensor_type 1; its elem_type 1 and shape 2; TensorShapeProto: dim 1 with dim_value 1. */
export function valueProto(name: string, type: DataType, shape: readonly number[]): Buffer {
  const dimensions = shape.map((extent) => message(1, integer(1, extent)));
  return Buffer.concat([text(1, name), message(2, message(1, integer(1, DATA_TYPES[type]), message(2, ...dimensions)))]);
}

export interface GraphParts {
  readonly nodes: readonly Buffer[];
  readonly initializers: readonly Buffer[];
  readonly inputs: readonly Buffer[];
  readonly outputs: readonly Buffer[];
}

/** ModelProto: ir_version 1, graph 7, opset_import 8 (domain 1, version 2); GraphProto: node 1, name 2, initializer 5, input 11, output 12. */
export function modelProto({ nodes, initializers, inputs, outputs }: GraphParts): Uint8Array {
  return Buffer.concat([
    integer(1, 8),
    message(7,
      ...nodes.map((node) => bytes(1, node)), text(2, 'net'), ...initializers.map((tensor) => bytes(5, tensor)),
      ...inputs.map((value) => bytes(11, value)), ...outputs.map((value) => bytes(12, value))),
    message(8, integer(2, 17)),
    message(8, text(1, 'com.microsoft'), integer(2, 1)),
  ]);
}
