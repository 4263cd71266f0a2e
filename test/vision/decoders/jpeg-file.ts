import jpeg from 'jpeg-js';

/** A marker segment. */
export function segment(marker: number, ...body: readonly number[]): number[] {
  return [0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 0xff, ...body];
}

/** Encodes pixels of 0xrrggbb as JFIF without subsampling, with the standard Huffman tables and component ids 1 to 3. */
export function colourJpeg(width: number, height: number, colourAt: (x: number, y: number) => number): Uint8Array {
  const data = new Uint8Array(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const colour = colourAt(pixel % width, Math.floor(pixel / width));
    data.set([colour >> 16, (colour >> 8) & 0xff, colour & 0xff, 0xff], pixel * 4);
  }
  return new Uint8Array(jpeg.encode({ width, height, data }, 95).data);
}

/** The file without its segments of one marker before the first scan. */
export function without(file: Uint8Array, marker: number): Uint8Array {
  const kept = [0xff, 0xd8];
  let at = 2;
  while (file[at + 1] !== 0xda) {
    const end = at + 2 + ((file[at + 2]! << 8) | file[at + 3]!);
    if (file[at + 1] !== marker) kept.push(...file.subarray(at, end));
    at = end;
  }
  return Uint8Array.of(...kept, ...file.subarray(at));
}

/** The file with more segments behind its first marker. */
export function withSegments(file: Uint8Array, ...segments: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.of(...file.subarray(0, 2), ...segments.flat(), ...file.subarray(2));
}

/** Bits of entropy-coded data, filled up with ones, a 0 stuffed behind 0xff. */
function dataOf(bits: string): number[] {
  const bytes = bits.match(/.{1,8}/g)!.map((byte) => Number.parseInt(byte.padEnd(8, '1'), 2));
  return bytes.flatMap((byte) => (byte === 0xff ? [byte, 0] : [byte]));
}

/** A grey baseline file of even blocks with a restart marker after every `interval` of them; the brightness of block n is 128 + 4 * (n % 16). */
export function greyJpeg(columns: number, rows: number, interval: number): Uint8Array {
  const parts: string[] = [];
  let before = 0;
  for (let block = 0; block < columns * rows; block++) {
    if (block % interval === 0) {
      parts.push('');
      before = 0;
    }
    const value = (block % 16) * 4;
    const [difference, size] = [value - before, 32 - Math.clz32(Math.abs(value - before))];
    const bits = size === 0 ? '' : (difference > 0 ? difference : difference + 2 ** size - 1).toString(2).padStart(size, '0');
    parts.push(`${parts.pop()!}${size.toString(2).padStart(4, '0')}${bits}0`);
    before = value;
  }
  const data = parts.flatMap((bits, part) => (part === 0 ? dataOf(bits) : [0xff, 0xd0 + ((part - 1) % 8), ...dataOf(bits)]));
  const lengths = (...counts: readonly number[]): number[] => Array.from({ length: 16 }, (_, at) => counts[at] ?? 0);
  return Uint8Array.of(
    0xff, 0xd8, ...segment(0xdb, 0, ...new Array<number>(64).fill(8)), ...segment(0xc0, 8, 0, rows * 8, 0, columns * 8, 1, 1, 0x11, 0),
    ...segment(0xc4, 0, ...lengths(0, 0, 0, 8), 0, 1, 2, 3, 4, 5, 6, 7, 0x10, ...lengths(1), 0),
    ...segment(0xdd, interval >> 8, interval & 0xff), ...segment(0xda, 1, 1, 0, 0, 63, 0), ...data, 0xff, 0xd9,
  );
}
