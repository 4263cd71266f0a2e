import type { Interleave } from './types.ts';

/** Number of packed weights of `outputs` outputs with `terms` terms each. */
export function interleavedCount(format: Interleave, outputs: number, terms: number): number {
  return Math.ceil(outputs / format.panel) * format.panel * format.order(terms).length;
}

/**
 * Writes weights in the order of `format`. Weight `term` of `output` is `source[output * outputStride + term * termStride] - zeroPoint`.
 * @param destination interleavedCount elements
 */
export function interleave(
  format: Interleave, source: Int8Array | Uint8Array, zeroPoint: number, outputs: number, terms: number, outputStride: number, termStride: number,
  destination: Int8Array | Int16Array,
): void {
  const { panel, group } = format;
  const offsets = Int32Array.from(format.order(terms), (term) => (term < 0 ? -1 : term * termStride));
  let at = 0;
  for (let first = 0; first < outputs; first += panel) {
    for (let start = 0; start < offsets.length; start += group) {
      for (let output = first; output < first + panel; output++) {
        const base = output < outputs ? output * outputStride : -1;
        for (let term = start; term < start + group; term++) {
          const offset = offsets[term]!;
          destination[at++] = base < 0 || offset < 0 ? 0 : source[base + offset]! - zeroPoint;
        }
      }
    }
  }
}
