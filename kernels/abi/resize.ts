/** `resize_nearest_x8`: NHWC. ROWS and COLUMNS are i32 byte offsets of the source rows in an image and of the source pixels in a row, RUN bytes a pixel. Units are output rows. No scratch. */
export enum ResizeNearestParams {
  INPUT = 0,
  OUTPUT = 4,
  RUN = 8,
  IMAGE_BYTES = 12,
  OUTPUT_HEIGHT = 16,
  OUTPUT_WIDTH = 20,
  ROWS = 24,
  COLUMNS = 28,
  SIZE = 32,
}

/**
 * `resize_bilinear_qs8`: NHWC. ROWS and COLUMNS are i32[3]: byte offsets of the near and the far source, and the weight of the far one in 1/2048.
 * output = round(blend / 2^22), ties up. Units are output rows. Scratch bytes: 16.
 * `resize_bilinear_f32`: the same in f32, weights being f32 from 0 to 1, columns before rows.
 */
export enum ResizeBilinearParams {
  INPUT = 0,
  OUTPUT = 4,
  CHANNELS = 8,
  IMAGE_BYTES = 12,
  OUTPUT_HEIGHT = 16,
  OUTPUT_WIDTH = 20,
  ROWS = 24,
  COLUMNS = 28,
  SIZE = 32,
}
