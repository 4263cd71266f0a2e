import { OptionError } from '../core/errors.ts';
import { MAX_PIXELS } from './decoders/limits.ts';
import { CHANNELS, FRAME_FORMATS, type Frame, type FrameFormat } from './types.ts';

/** Above the size of any frame; below it, offsets are exact. */
const MAX_STRIDE = 2 ** 31 - 1;

/** Where the three samples of each pixel lie. The second and third may be shared by 2 x 2 pixels. */
export interface FramePlanes {
  /** Byte offsets of the samples of the first pixel. */
  readonly offsets: readonly [number, number, number];
  /** Bytes from one row, and from one pixel, to the next. */
  readonly stride: number;
  readonly step: number;
  readonly otherStride: number;
  readonly otherStep: number;
  /** 1 where the second and third sample are shared. */
  readonly otherShift: 0 | 1;
}

interface Layout {
  readonly planes: FramePlanes;
  /** Bytes with all rows padded to the stride, and without the padding of the last row. */
  readonly most: number;
  readonly least: number;
}

/** Bytes of a pixel in the first plane. */
function stepOf(format: FrameFormat): number {
  return format === 'nv12' || format === 'i420' ? 1 : CHANNELS[format];
}

function layoutOf({ format, width, height }: Frame, stride: number): Layout {
  const luma = stride * height;
  if (format === 'nv12') {
    const planes = { offsets: [0, luma, luma + 1], stride, step: 1, otherStride: stride, otherStep: 2, otherShift: 1 } as const;
    return { planes, most: luma * 1.5, least: luma * 1.5 - (stride - width) };
  }
  if (format === 'i420') {
    const planes = { offsets: [0, luma, luma * 1.25], stride, step: 1, otherStride: stride / 2, otherStep: 1, otherShift: 1 } as const;
    return { planes, most: luma * 1.5, least: luma * 1.5 - (stride - width) / 2 };
  }
  const step = stepOf(format);
  const offsets = format === 'grey' ? [0, 0, 0] as const : [0, 1, 2] as const;
  return { planes: { offsets, stride, step, otherStride: stride, otherStep: step, otherShift: 0 }, most: luma, least: luma - (stride - width * step) };
}

/** A value of the wrong type in a message, whatever it is. */
function shown(value: unknown): string {
  return ['object', 'function'].includes(typeof value) && value !== null ? `a value of type ${typeof value}` : String(value);
}

function isExtent(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1;
}

/**
 * The planes of a frame, its sizes checked against its bytes.
 * @throws OptionError where they do not fit
 */
export function planesOf(frame: Frame, where: string): FramePlanes {
  const fail = (message: string): OptionError => new OptionError('invalid-frame', `${where}: ${message}`);
  const given: unknown = frame;
  if (typeof given !== 'object' || given === null) throw fail(`${shown(given)} is no frame: pass what decodeImage() gives, or data, width, height and format`);
  const { data, width, height, format } = frame;
  if (!FRAME_FORMATS.includes(format)) throw fail(`frame format '${shown(format)}' is not one of: ${FRAME_FORMATS.join(', ')}`);
  if (!isExtent(width) || !isExtent(height) || width * height > MAX_PIXELS) {
    throw fail(`a frame of ${shown(width)} x ${shown(height)} pixels; allowed are whole numbers from 1 and at most ${MAX_PIXELS} pixels`);
  }
  const halved = format === 'nv12' || format === 'i420';
  if (halved && (width % 2 !== 0 || height % 2 !== 0)) throw fail(`an ${format} frame of ${width} x ${height} pixels; width and height must be even`);
  const least = width * stepOf(format);
  const { stride = least } = frame;
  if (!isExtent(stride) || stride < least || stride > MAX_STRIDE || (halved && stride % 2 !== 0)) {
    throw fail(`stride ${shown(stride)}; rows of ${width} pixels in ${format} need ${halved ? 'an even number of bytes' : 'bytes'} from ${least} to ${MAX_STRIDE}`);
  }
  if (!(data instanceof Uint8Array)) throw fail('the data of a frame must be a Uint8Array');
  const layout = layoutOf(frame, stride);
  if (data.length < layout.least || data.length > layout.most) {
    const range = layout.least === layout.most ? '' : `${layout.least} to `;
    throw fail(`${width} x ${height} pixels in ${format} with a stride of ${stride} need ${range}${layout.most} bytes, got ${data.length}`);
  }
  return layout.planes;
}
