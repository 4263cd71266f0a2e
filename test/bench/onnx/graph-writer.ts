import { modelProto, nodeProto, tensorProto, valueProto, type DataType, type ElementArray, type OnnxAttribute } from './protobuf.ts';

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly domain?: 'com.microsoft';
  /** Name of the result; made up where absent. */
  readonly output?: string;
}

/** Collects an ONNX graph; values are their names. */
export interface GraphWriter {
  input(name: string, type: DataType, shape: readonly number[]): string;
  output(name: string, type: DataType, shape: readonly number[]): void;
  constant(type: DataType, shape: readonly number[], data: ElementArray): string;
  node(op: string, inputs: readonly string[], options?: NodeOptions): string;
  /** The model file. */
  bytes(): Uint8Array;
}

/** An empty graph. */
export function graphWriter(): GraphWriter {
  const parts = { nodes: [] as Buffer[], initializers: [] as Buffer[], inputs: [] as Buffer[], outputs: [] as Buffer[] };
  let names = 0;
  return {
    input: (name, type, shape) => {
      parts.inputs.push(valueProto(name, type, shape));
      return name;
    },
    output: (name, type, shape) => {
      parts.outputs.push(valueProto(name, type, shape));
    },
    constant: (type, shape, data) => {
      const name = `constant_${names++}`;
      parts.initializers.push(tensorProto(name, type, shape, data));
      return name;
    },
    node: (op, inputs, { output = `value_${names++}`, ...options } = {}) => {
      parts.nodes.push(nodeProto({ op, inputs, output, ...options }));
      return output;
    },
    bytes: () => modelProto(parts),
  };
}
