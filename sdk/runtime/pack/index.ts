import type { PlanLayout } from '../../plan/types.ts';
import { d16 } from './d16.ts';
import { e16 } from './e16.ts';
import { floatBytes, isFloatLayout, packFloat, type FloatLayout } from './float.ts';
import { interleave, interleavedCount } from './interleave.ts';
import { rd } from './rd.ts';
import type { DotVariant, Pack } from './types.ts';

/** Layouts that are rearranged; `raw` constants are copied as they are. */
export type PackedLayout = Exclude<PlanLayout, { kind: 'raw' }>;

type BiasLayout = Extract<PlanLayout, { kind: 'gemm-bias' | 'dwconv-bias' }>;

export const packs: Readonly<Record<DotVariant, Pack>> = { d16, e16, rd };

/** Widest panels over all variants: biases and scales are padded to them, so they do not depend on the variant. */
const COLUMN_MULTIPLE = 8;
const CHANNEL_MULTIPLE = 16;

function paddedOutputs(layout: Exclude<PackedLayout, FloatLayout>): number {
  return 'columns' in layout
    ? Math.ceil(layout.columns / COLUMN_MULTIPLE) * COLUMN_MULTIPLE
    : Math.ceil(layout.channels / CHANNEL_MULTIPLE) * CHANNEL_MULTIPLE;
}

/** Bytes `packLayout` writes. */
export function packedBytes(layout: PackedLayout, variant: DotVariant): number {
  if (isFloatLayout(layout)) return floatBytes(layout);
  const pack = packs[variant];
  if (layout.kind === 'gemm-weights') return interleavedCount(pack.gemm, layout.columns, layout.depth) * pack.elementBytes;
  if (layout.kind === 'dwconv-weights') return interleavedCount(pack.dwconv, layout.channels, layout.taps) * pack.elementBytes;
  return paddedOutputs(layout) * 4;
}

/**
 * Whether the kernels of `variant` are exact for these constants: an operand of the dot product below -127 or above 127 needs d16. A relaxed dot
 * product with an unsigned second operand that does not saturate also takes -128: its products are far from the limits of 32-bit sums.
 */
export function packable(layout: PlanLayout, variant: DotVariant, raw: Uint8Array, unsignedSecond: boolean): boolean {
  if (layout.kind !== 'gemm-weights' && layout.kind !== 'dwconv-weights' || packs[variant].elementBytes === 2) return true;
  const zeroPoint = layout.unsignedZeroPoint;
  const least = variant === 'rd' && unsignedSecond;
  if (zeroPoint === undefined) return least || !raw.includes(0x80);
  return layout.kind === 'gemm-weights' ? least || !raw.includes(0) : raw.every((code) => Math.abs(code - zeroPoint) <= 127);
}

/** Weights as stored; a weight is its code minus the zero point. */
interface Codes {
  readonly elements: Int8Array | Uint8Array;
  readonly zeroPoint: number;
}

function codesOf({ unsignedZeroPoint }: { readonly unsignedZeroPoint?: number }, raw: Uint8Array): Codes {
  if (unsignedZeroPoint !== undefined) return { elements: raw, zeroPoint: unsignedZeroPoint };
  return { elements: new Int8Array(raw.buffer, raw.byteOffset, raw.byteLength), zeroPoint: 0 };
}

/** What is taken from codes before they are packed: all of the zero point with 16 bits, else what makes the codes signed; kernels correct for the rest. */
function gemmZero({ unsignedZeroPoint }: { readonly unsignedZeroPoint?: number }, pack: Pack, zeroPoint: number): number {
  return unsignedZeroPoint === undefined || pack.elementBytes === 2 ? zeroPoint : 128;
}

/** bias[n] - shift * sum of the weights of output n, where shift is what every activation carries too much. */
function foldBias(layout: BiasLayout, shift: number, raw: Uint8Array, weights: Codes, destination: Int32Array): void {
  const [outputs, terms, outputStride, termStride] =
    layout.kind === 'gemm-bias' ? [layout.columns, layout.depth, layout.depth, 1] : [layout.channels, layout.taps, 1, layout.channels];
  const bias = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  for (let output = 0; output < outputs; output++) {
    let sum = 0;
    for (let term = 0, at = output * outputStride; term < terms; term++, at += termStride) sum += weights.elements[at]! - weights.zeroPoint;
    destination[output] = bias.getInt32(output * 4, true) - shift * sum;
  }
}

/**
 * Writes what the kernels of `variant` read.
 * @param unsignedSecond the relaxed dot product takes its second operand as unsigned, so that activations are flipped by 0x80
 * @param raw constant bytes as stored in the model, row-major little-endian
 * @param other raw bytes of the constant that the layout refers to: the weights a bias is folded with, the scales of codes
 * @param destination packedBytes bytes at a multiple of 4
 */
export function packLayout(
  layout: PackedLayout, variant: DotVariant, unsignedSecond: boolean, raw: Uint8Array, other: Uint8Array | undefined, destination: Uint8Array,
): void {
  const { buffer, byteOffset, byteLength } = destination;
  if (isFloatLayout(layout)) {
    packFloat(layout, raw, other, new Float32Array(buffer, byteOffset, byteLength / 4));
    return;
  }
  const pack = packs[variant];
  switch (layout.kind) {
    case 'gemm-weights':
    case 'dwconv-weights': {
      const target = pack.elementBytes === 2 ? new Int16Array(buffer, byteOffset, byteLength / 2) : new Int8Array(buffer, byteOffset, byteLength);
      const { elements, zeroPoint } = codesOf(layout, raw);
      if (layout.kind === 'gemm-weights') interleave(pack.gemm, elements, gemmZero(layout, pack, zeroPoint), layout.columns, layout.depth, layout.depth, 1, target);
      else interleave(pack.dwconv, elements, zeroPoint, layout.channels, layout.taps, 1, layout.channels, target);
      break;
    }
    case 'gemm-bias':
    case 'dwconv-bias': {
      if (other === undefined) throw new TypeError(`${layout.kind}: folding a bias needs the bytes of its weights`);
      const shift = layout.inputZeroPoint + (variant === 'rd' && unsignedSecond ? 128 : 0);
      destination.fill(0);
      foldBias(layout, shift, raw, codesOf(layout, other), new Int32Array(buffer, byteOffset, byteLength / 4));
      break;
    }
    case 'gemm-scale':
    case 'dwconv-scale':
      destination.fill(0);
      destination.set(raw);
      break;
  }
}
