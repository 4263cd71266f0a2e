import { orientationOf, type Orientation } from './exif.ts';
import { isFrameMarker, Marker, segmentAt, word, type Segment } from './jpeg-segments.ts';
import { brokenImage, unsupportedImage } from './limits.ts';

interface Component {
  readonly id: number;
  /** Blocks in every unit of the frame, across and down. */
  readonly h: number;
  readonly v: number;
}

/** What the frame header SOFn says. */
interface Frame {
  readonly width: number;
  readonly height: number;
  readonly isBaseline: boolean;
  readonly components: readonly Component[];
  /** Greatest blocks of a component in a unit, across and down. */
  readonly mostH: number;
  readonly mostV: number;
  /** Blocks of 8 x 8 samples of each component. */
  readonly blocks: readonly number[];
}

/** What the segments of a JPEG file say of its picture. */
export interface JpegHeader extends Frame {
  /** Three components are red, green and blue, not luma and chroma. */
  readonly isRgb: boolean;
  readonly orientation: Orientation;
  /** Offset of the first scan header where no Huffman table comes before it. */
  readonly tablesMissingAt: number | undefined;
  /** A scan of one component ends inside a restart interval, which jpeg-js runs past. */
  readonly hasCutInterval: boolean;
}

/** ITU-T T.81 B.2.2. */
function readFrame(bytes: Uint8Array, { marker, start }: Segment, where: string): Frame {
  if (marker > 0xc2) throw unsupportedImage(where, `JPEG process SOF${marker - 0xc0}; allowed: baseline and progressive`);
  const count = bytes[start + 5] ?? 0;
  if (start + 6 + count * 3 > bytes.length) throw brokenImage(where, 'the JPEG file ends inside its frame header');
  if (![1, 3, 4].includes(count)) throw unsupportedImage(where, `a JPEG file of ${count} components; allowed: 1, 3 and 4: save it as grey or RGB`);
  const components = Array.from({ length: count }, (_, index) => {
    const at = start + 6 + index * 3;
    return { id: bytes[at]!, h: bytes[at + 1]! >> 4, v: bytes[at + 1]! & 15 };
  });
  const unsampled = components.find(({ h, v }) => h === 0 || v === 0);
  if (unsampled !== undefined) throw brokenImage(where, `component ${unsampled.id} of the JPEG file has a sampling factor of 0; 1 to 4 are known`);
  const [height, width] = [word(bytes, start + 1), word(bytes, start + 3)];
  const [mostH, mostV] = [Math.max(...components.map(({ h }) => h)), Math.max(...components.map(({ v }) => v))];
  const blocks = components.map(({ h, v }) => Math.ceil((Math.ceil(width / 8) * h) / mostH) * Math.ceil((Math.ceil(height / 8) * v) / mostV));
  return { width, height, isBaseline: marker !== 0xc2, components, mostH, mostV, blocks };
}

/** Whether a scan holds one component whose blocks do not fill its restart intervals. */
function endsInsideInterval(bytes: Uint8Array, { start }: Segment, frame: Frame, interval: number): boolean {
  const component = frame.components.findIndex(({ id }) => id === bytes[start + 1]);
  return interval > 0 && bytes[start] === 1 && component >= 0 && frame.blocks[component]! % interval !== 0;
}

function startsWith(bytes: Uint8Array, { start, end }: Segment, text: string): boolean {
  return end - start >= text.length && Array.from(text).every((letter, index) => bytes[start + index] === letter.charCodeAt(0));
}

/**
 * Walks the marker segments from the frame header on as far as there are any; jpeg-js knows ways over damage between them.
 * @throws OptionError without a frame header, with two, and for one that is not decoded
 */
export function readJpegHeader(bytes: Uint8Array, where: string): JpegHeader {
  let frame: Frame | undefined;
  let [isJfif, hasTables, hasCutInterval, interval] = [false, false, false, 0];
  let transform: number | undefined;
  let orientation: Orientation | undefined;
  let firstScan: number | undefined;
  for (let at = 2; ;) {
    const segment = segmentAt(bytes, at);
    if (typeof segment === 'string') {
      if (frame === undefined) throw brokenImage(where, segment);
      break;
    }
    const { marker, start, end } = segment;
    if (isFrameMarker(marker)) {
      if (frame !== undefined) throw brokenImage(where, `the JPEG file has a second frame header at byte ${segment.at}`);
      frame = readFrame(bytes, segment, where);
    }
    if (marker === Marker.APP0 && startsWith(bytes, segment, 'JFIF\0')) isJfif = true;
    if (marker === Marker.APP14 && startsWith(bytes, segment, 'Adobe')) transform = bytes[start + 11];
    if (marker === Marker.APP1 && startsWith(bytes, segment, 'Exif\0\0')) orientation ??= orientationOf(bytes.subarray(start + 6, end));
    if (marker === Marker.DHT && firstScan === undefined) hasTables = true;
    if (marker === Marker.DRI) interval = word(bytes, start);
    if (marker === Marker.SOS) {
      if (frame === undefined) throw brokenImage(where, `a JPEG scan at byte ${segment.at} comes before the frame header`);
      firstScan ??= segment.at;
      hasCutInterval ||= endsInsideInterval(bytes, segment, frame, interval);
    }
    at = segment.next;
  }
  const ids = frame.components.map(({ id }) => id);
  // JFIF is luma and chroma; without it and Adobe's segment the letters of the components count, as in libjpeg.
  const isRgb = ids.length === 3 && !isJfif && (transform === undefined ? String.fromCharCode(...ids) === 'RGB' : transform === 0);
  return { ...frame, isRgb, orientation: orientation ?? 1, tablesMissingAt: hasTables || !frame.isBaseline ? undefined : firstScan, hasCutInterval };
}
