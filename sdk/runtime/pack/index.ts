import type { PlanLayout } from '../../plan/types.ts';
import { d16 } from './d16.ts';
import { e16 } from './e16.ts';
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

function paddedOutputs(layout: PackedLayout): number {
  return 'columns' in layout
    ? Math.ceil(layout.columns / COLUMN_MULTIPLE) * COLUMN_MULTIPLE
    : Math.ceil(layout.channels / CHANNEL_MULTIPLE) * CHANNEL_MULTIPLE;
}

/** Bytes `packLayout` writes. */
export function packedBytes(layout: PackedLayout, variant: DotVariant): number {
  const pack = packs[variant];
  if (layout.kind === 'gemm-weights') return interleavedCount(pack.gemm, layout.columns, layout.depth) * pack.elementBytes;
  if (layout.kind === 'dwconv-weights') return interleavedCount(pack.dwconv, layout.channels, layout.taps) * pack.elementBytes;
  return paddedOutputs(layout) * 4;
}

/** Whether the kernels of `variant` are exact for these constants: a weight of -128 needs d16. */
export function packable(layout: PlanLayout, variant: DotVariant, raw: Uint8Array): boolean {
  if (layout.kind !== 'gemm-weights' && layout.kind !== 'dwconv-weights') return true;
  return packs[variant].minimum <= -128 || !raw.includes(0x80);
}

function signed(raw: Uint8Array): Int8Array {
  return new Int8Array(raw.buffer, raw.byteOffset, raw.byteLength);
}

/** bias[n] - shift * sum of the weights of output n, where shift is what every activation carries too much. */
function foldBias(layout: BiasLayout, shift: number, raw: Uint8Array, weights: Int8Array, destination: Int32Array): void {
  const [outputs, terms, outputStride, termStride] =
    layout.kind === 'gemm-bias' ? [layout.columns, layout.depth, layout.depth, 1] : [layout.channels, layout.taps, 1, layout.channels];
  const bias = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  for (let output = 0; output < outputs; output++) {
    let sum = 0;
    for (let term = 0, at = output * outputStride; term < terms; term++, at += termStride) sum += weights[at]!;
    destination[output] = bias.getInt32(output * 4, true) - shift * sum;
  }
}

/**
 * Writes what the kernels of `variant` read.
 * @param unsignedSecond the relaxed dot product takes its second operand as unsigned, so that activations are flipped by 0x80
 * @param raw constant bytes as stored in the model, row-major little-endian
 * @param weights raw bytes of the weights a bias is folded with
 * @param destination packedBytes bytes at a multiple of 4
 */
export function packLayout(
  layout: PackedLayout, variant: DotVariant, unsignedSecond: boolean, raw: Uint8Array, weights: Uint8Array | undefined, destination: Uint8Array,
): void {
  const pack = packs[variant];
  const { buffer, byteOffset, byteLength } = destination;
  switch (layout.kind) {
    case 'gemm-weights':
    case 'dwconv-weights': {
      const target = pack.elementBytes === 2 ? new Int16Array(buffer, byteOffset, byteLength / 2) : new Int8Array(buffer, byteOffset, byteLength);
      if (layout.kind === 'gemm-weights') interleave(pack.gemm, signed(raw), layout.columns, layout.depth, layout.depth, 1, target);
      else interleave(pack.dwconv, signed(raw), layout.channels, layout.taps, 1, layout.channels, target);
      break;
    }
    case 'gemm-bias':
    case 'dwconv-bias': {
      if (weights === undefined) throw new TypeError(`${layout.kind}: folding a bias needs the bytes of its weights`);
      const shift = layout.inputZeroPoint + (variant === 'rd' && unsignedSecond ? 128 : 0);
      destination.fill(0);
      foldBias(layout, shift, raw, signed(weights), new Int32Array(buffer, byteOffset, byteLength / 4));
      break;
    }
    case 'gemm-scale':
    case 'dwconv-scale':
      destination.fill(0);
      destination.set(raw);
      break;
  }
}
