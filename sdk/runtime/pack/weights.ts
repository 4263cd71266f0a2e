import { PackParams } from '../../../kernels/abi.ts';
import type { PlanLayout } from '../../plan/types.ts';
import type { KernelFunction } from '../execute.ts';
import { packs } from './formats.ts';
import type { DotVariant } from './types.ts';

/** Layouts of 8-bit weights of dot products. */
export type WeightLayout = Extract<PlanLayout, { kind: 'gemm-weights' | 'dwconv-weights' }>;

export function isWeightLayout(layout: PlanLayout): layout is WeightLayout {
  return layout.kind === 'gemm-weights' || layout.kind === 'dwconv-weights';
}

/** How the weights of a layout are packed. */
export interface WeightPacking {
  readonly kernel: 'pack_x8_s8' | 'pack_x8_s16';
  /** Source byte of each packed term relative to the first of its output, -1 for a zero. */
  readonly offsets: Int32Array;
  readonly panel: number;
  readonly group: number;
  readonly outputs: number;
  readonly outputStride: number;
  /** Packed weights are (code ^ flip) - zero. */
  readonly flip: number;
  readonly zero: number;
  /** Bytes of the packed weights. */
  readonly bytes: number;
  /** What the sum of packed weights of an output exceeds the sum of its weights by. */
  readonly sumExcess: number;
}

/** With 16 bits, and for depthwise weights, all of the zero point is taken from the codes; else what makes them signed, and kernels correct for the rest. */
export function weightPacking(layout: WeightLayout, variant: DotVariant): WeightPacking {
  const pack = packs[variant];
  const isGemm = layout.kind === 'gemm-weights';
  const { panel, group, order } = isGemm ? pack.gemm : pack.dwconv;
  const [outputs, terms, outputStride, termStride] = isGemm ? [layout.columns, layout.depth, layout.depth, 1] : [layout.channels, layout.taps, 1, layout.channels];
  const wide = pack.elementBytes === 2;
  const offsets = Int32Array.from(order(terms), (term) => (term < 0 ? -1 : term * termStride));
  const excess = layout.unsignedZeroPoint === undefined ? 0 : layout.unsignedZeroPoint - 128;
  const zero = isGemm && !wide ? 0 : excess;
  return {
    kernel: wide ? 'pack_x8_s16' : 'pack_x8_s8',
    offsets,
    panel,
    group,
    outputs,
    outputStride,
    flip: layout.unsignedZeroPoint === undefined ? 0 : 0x80,
    zero,
    bytes: Math.ceil(outputs / panel) * panel * offsets.length * pack.elementBytes,
    sumExcess: (excess - zero) * terms,
  };
}

/** Memory that `packWeights` may overwrite: params, term offsets, sums and the codes of at least one panel. */
export interface Staging {
  readonly address: number;
  readonly bytes: number;
}

const ALIGNMENT = 16;

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

interface StagingParts {
  readonly offsets: number;
  readonly sums: number;
  readonly codes: number;
  /** Outputs whose codes go in at once. */
  readonly leastOutputs: number;
  readonly codeBytes: (outputs: number) => number;
}

function stagingParts({ offsets, outputs, outputStride, panel }: WeightPacking, rawBytes: number): StagingParts {
  const sums = align(PackParams.SIZE) + align(offsets.byteLength);
  const whole = outputStride === 1;
  return {
    offsets: align(PackParams.SIZE),
    sums,
    codes: sums + align(outputs * 4),
    leastOutputs: whole ? outputs : Math.min(outputs, panel),
    codeBytes: (count) => (whole ? rawBytes : count * outputStride),
  };
}

/** Least bytes of staging for weights of `rawBytes` bytes. */
export function stagingBytes(packing: WeightPacking, rawBytes: number): number {
  const { codes, codeBytes, leastOutputs } = stagingParts(packing, rawBytes);
  return codes + codeBytes(leastOutputs);
}

/**
 * Packs weights by a kernel into shared memory, a few panels at a time.
 * @param raw codes as stored in the model
 * @param staging at least stagingBytes
 * @returns sum of the weights of each output
 */
export function packWeights(
  kernel: KernelFunction, memory: SharedArrayBuffer, packing: WeightPacking, raw: Uint8Array, destination: number, staging: Staging,
): Int32Array {
  const { offsets, panel, group, outputs, outputStride, flip, zero, bytes, sumExcess } = packing;
  const parts = stagingParts(packing, raw.byteLength);
  const room = Math.floor((staging.bytes - parts.codes) / parts.codeBytes(panel));
  const most = Math.max(parts.leastOutputs, Math.min(outputs, room * panel));
  const view = new DataView(memory, staging.address, PackParams.SIZE);
  const sums = new Int32Array(memory, staging.address + parts.sums, outputs);
  const result = new Int32Array(outputs);
  new Int32Array(memory, staging.address + parts.offsets, offsets.length).set(offsets);
  const panelBytes = bytes / Math.ceil(outputs / panel);
  for (let first = 0; first < outputs; first += most) {
    const count = Math.min(most, outputs - first);
    const codes = raw.subarray(first * outputStride, first * outputStride + parts.codeBytes(count));
    new Uint8Array(memory, staging.address + parts.codes, codes.byteLength).set(codes);
    const fields: readonly [PackParams, number][] = [
      [PackParams.SOURCE, staging.address + parts.codes], [PackParams.DESTINATION, destination + (first / panel) * panelBytes],
      [PackParams.OFFSETS, staging.address + parts.offsets], [PackParams.TERMS, offsets.length], [PackParams.PANEL, panel], [PackParams.GROUP, group],
      [PackParams.OUTPUTS, count], [PackParams.OUTPUT_STRIDE, outputStride], [PackParams.FLIP, flip], [PackParams.ZERO, zero],
    ];
    for (const [field, value] of fields) view.setInt32(field, value, true);
    kernel(staging.address, sums.byteOffset, 0, Math.ceil(count / panel));
    for (let output = 0; output < count; output++) result[first + output] = sums[output]! - sumExcess;
  }
  return result;
}
