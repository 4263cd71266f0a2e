import type { PlanLayout } from '../../plan/types.ts';
import { floatBytes, isFloatLayout, packFloat, type FloatLayout } from './float.ts';
import type { DotVariant } from './types.ts';
import { isWeightLayout, type WeightLayout } from './weights.ts';

/** Layouts that `packLayout` rearranges. `raw` constants are copied as they are; weights of dot products are packed by `packWeights`. */
export type SmallLayout = Exclude<PlanLayout, { kind: 'raw' } | WeightLayout>;

/** Widest panels over all variants: biases and scales are padded to them, so they do not depend on the variant. */
const COLUMN_MULTIPLE = 8;
const CHANNEL_MULTIPLE = 16;

function paddedOutputs(layout: Exclude<SmallLayout, FloatLayout>): number {
  return 'columns' in layout
    ? Math.ceil(layout.columns / COLUMN_MULTIPLE) * COLUMN_MULTIPLE
    : Math.ceil(layout.channels / CHANNEL_MULTIPLE) * CHANNEL_MULTIPLE;
}

/** Bytes `packLayout` writes. */
export function packedBytes(layout: SmallLayout): number {
  return isFloatLayout(layout) ? floatBytes(layout) : paddedOutputs(layout) * 4;
}

/** How far apart along the depth stand the two weights whose products the kernels, or the instructions an engine takes, add in 16 bits. */
const PAIR_DISTANCE = { e16: 8, rd: 1 } as const;

/** Whether two products added in 16 bits can both be (-128)², whose sum overflows; any other two fit. `least` is the code of -128. */
function overflows(least: number, raw: Uint8Array, depth: number, distance: number): boolean {
  for (let at = raw.indexOf(least); at >= 0; at = raw.indexOf(least, at + 1)) {
    const term = at % depth;
    if ((term & distance) === 0 && term + distance < depth && raw[at + distance] === least) return true;
  }
  return false;
}

/**
 * Whether the kernels of `variant` are exact for these constants: a weight outside of -128...127 needs d16, and so do two of -128 whose products are
 * added in 16 bits, and one of -128 in a depthwise window. A relaxed dot product with an unsigned second operand that does not saturate takes any:
 * its products are far from the limits of 32-bit sums.
 */
export function packable(layout: PlanLayout, variant: DotVariant, raw: Uint8Array, unsignedSecond: boolean): boolean {
  if (!isWeightLayout(layout) || variant === 'd16') return true;
  const zeroPoint = layout.unsignedZeroPoint;
  const wide = variant === 'rd' && unsignedSecond;
  if (layout.kind === 'gemm-weights') return wide || !overflows(zeroPoint === undefined ? 0x80 : 0, raw, layout.depth, PAIR_DISTANCE[variant]);
  return zeroPoint === undefined ? wide || !raw.includes(0x80) : raw.every((code) => Math.abs(code - zeroPoint) <= 127);
}

/** bias[n] - shift * sum of the weights of output n, where shift is what every activation carries too much. */
function foldBias(shift: number, raw: Uint8Array, sums: Int32Array, destination: Int32Array): void {
  const bias = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  for (let output = 0; output < sums.length; output++) destination[output] = bias.getInt32(output * 4, true) - shift * sums[output]!;
}

/**
 * Writes what the kernels of `variant` read.
 * @param unsignedSecond the relaxed dot product takes its second operand as unsigned, so that activations are flipped by 0x80
 * @param raw constant bytes as stored in the model, row-major little-endian
 * @param other of the constant that the layout refers to: the sums of the weights of each output that a bias is folded with, or the raw bytes of scales
 * @param destination packedBytes bytes at a multiple of 4
 */
export function packLayout(
  layout: SmallLayout, variant: DotVariant, unsignedSecond: boolean, raw: Uint8Array, other: Int32Array | Uint8Array | undefined, destination: Uint8Array,
): void {
  const { buffer, byteOffset, byteLength } = destination;
  if (isFloatLayout(layout)) {
    packFloat(layout, raw, other instanceof Uint8Array ? other : undefined, new Float32Array(buffer, byteOffset, byteLength / 4));
    return;
  }
  destination.fill(0);
  switch (layout.kind) {
    case 'gemm-bias':
    case 'dwconv-bias': {
      if (!(other instanceof Int32Array)) throw new TypeError(`${layout.kind}: folding a bias needs the sums of its weights`);
      const shift = layout.inputZeroPoint + (variant === 'rd' && unsignedSecond ? 128 : 0);
      foldBias(shift, raw, other, new Int32Array(buffer, byteOffset, byteLength / 4));
      break;
    }
    case 'gemm-scale':
    case 'dwconv-scale':
      destination.set(raw);
      break;
  }
}
