// What space-to-batch and batch-to-space share: NHWC, blocks of one picture as pictures of a batch.

import { stridesOf } from '../core/shape.ts';
import type { Node, TensorType } from '../ir/graph.ts';
import { integersAttribute } from './attributes.ts';

const MAX_EXTENT = 65535;

export function blockOf(node: Node): readonly [height: number, width: number] {
  const [height = 1, width = 1] = integersAttribute(node, 'block', 2, 1, MAX_EXTENT);
  return [height, width];
}

interface Walk {
  readonly extents: readonly number[];
  readonly pictures: readonly number[];
  readonly batches: readonly number[];
}

/** Strides of both sides over [block row, block column, picture, y, x, channel]; `batches` is the side with more pictures. */
export function blockWalk(node: Node, pictures: TensorType, batches: TensorType): Walk {
  const [blockHeight, blockWidth] = blockOf(node);
  const [count = 0, , , channels = 0] = pictures.shape;
  const [, height = 0, width = 0] = batches.shape;
  const extents = [blockHeight, blockWidth, count, height, width, channels];
  const [picture = 0, row = 0, column = 0] = stridesOf(pictures.shape);
  return { extents, pictures: [row, column, picture, blockHeight * row, blockWidth * column, 1], batches: stridesOf(extents) };
}
