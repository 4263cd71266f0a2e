import { DetectParams } from '../abi/detect';

/** Where the parts of scratch begin: the order of candidates, boxes kept, the best found over all classes, counts of codes, best codes. */
@inline
function keptAt(params: usize, order: usize): usize {
  return order + (load<usize>(params, DetectParams.COUNT) << 2);
}

@inline
function bestAt(params: usize, kept: usize): usize {
  return kept + (<usize>max(load<i32>(params, DetectParams.MAX_DETECTIONS), load<i32>(params, DetectParams.BOXES_PER_CLASS)) * 20);
}

@inline
function countsAt(params: usize, best: usize): usize {
  return best + <usize>load<i32>(params, DetectParams.MAX_DETECTIONS) * 24;
}

/** Top, left, bottom, right of an anchor's box, in the arithmetic of TFLite: doubles rounded to f32. */
function decodeBox(params: usize, anchor: i32, box: usize): void {
  const codes = load<usize>(params, DetectParams.BOXES) + (<usize>anchor << 2);
  const place = load<usize>(params, DetectParams.ANCHORS) + (<usize>anchor << 4);
  const height = <f64>load<f32>(place, 8);
  const width = <f64>load<f32>(place, 12);
  const y = <f32>(load<f64>(load<usize>(params, DetectParams.CENTRES_Y) + (<usize>(<i32>load<i8>(codes) + 128) << 3)) * height + <f64>load<f32>(place));
  const x = <f32>(load<f64>(load<usize>(params, DetectParams.CENTRES_X) + (<usize>(<i32>load<i8>(codes, 1) + 128) << 3)) * width + <f64>load<f32>(place, 4));
  const up = <f32>(load<f64>(load<usize>(params, DetectParams.HALVES_Y) + (<usize>(<i32>load<i8>(codes, 2) + 128) << 3)) * height);
  const left = <f32>(load<f64>(load<usize>(params, DetectParams.HALVES_X) + (<usize>(<i32>load<i8>(codes, 3) + 128) << 3)) * width);
  store<f32>(box, y - up);
  store<f32>(box, x - left, 4);
  store<f32>(box, y + up, 8);
  store<f32>(box, x + left, 12);
}

/** Intersection over union of two boxes. */
function overlap(a: usize, b: usize): f32 {
  const areaA = (load<f32>(a, 8) - load<f32>(a)) * (load<f32>(a, 12) - load<f32>(a, 4));
  const areaB = (load<f32>(b, 8) - load<f32>(b)) * (load<f32>(b, 12) - load<f32>(b, 4));
  if (areaA <= 0 || areaB <= 0) return 0;
  const height = max<f32>(min<f32>(load<f32>(a, 8), load<f32>(b, 8)) - max<f32>(load<f32>(a), load<f32>(b)), 0);
  const width = max<f32>(min<f32>(load<f32>(a, 12), load<f32>(b, 12)) - max<f32>(load<f32>(a, 4), load<f32>(b, 4)), 0);
  const shared = height * width;
  return shared / (areaA + areaB - shared);
}

/** Anchors whose code, `stride` bytes apart, is at least LEAST_CODE, by falling code and rising index. Returns how many. */
function sortCandidates(params: usize, codes: usize, stride: usize, order: usize, counts: usize): i32 {
  const anchors = load<i32>(params, DetectParams.COUNT);
  const least = load<i32>(params, DetectParams.LEAST_CODE);
  memory.fill(counts, 0, 1028);
  for (let anchor = 0, at = codes; anchor < anchors; anchor++, at += stride) {
    const slot = counts + (<usize>(128 - <i32>load<i8>(at)) << 2);
    store<i32>(slot, load<i32>(slot) + 1);
  }
  let total = 0;
  for (let slot = counts + 4; slot <= counts + 1024; slot += 4) {
    total += load<i32>(slot);
    store<i32>(slot, total);
  }
  let kept = 0;
  for (let anchor = 0, at = codes; anchor < anchors; anchor++, at += stride) {
    const code = <i32>load<i8>(at);
    if (code < least) continue;
    // Places before this code's own: those of all greater codes.
    const slot = counts + (<usize>(127 - code) << 2);
    const place = load<i32>(slot);
    store<i32>(slot, place + 1);
    store<i32>(order + (<usize>place << 2), anchor);
    kept++;
  }
  return kept;
}

/** Keeps up to `limit` candidates that overlap none kept before by more than MAX_OVERLAP: their boxes, then their anchors. Returns how many. */
function suppress(params: usize, codes: usize, stride: usize, limit: i32, order: usize, kept: usize, anchors: usize, counts: usize): i32 {
  const candidates = sortCandidates(params, codes, stride, order, counts);
  const most = load<f32>(params, DetectParams.MAX_OVERLAP);
  let found = 0;
  for (let candidate = 0; candidate < candidates && found < limit; candidate++) {
    const anchor = load<i32>(order + (<usize>candidate << 2));
    const box = kept + (<usize>found << 4);
    decodeBox(params, anchor, box);
    let other = kept;
    while (other < box && !(overlap(other, box) > most)) other += 16;
    if (other < box) continue;
    store<i32>(anchors + (<usize>found << 2), anchor);
    found++;
  }
  return found;
}

