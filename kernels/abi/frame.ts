/**
 * `frame_x8`: a camera frame -> colours -> bilinear size -> numbers of a model input of OUTPUT_HEIGHT x OUTPUT_WIDTH pixels. A sample of the frame
 * is one byte of each of three planes, which may be the same. value = VALUES[channel][round(blend / 2^22)], ties up. Units are output rows. No scratch.
 */
export enum FrameParams {
  FRAME = 0,
  OUTPUT = 4,
  /** i32, laid out as FrameSettings. */
  SETTINGS = 8,
  /** FrameTap of each output row: byte offsets of rows in a plane. */
  ROWS = 12,
  /** FrameTap of each output column: byte offsets of samples in a row. */
  COLUMNS = 16,
  /** [CHANNELS][256] elements. */
  VALUES = 20,
  /** 1 or 3. */
  CHANNELS = 24,
  /** Bytes of an output element: 1 or 4. */
  ELEMENT = 28,
  OUTPUT_WIDTH = 32,
  /** Bytes from one output pixel to the next, and from one of its channels to the next. */
  PIXEL_STEP = 36,
  CHANNEL_STEP = 40,
  SIZE = 48,
}

/** Near and far source of an output row or column, in the first plane and in the other two, and the weight of the far one in 1/2048. */
export enum FrameTap {
  NEAR = 0,
  FAR = 4,
  OTHER_NEAR = 8,
  OTHER_FAR = 12,
  WEIGHT = 16,
  SIZE = 20,
}

/** What changes with the frames. */
export enum FrameSettings {
  /** Byte offsets of the planes in the frame. */
  PLANE_0 = 0,
  PLANE_1 = 4,
  PLANE_2 = 8,
  /** 1 where samples pass the matrix, 0 where they are the colours. */
  CONVERT = 12,
  /** Output pixels that show the frame; others keep their value. */
  TOP = 16,
  BOTTOM = 20,
  LEFT = 24,
  RIGHT = 28,
  /** Colours = clamp((column 0 * sample 0 + column 1 * sample 1 + column 2 * sample 2 + offset) / 2^16), rounded down, to 0...255; i32x4 each. */
  MATRIX_0 = 32,
  MATRIX_1 = 48,
  MATRIX_2 = 64,
  OFFSET = 80,
  SIZE = 96,
}
