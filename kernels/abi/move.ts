/** `copy_x8`: BYTES bytes in units of BLOCK bytes. No scratch. */
export enum CopyParams {
  INPUT = 0,
  OUTPUT = 4,
  BYTES = 8,
  BLOCK = 12,
  SIZE = 16,
}

/**
 * `move_x8`: unit u copies COUNT runs of RUN bytes, INPUT_STEP and OUTPUT_STEP bytes apart. u is decoded by DIMS, i32[RANK][extent, input stride,
 * output stride], the last dimension fastest, strides in bytes. No scratch.
 */
export enum MoveParams {
  INPUT = 0,
  OUTPUT = 4,
  COUNT = 8,
  RUN = 12,
  INPUT_STEP = 16,
  OUTPUT_STEP = 20,
  RANK = 24,
  DIMS = 28,
  SIZE = 32,
}

/**
 * `gather_nd_x8`: unit u copies RUN bytes from the place that the DEPTH indices u * DEPTH … of INDICES, i32, name. DIMS is i32[DEPTH][extent, stride
 * in bytes]; indices outside an extent are clamped to it. No scratch.
 */
export enum GatherNdParams {
  INPUT = 0,
  INDICES = 4,
  OUTPUT = 8,
  RUN = 12,
  DEPTH = 16,
  DIMS = 20,
  SIZE = 32,
}

/**
 * `gather_x8`: output[o][i] = input[o][INDICES[i]] in slices of SLICE_BYTES, indices brought into 0…EXTENT-1. Units are the slices of the output.
 * No scratch.
 */
export enum GatherParams {
  INPUT = 0,
  /** i32[COUNT]. */
  INDICES = 4,
  OUTPUT = 8,
  COUNT = 12,
  EXTENT = 16,
  SLICE_BYTES = 20,
  SIZE = 32,
}
