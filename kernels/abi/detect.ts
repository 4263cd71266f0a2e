/**
 * `detect_qs8`: decodes anchor boxes and keeps the best that overlap little, as TFLite's Detection_PostProcess. One unit.
 * Outputs hold zeros past the detections found. Scratch bytes:
 * 5 * COUNT + 24 * MAX_DETECTIONS + 20 * max(MAX_DETECTIONS, BOXES_PER_CLASS) + 1056.
 */
export enum DetectParams {
  /** i8[COUNT][4]: y, x, height, width. */
  BOXES = 0,
  /** i8[COUNT][LABELS]: the last CLASSES of LABELS are scored. */
  SCORES = 4,
  /** f32[COUNT][4]: centre y, centre x, height, width. */
  ANCHORS = 8,
  /** f64[256] each, by code + 128: offsets of the centre in y and x, half extents in height and width, in units of the anchor. */
  CENTRES_Y = 12,
  CENTRES_X = 16,
  HALVES_Y = 20,
  HALVES_X = 24,
  /** f32[256]: score by code + 128. */
  SCORE_VALUES = 28,
  /** f32[ROOM][4]: top, left, bottom, right; f32[ROOM] each of class and score; f32[1]. */
  OUT_BOXES = 32,
  OUT_CLASSES = 36,
  OUT_SCORES = 40,
  OUT_COUNT = 44,
  COUNT = 48,
  LABELS = 52,
  CLASSES = 56,
  /** Least score code that counts. */
  LEAST_CODE = 60,
  MAX_DETECTIONS = 64,
  /** Classes reported for a box; 0 asks for suppression within each class. */
  CLASSES_PER_BOX = 68,
  /** Most boxes kept in one class. */
  BOXES_PER_CLASS = 72,
  ROOM = 76,
  /** f32. */
  MAX_OVERLAP = 80,
  SIZE = 96,
}
