import { FrameParams, FrameSettings, FrameTap } from '../abi/frame';

/** Bytes of two samples as three i32 lanes: the near one in the low 16 bits, the far one in the high. */
@inline
function loadPair(near0: usize, near1: usize, near2: usize, far0: usize, far1: usize, far2: usize): v128 {
  let pair = v128.load8_lane(near0, i32x4.splat(0), 0);
  pair = v128.load8_lane(near1, pair, 4);
  pair = v128.load8_lane(near2, pair, 8);
  pair = v128.load8_lane(far0, pair, 2);
  pair = v128.load8_lane(far1, pair, 6);
  return v128.load8_lane(far2, pair, 10);
}

@inline
function colourOf(settings: usize, sample: v128): v128 {
  let sum = v128.load(settings, FrameSettings.OFFSET);
  sum = i32x4.add(sum, i32x4.mul(v128.shuffle<i32>(sample, sample, 0, 0, 0, 0), v128.load(settings, FrameSettings.MATRIX_0)));
  sum = i32x4.add(sum, i32x4.mul(v128.shuffle<i32>(sample, sample, 1, 1, 1, 1), v128.load(settings, FrameSettings.MATRIX_1)));
  sum = i32x4.add(sum, i32x4.mul(v128.shuffle<i32>(sample, sample, 2, 2, 2, 2), v128.load(settings, FrameSettings.MATRIX_2)));
  return i32x4.shr_s(sum, 16);
}

/** Colours of both samples of a pair; narrowing clamps them. */
@inline
function convertPair(settings: usize, pair: v128): v128 {
  const near = colourOf(settings, i32x4.shr_u(i32x4.shl(pair, 16), 16));
  const far = colourOf(settings, i32x4.shr_u(pair, 16));
  const colours = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(near, far), near);
  return i16x8.extend_low_i8x16_u(v128.shuffle<i8>(colours, colours, 0, 4, 1, 5, 2, 6, 3, 7, 0, 0, 0, 0, 0, 0, 0, 0));
}

@inline
function storeValue(output: usize, values: usize, code: i32, wide: bool): void {
  if (wide) store<i32>(output, load<i32>(values + (<usize>code << 2)));
  else store<u8>(output, load<u8>(values + <usize>code));
}

export function frame_x8(params: usize, scratch: usize, begin: i32, end: i32): void {
  const settings = load<usize>(params, FrameParams.SETTINGS);
  const frame = load<usize>(params, FrameParams.FRAME);
  const plane0 = frame + load<usize>(settings, FrameSettings.PLANE_0);
  const plane1 = frame + load<usize>(settings, FrameSettings.PLANE_1);
  const plane2 = frame + load<usize>(settings, FrameSettings.PLANE_2);
  const convert = load<bool>(settings, FrameSettings.CONVERT);
  const left = load<i32>(settings, FrameSettings.LEFT), right = load<i32>(settings, FrameSettings.RIGHT);
  const last = min(end, load<i32>(settings, FrameSettings.BOTTOM));
  const wide = load<i32>(params, FrameParams.ELEMENT) == 4;
  const rgb = load<i32>(params, FrameParams.CHANNELS) == 3;
  const pixelStep = load<usize>(params, FrameParams.PIXEL_STEP), channelStep = load<usize>(params, FrameParams.CHANNEL_STEP);
  const values = load<usize>(params, FrameParams.VALUES);
  const table = <usize>load<i32>(params, FrameParams.ELEMENT) << 8;
  for (let y = max(begin, load<i32>(settings, FrameSettings.TOP)); y < last; y++) {
    const row = load<usize>(params, FrameParams.ROWS) + <usize>(y * FrameTap.SIZE);
    const down = v128.load32_splat(row, FrameTap.WEIGHT);
    const up = i32x4.sub(i32x4.splat(2048), down);
    const top0 = plane0 + load<usize>(row, FrameTap.NEAR), bottom0 = plane0 + load<usize>(row, FrameTap.FAR);
    const nearOther = load<usize>(row, FrameTap.OTHER_NEAR), farOther = load<usize>(row, FrameTap.OTHER_FAR);
    const top1 = plane1 + nearOther, bottom1 = plane1 + farOther;
    const top2 = plane2 + nearOther, bottom2 = plane2 + farOther;
    let column = load<usize>(params, FrameParams.COLUMNS) + <usize>(left * FrameTap.SIZE);
    let output = load<usize>(params, FrameParams.OUTPUT) + <usize>(y * load<i32>(params, FrameParams.OUTPUT_WIDTH) + left) * pixelStep;
    for (let x = left; x < right; x++) {
      const near = load<usize>(column, FrameTap.NEAR), far = load<usize>(column, FrameTap.FAR);
      const near1 = load<usize>(column, FrameTap.OTHER_NEAR), far1 = load<usize>(column, FrameTap.OTHER_FAR);
      const across = load<i32>(column, FrameTap.WEIGHT);
      const weights = i32x4.splat((across << 16) | (2048 - across));
      let top = loadPair(top0 + near, top1 + near1, top2 + near1, top0 + far, top1 + far1, top2 + far1);
      let bottom = loadPair(bottom0 + near, bottom1 + near1, bottom2 + near1, bottom0 + far, bottom1 + far1, bottom2 + far1);
      if (convert) {
        top = convertPair(settings, top);
        bottom = convertPair(settings, bottom);
      }
      const sum = i32x4.add(i32x4.mul(i32x4.dot_i16x8_s(top, weights), up), i32x4.mul(i32x4.dot_i16x8_s(bottom, weights), down));
      const codes = i32x4.shr_u(i32x4.add(sum, i32x4.splat(1 << 21)), 22);
      storeValue(output, values, i32x4.extract_lane(codes, 0), wide);
      if (rgb) {
        storeValue(output + channelStep, values + table, i32x4.extract_lane(codes, 1), wide);
        storeValue(output + 2 * channelStep, values + 2 * table, i32x4.extract_lane(codes, 2), wide);
      }
      output += pixelStep;
      column += FrameTap.SIZE;
    }
  }
}