@inline
function writeDetection(params: usize, at: i32, box: usize, label: i32, code: i32): void {
  memory.copy(load<usize>(params, DetectParams.OUT_BOXES) + (<usize>at << 4), box, 16);
  store<f32>(load<usize>(params, DetectParams.OUT_CLASSES) + (<usize>at << 2), <f32>label);
  const score = load<f32>(load<usize>(params, DetectParams.SCORE_VALUES) + (<usize>(code + 128) << 2));
  store<f32>(load<usize>(params, DetectParams.OUT_SCORES) + (<usize>at << 2), score);
}

/** Greatest code of each anchor. */
function bestCodes(params: usize, scores: usize, target: usize): void {
  const classes = load<i32>(params, DetectParams.CLASSES);
  const labels = load<usize>(params, DetectParams.LABELS);
  for (const end = target + load<usize>(params, DetectParams.COUNT); target < end; target++) {
    let greatest = v128.load8_splat(scores);
    let i = 0;
    for (; i + 16 <= classes; i += 16) greatest = i8x16.max_s(greatest, v128.load(scores + i));
    greatest = i8x16.max_s(greatest, v128.shuffle<i64>(greatest, greatest, 1, 0));
    greatest = i8x16.max_s(greatest, v128.shuffle<i32>(greatest, greatest, 1, 0, 3, 2));
    greatest = i8x16.max_s(greatest, v128.shuffle<i16>(greatest, greatest, 1, 0, 3, 2, 5, 4, 7, 6));
    let code = max(<i32>i8x16.extract_lane_s(greatest, 0), <i32>i8x16.extract_lane_s(greatest, 1));
    for (; i < classes; i++) code = max(code, <i32>load<i8>(scores + i));
    store<i8>(target, code);
    scores += labels;
  }
}

/** One suppression over all classes by each anchor's greatest score; every box is reported with its best classes. */
function detectAcross(params: usize, scores: usize, order: usize): i32 {
  const classes = load<i32>(params, DetectParams.CLASSES);
  const perBox = load<i32>(params, DetectParams.CLASSES_PER_BOX);
  const limit = load<i32>(params, DetectParams.MAX_DETECTIONS);
  const kept = keptAt(params, order);
  const anchors = kept + (<usize>limit << 4);
  const counts = countsAt(params, bestAt(params, kept));
  const codes = counts + 1028;
  bestCodes(params, scores, codes);
  const found = suppress(params, codes, 1, limit, order, kept, anchors, counts);
  for (let box = 0; box < found; box++) {
    const row = scores + <usize>(load<i32>(anchors + (<usize>box << 2)) * load<i32>(params, DetectParams.LABELS));
    let code = 128;
    let label = -1;
    for (let rank = 0; rank < perBox; rank++) {
      let next = -129;
      let nextLabel = 0;
      for (let i = 0; i < classes; i++) {
        const candidate = <i32>load<i8>(row + i);
        if ((candidate < code || candidate == code && i > label) && candidate > next) {
          next = candidate;
          nextLabel = i;
        }
      }
      code = next;
      label = nextLabel;
      writeDetection(params, box * perBox + rank, kept + (<usize>box << 4), label, code);
    }
  }
  return found;
}

/** A suppression in each class; the best boxes of all classes, earlier classes first among equals. */
function detectWithin(params: usize, scores: usize, order: usize): i32 {
  const classes = load<i32>(params, DetectParams.CLASSES);
  const labels = load<usize>(params, DetectParams.LABELS);
  const limit = load<i32>(params, DetectParams.BOXES_PER_CLASS);
  const room = load<i32>(params, DetectParams.MAX_DETECTIONS);
  const kept = keptAt(params, order);
  const anchors = kept + (<usize>limit << 4);
  const best = bestAt(params, kept);
  const counts = countsAt(params, best);
  let found = 0;
  for (let label = 0; label < classes; label++) {
    const count = suppress(params, scores + label, labels, limit, order, kept, anchors, counts);
    for (let box = 0; box < count; box++) {
      const code = <i32>load<i8>(scores + label + <usize>load<i32>(anchors + (<usize>box << 2)) * labels);
      let at = found;
      while (at > 0 && load<i32>(best + <usize>((at - 1) * 24), 16) < code) at--;
      if (at == room) break;
      const entry = best + <usize>(at * 24);
      memory.copy(entry + 24, entry, <usize>((min(found, room - 1) - at) * 24));
      memory.copy(entry, kept + (<usize>box << 4), 16);
      store<i32>(entry, code, 16);
      store<i32>(entry, label, 20);
      found = min(found + 1, room);
    }
  }
  for (let at = 0; at < found; at++) {
    const entry = best + <usize>(at * 24);
    writeDetection(params, at, entry, load<i32>(entry, 20), load<i32>(entry, 16));
  }
  return found;
}

export function detect_qs8(params: usize, scratch: usize, begin: i32, end: i32): void {
  if (begin == end) return;
  const room = load<usize>(params, DetectParams.ROOM);
  memory.fill(load<usize>(params, DetectParams.OUT_BOXES), 0, room << 4);
  memory.fill(load<usize>(params, DetectParams.OUT_CLASSES), 0, room << 2);
  memory.fill(load<usize>(params, DetectParams.OUT_SCORES), 0, room << 2);
  const background = load<i32>(params, DetectParams.LABELS) - load<i32>(params, DetectParams.CLASSES);
  const scores = load<usize>(params, DetectParams.SCORES) + <usize>background;
  const found = load<i32>(params, DetectParams.CLASSES_PER_BOX) > 0 ? detectAcross(params, scores, scratch) : detectWithin(params, scores, scratch);
  store<f32>(load<usize>(params, DetectParams.OUT_COUNT), <f32>found);
}
