/**
 * `pack_x8_s8`, `pack_x8_s16`: 8-bit weights in the order that a dot product reads. Unit u is panel u of PANEL outputs; in a panel stand runs of GROUP
 * consecutive terms of each output in turn. Weight t of output o is (code ^ FLIP) - ZERO of the byte SOURCE + o * OUTPUT_STRIDE + i32 OFFSETS[t];
 * offsets of -1 and outputs from OUTPUTS on are zeros. Scratch: i32 [OUTPUTS], the sum of the packed weights of each output.
 */
export enum PackParams {
  SOURCE = 0,
  DESTINATION = 4,
  OFFSETS = 8,
  /** A multiple of GROUP. */
  TERMS = 12,
  PANEL = 16,
  GROUP = 20,
  OUTPUTS = 24,
  OUTPUT_STRIDE = 28,
  FLIP = 32,
  ZERO = 36,
  SIZE = 40,
}
