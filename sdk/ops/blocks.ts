// Pictures, NHWC, taken apart into blocks of pixels: pixel y along an axis is phase r of place j, y = block * j + r - offset.

import { MAX_EXTENT, stridesOf } from '../core/shape.ts';
import type { Node } from '../ir/graph.ts';
import { integersAttribute } from './attributes.ts';
import type { Walk } from './move.ts';

export function blockOf(node: Node): readonly [height: number, width: number] {
  const [height = 1, width = 1] = integersAttribute(node, 'block', 2, 1, MAX_EXTENT);
  return [height, width];
}

/** Margins [top, left, bottom, right]: padding before space-to-batch, cropping after batch-to-space. */
export function marginsOf(node: Node): readonly [top: number, left: number, bottom: number, right: number] {
  const [top = 0, left = 0, bottom = 0, right = 0] = integersAttribute(node, 'margins', 4, 0, MAX_EXTENT);
  return [top, left, bottom, right];
}

/** Blocks along one axis of a picture. */
export interface BlockAxis {
  readonly block: number;
  readonly places: number;
  readonly offset: number;
}

/** Phases that lie inside the picture at the same places. */
interface Strip {
  readonly phase: number;
  readonly phases: number;
  readonly place: number;
  readonly places: number;
}

/** Every pixel of `extent` that a block covers, as at most three strips. */
function stripsOf({ block, places, offset }: BlockAxis, extent: number): Strip[] {
  const strips: Strip[] = [];
  for (let phase = 0; phase < block; phase++) {
    const place = Math.max(0, Math.ceil((offset - phase) / block));
    const count = Math.min(places, Math.floor((extent - 1 + offset - phase) / block) + 1) - place;
    const last = strips.at(-1);
    if (count <= 0) continue;
    const isJoined = last?.place === place && last.places === count && last.phase + last.phases === phase;
    if (isJoined) strips[strips.length - 1] = { ...last, phases: last.phases + 1 };
    else strips.push({ phase, phases: 1, place, places: count });
  }
  return strips;
}

/** Dimensions of a walk over blocks: picture, place and phase of the row and of the column, channel. */
export type BlockDimension = 'picture' | 'row' | 'rowPhase' | 'column' | 'columnPhase' | 'channel';

type Strides = Readonly<Record<BlockDimension, number>>;

/** Copies between pictures of `shape` and blocks with these strides; `order` lists the dimensions, outermost first. */
export function blockWalks(
  direction: 'from-pictures' | 'to-pictures', shape: readonly number[], axes: readonly [height: BlockAxis, width: BlockAxis], blocks: Strides,
  order: readonly BlockDimension[],
): Walk[] {
  const [count = 0, height = 0, width = 0, channels = 0] = shape;
  const [picture = 0, y = 0, x = 0] = stridesOf(shape);
  const pictures: Strides = { picture, row: axes[0].block * y, rowPhase: y, column: axes[1].block * x, columnPhase: x, channel: 1 };
  return stripsOf(axes[0], height).flatMap((rows) => stripsOf(axes[1], width).map((columns) => {
    const extents: Strides = {
      picture: count, row: rows.places, rowPhase: rows.phases, column: columns.places, columnPhase: columns.phases, channel: channels,
    };
    const offsetOf = (strides: Strides): number => (
      rows.place * strides.row + rows.phase * strides.rowPhase + columns.place * strides.column + columns.phase * strides.columnPhase);
    const pictureOffset = offsetOf(pictures) - axes[0].offset * y - axes[1].offset * x;
    const pictureSide = { offset: pictureOffset, strides: order.map((dimension) => pictures[dimension]) };
    const blockSide = { offset: offsetOf(blocks), strides: order.map((dimension) => blocks[dimension]) };
    const [from, to] = direction === 'from-pictures' ? [pictureSide, blockSide] : [blockSide, pictureSide];
    return {
      extents: order.map((dimension) => extents[dimension]),
      inputOffset: from.offset, inputStrides: from.strides, outputOffset: to.offset, outputStrides: to.strides,
    };
  }));
}

const BATCH_ORDER: readonly BlockDimension[] = ['rowPhase', 'columnPhase', 'picture', 'row', 'column', 'channel'];

/** Copies between pictures of `shape` and a batch of `places` each that holds the phases [row phase][column phase][picture]. */
export function batchWalks(
  node: Node, direction: 'from-pictures' | 'to-pictures', shape: readonly number[], places: readonly [height: number, width: number],
): Walk[] {
  const block = blockOf(node);
  const [top, left] = marginsOf(node);
  const [count = 0, , , channels = 0] = shape;
  const [rowPhase = 0, columnPhase = 0, picture = 0, row = 0, column = 0, channel = 0] = stridesOf([...block, count, ...places, channels]);
  const axes = [{ block: block[0], places: places[0], offset: top }, { block: block[1], places: places[1], offset: left }] as const;
  return blockWalks(direction, shape, axes, { picture, row, rowPhase, column, columnPhase, channel }, BATCH_ORDER);
}
