import { MAX_EXTENT } from '../core/shape.ts';
import type { Graph, Node, Tensor } from '../ir/graph.ts';
import { integersAttribute } from '../ops/attributes.ts';
import { resultsOf } from './results.ts';
import type { Pass } from './types.ts';

const CONVOLUTIONS = ['conv2d', 'depthwise-conv2d'];

/** [top, left, bottom, right] */
type Pads = readonly number[];

/** What a `pad` adds around pictures; undefined where it pads other axes. */
function picturePads({ attributes: { before, after, ...others } }: Node): Pads | undefined {
  if (!Array.isArray(before) || !Array.isArray(after) || before.length !== 4 || Object.keys(others).length > 0) return undefined;
  const [batchBefore, top, left, channelsBefore] = before as number[];
  const [batchAfter, bottom, right, channelsAfter] = after as number[];
  const isPicture = [batchBefore, channelsBefore, batchAfter, channelsAfter].every((extent) => extent === 0);
  return isPicture ? [top!, left!, bottom!, right!] : undefined;
}

/** Whether the sliding kernels of 3 x 3 depthwise convolutions take these columns of padding: one on each side. */
function slides(width: number, stride: number, pads: Pads): boolean {
  const [, left = 0, , right = 0] = pads;
  const lastColumn = Math.floor((width + left + right - 3) / stride) * stride - left + 2;
  return left <= 1 && lastColumn <= width;
}

/** The node with `pads` added to its own; undefined where that is not allowed or slower. `input` is what was padded. */
function withPads(node: Node, input: Tensor, weights: Tensor | undefined, pads: Pads): Node | undefined {
  if (!CONVOLUTIONS.includes(node.op) || weights === undefined) return undefined;
  const own = integersAttribute(node, 'pads', 4, 0, MAX_EXTENT);
  const dilations = integersAttribute(node, 'dilations', 2, 1, MAX_EXTENT);
  const [, stride = 1] = integersAttribute(node, 'strides', 2, 1, MAX_EXTENT);
  const [, height = 0, width = 0] = weights.shape;
  const sum = own.map((pad, side) => pad + pads[side]!);
  const reach = [(height - 1) * dilations[0]! + 1, (width - 1) * dilations[1]! + 1];
  if (sum.some((pad, side) => pad >= reach[side % 2]!)) return undefined;
  const inputWidth = input.shape[2]!;
  const isSliding = node.op === 'depthwise-conv2d' && input.dtype === 'int8' && height === 3 && width === 3 && dilations[1] === 1 && stride <= 2;
  if (isSliding && slides(inputWidth + pads[1]! + pads[3]!, stride, own) && !slides(inputWidth, stride, sum)) return undefined;
  return { ...node, attributes: { ...node.attributes, pads: sum } };
}

/**
 * Takes rows and columns that stand for 0 into the pads of the convolutions that read them, where nothing else does. Skipped taps add nothing:
 * int8 padding is the zero point, and float32 sums start at +0, so that adding ±0 keeps them.
 */
export const fusePad: Pass = {
  name: 'fuse-pad',

  run(graph: Graph): Graph {
    const readers = new Map<number, Node[]>();
    for (const { op, outputs: [output = -1] } of graph.nodes) if (op === 'pad') readers.set(output, []);
    if (readers.size === 0) return graph;
    for (const id of resultsOf(graph)) readers.delete(id);
    for (const node of graph.nodes) for (const id of node.inputs) readers.get(id)?.push(node);
    const replaced = new Map<Node, Node | undefined>();
    for (const node of graph.nodes) {
      const [input = -1] = node.inputs;
      const [output = -1] = node.outputs;
      const pads = node.op === 'pad' ? picturePads(node) : undefined;
      const readersOfPadding = readers.get(output);
      if (pads === undefined || readersOfPadding === undefined) continue;
      const wider = readersOfPadding.map((reader) => {
        const [first, weights = -1, ...others] = reader.inputs;
        const changed = first === output ? withPads(reader, graph.tensors[input]!, graph.tensors[weights], pads) : undefined;
        return changed && { ...changed, inputs: [input, weights, ...others] };
      });
      if (wider.includes(undefined)) continue;
      replaced.set(node, undefined);
      readersOfPadding.forEach((reader, index) => replaced.set(reader, wider[index]));
    }
    if (replaced.size === 0) return graph;
    return { ...graph, nodes: graph.nodes.flatMap((node) => (replaced.has(node) ? replaced.get(node) ?? [] : [node])) };
  },
};
