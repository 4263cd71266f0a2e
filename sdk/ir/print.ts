import { formatShape } from '../core/shape.ts';
import type { Attribute, Graph, Node, Quantization, Tensor } from './graph.ts';

/** FNV-1a, 32 bits: shows in a diff that constant bytes changed. */
function checksum(data: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of data) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

function printQuantization({ scales, zeroPoints, axis }: Quantization): string {
  const zeros = [...new Set(zeroPoints)].join(',');
  if (scales.length === 1) return ` scale ${scales[0]} zero ${zeros}`;
  const least = scales.reduce((a, b) => Math.min(a, b), Infinity);
  const most = scales.reduce((a, b) => Math.max(a, b), -Infinity);
  return ` scales ${scales.length} on axis ${axis} from ${least} to ${most} zero ${zeros}`;
}

function printType({ dtype, shape, quantization }: Tensor): string {
  return `${dtype} ${formatShape(shape)}${quantization === undefined ? '' : printQuantization(quantization)}`;
}

function printAttribute([name, value]: readonly [string, Attribute]): string {
  return `${name}=${typeof value === 'object' ? `[${value.join(',')}]` : String(value)}`;
}

function printNode(node: Node): string {
  const list = (ids: readonly number[]): string => ids.map((id) => (id < 0 ? '-' : `%${id}`)).join(', ');
  const attributes = Object.entries(node.attributes).sort(([a], [b]) => (a < b ? -1 : 1)).map(printAttribute);
  return `  ${list(node.outputs)} = ${node.op}(${list(node.inputs)})${attributes.length === 0 ? '' : ` {${attributes.join(' ')}}`}  # ${node.name}`;
}

/** Text form of a graph: one line for each tensor and node, the same text for equal graphs. */
export function printGraph(graph: Graph): string {
  const tensor = (value: Tensor, id: number): string => {
    const constant = value.data === undefined ? '' : ` constant ${value.data.byteLength} bytes ${checksum(value.data)}`;
    return `  %${id}: ${printType(value)}${constant}  # ${value.name}`;
  };
  const lines = [
    `graph ${graph.name}`,
    `inputs ${graph.inputs.map((id) => `%${id}`).join(', ')}`,
    `outputs ${graph.outputs.map((id) => `%${id}`).join(', ')}`,
    ...(graph.states ?? []).map(({ input, output }) => `state %${input} becomes %${output}`),
    'tensors',
    ...graph.tensors.map(tensor),
    'nodes',
    ...graph.nodes.map(printNode),
  ];
  return `${lines.join('\n')}\n`;
}
