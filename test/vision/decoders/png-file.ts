import { deflateSync } from 'node:zlib';

/** A PNG picture of the test's own making: unscaled samples, row-major. */
export interface PngPicture {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly type: number;
  readonly samples: readonly number[];
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
  /** Row filters, used in turn. */
  readonly filters?: readonly number[];
  readonly interlaced?: boolean;
}

export const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const ADAM7 = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]];

export function chunk(type: string, body: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, body.length);
  return Buffer.concat([length, Buffer.from(type, 'latin1'), body, new Uint8Array(4)]);
}

export function headerChunk(width: number, height: number, depth: number, type: number, interlace = 0): Uint8Array {
  const body = new Uint8Array(13);
  const view = new DataView(body.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  body.set([depth, type, 0, 0, interlace], 8);
  return chunk('IHDR', body);
}

export const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** The forward filters of PNG 9.2. */
function filtered(filter: number, row: Uint8Array, before: Uint8Array, step: number): Uint8Array {
  return row.map((value, at) => {
    const left = at < step ? 0 : row[at - step]!;
    const up = before[at]!;
    const corner = at < step ? 0 : before[at - step]!;
    const estimate = left + up - corner;
    const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)];
    const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
    return value - [0, left, up, (left + up) >> 1, paeth][filter]!;
  });
}

function packRow(samples: readonly number[], depth: number): Uint8Array {
  const bits = samples.map((sample) => sample.toString(2).padStart(depth, '0')).join('');
  return Uint8Array.from({ length: Math.ceil(bits.length / 8) }, (_, at) => Number.parseInt(bits.slice(at * 8, at * 8 + 8).padEnd(8, '0'), 2));
}

export function pngFile(picture: PngPicture): Uint8Array {
  const { width, height, depth, type, samples, filters = [0] } = picture;
  const perPixel = SAMPLES[type]!;
  const step = Math.max(1, (perPixel * depth) / 8);
  const rows: Uint8Array[] = [];
  for (const [left, top, stepX, stepY] of picture.interlaced ? ADAM7 : [[0, 0, 1, 1]]) {
    let before: Uint8Array | undefined;
    for (let y = top!; y < height; y += stepY!) {
      const values: number[] = [];
      for (let x = left!; x < width; x += stepX!) values.push(...samples.slice((y * width + x) * perPixel, (y * width + x + 1) * perPixel));
      if (values.length === 0) continue;
      const row = packRow(values, depth);
      const filter = filters[rows.length % filters.length]!;
      rows.push(Uint8Array.of(filter, ...filtered(filter, row, before ?? new Uint8Array(row.length), step)));
      before = row;
    }
  }
  return Buffer.concat([
    SIGNATURE,
    headerChunk(width, height, depth, type, picture.interlaced ? 1 : 0),
    ...(picture.palette ? [chunk('PLTE', Uint8Array.from(picture.palette))] : []),
    ...(picture.transparency ? [chunk('tRNS', Uint8Array.from(picture.transparency))] : []),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', new Uint8Array(0)),
  ]);
}
