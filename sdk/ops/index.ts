import { ModelError } from '../core/errors.ts';
import type { Node } from '../ir/graph.ts';
import { add } from './add.ts';
import { argMax } from './arg-max.ts';
import { assign } from './assign.ts';
import { averagePool2d } from './average-pool2d.ts';
import { batchMatmul } from './batch-matmul.ts';
import { batchToSpace } from './batch-to-space.ts';
import { cast } from './cast.ts';
import { clamp } from './clamp.ts';
import { concat } from './concat.ts';
import { conv2d } from './conv2d.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { dequantize } from './dequantize.ts';
import { detectionPostProcess } from './detection-post-process.ts';
import { div } from './div.ts';
import { floorDiv } from './floor-div.ts';
import { fullyConnected } from './fully-connected.ts';
import { gather } from './gather.ts';
import { gatherNd } from './gather-nd.ts';
import { hardSwish } from './hard-swish.ts';
import { l2Normalization } from './l2-normalization.ts';
import { leakyRelu } from './leaky-relu.ts';
import { logistic } from './logistic.ts';
import { mapCodes } from './map-codes.ts';
import { lstm } from './lstm.ts';
import { maxPool2d } from './max-pool2d.ts';
import { mean } from './mean.ts';
import { mul } from './mul.ts';
import { pack } from './pack.ts';
import { pad } from './pad.ts';
import { quantize } from './quantize.ts';
import { reshape } from './reshape.ts';
import { resizeBilinear } from './resize-bilinear.ts';
import { resizeNearestNeighbor } from './resize-nearest-neighbor.ts';
import { shape } from './shape.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { spaceToBatch } from './space-to-batch.ts';
import { split } from './split.ts';
import { sqrt } from './sqrt.ts';
import { sub } from './sub.ts';
import { tanh } from './tanh.ts';
import { transpose } from './transpose.ts';
import { transposeConv2d } from './transpose-conv2d.ts';
import { unpack } from './unpack.ts';
import type { Operator } from './types.ts';

/** Every operator the engine runs. */
export const operators: readonly Operator[] = Object.freeze([
  add,
  argMax,
  assign,
  averagePool2d,
  batchMatmul,
  batchToSpace,
  cast,
  clamp,
  concat,
  conv2d,
  depthwiseConv2d,
  dequantize,
  detectionPostProcess,
  div,
  floorDiv,
  fullyConnected,
  gather,
  gatherNd,
  hardSwish,
  l2Normalization,
  leakyRelu,
  logistic,
  mapCodes,
  lstm,
  maxPool2d,
  mean,
  mul,
  pack,
  pad,
  quantize,
  reshape,
  resizeBilinear,
  resizeNearestNeighbor,
  shape,
  slice,
  softmax,
  spaceToBatch,
  split,
  sqrt,
  sub,
  tanh,
  transpose,
  transposeConv2d,
  unpack,
]);

/**
 * The operator of a node.
 * @throws ModelError listing the known operators
 */
export function operatorOf(node: Node): Operator {
  const operator = operators.find(({ name }) => name === node.op);
  if (operator === undefined) {
    const known = operators.map(({ name }) => name).join(', ');
    throw new ModelError('unsupported-operator', `${node.name}: unknown operator '${node.op}'; one of: ${known}`);
  }
  return operator;
}
