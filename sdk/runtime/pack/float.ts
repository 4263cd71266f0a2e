import type { PlanLayout } from '../../plan/types.ts';

/** Layouts of weights that kernels read as float32; the dot-product variant does not matter. */
export type FloatLayout = Extract<PlanLayout, { kind: 'gemm-f32-weights' | 'gemm-f32-codes' | 'dwconv-f32-codes' }>;

/** Columns of a packed panel of a float32 product. */
const PANEL = 8;

export function isFloatLayout(layout: PlanLayout): layout is FloatLayout {
  return layout.kind === 'gemm-f32-weights' || layout.kind === 'gemm-f32-codes' || layout.kind === 'dwconv-f32-codes';
}

/** Bytes `packFloat` writes. */
export function floatBytes(layout: FloatLayout): number {
  if (layout.kind === 'dwconv-f32-codes') return layout.taps * layout.channels * 4;
  return Math.ceil(layout.columns / PANEL) * PANEL * layout.depth * 4;
}

/** Weights [columns][depth] as panels of [depth][8 columns], columns past the last one zero. */
function packPanels(columns: number, depth: number, weightAt: (column: number, index: number) => number, destination: Float32Array): void {
  destination.fill(0);
  for (let column = 0; column < columns; column++) {
    let at = (column - (column % PANEL)) * depth + (column % PANEL);
    for (let k = 0; k < depth; k++, at += PANEL) destination[at] = weightAt(column, column * depth + k);
  }
}

/**
 * Writes weights in the form the float32 kernels read; codes become code * scale of their output.
 * @param scales raw bytes of the float32 scales, where the layout has them
 */
export function packFloat(layout: FloatLayout, raw: Uint8Array, scales: Uint8Array | undefined, destination: Float32Array): void {
  const source = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  if (layout.kind === 'gemm-f32-weights') {
    packPanels(layout.columns, layout.depth, (_, index) => source.getFloat32(index * 4, true), destination);
    return;
  }
  if (scales === undefined) throw new TypeError(`${layout.kind}: dequantizing weights needs the bytes of their scales`);
  const factors = new Float32Array(scales.slice().buffer);
  if (layout.kind === 'gemm-f32-codes') {
    packPanels(layout.columns, layout.depth, (column, index) => source.getInt8(index) * factors[column]!, destination);
    return;
  }
  for (let index = 0; index < destination.length; index++) destination[index] = source.getInt8(index) * factors[index % layout.channels]!;
}
