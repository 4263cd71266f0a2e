/** A BMP file: `rows` are packed rows from the bottom, padded to 4 bytes here. */
export function bmpFile(options: {
  width: number;
  height: number;
  bits: number;
  rows: readonly (readonly number[])[];
  palette?: readonly (readonly [number, number, number])[];
  masks?: readonly number[];
  core?: boolean;
  compression?: number;
}): Uint8Array {
  const { width, height, bits, palette = [], masks = [], core = false, compression = masks.length > 0 ? 3 : 0 } = options;
  const headerBytes = core ? 12 : masks.length === 4 ? 56 : 40;
  const entryBytes = core ? 3 : 4;
  const extraMasks = headerBytes === 40 ? masks.length * 4 : 0;
  const pixels = 14 + headerBytes + extraMasks + palette.length * entryBytes;
  const stride = Math.ceil((width * bits) / 32) * 4;
  const bytes = new Uint8Array(pixels + stride * options.rows.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, pixels, true);
  view.setUint32(14, headerBytes, true);
  if (core) {
    view.setUint16(18, width, true);
    view.setUint16(20, height, true);
    view.setUint16(24, bits, true);
  } else {
    view.setInt32(18, width, true);
    view.setInt32(22, height, true);
    view.setUint16(28, bits, true);
    view.setUint32(30, compression, true);
    view.setUint32(46, palette.length, true);
    masks.forEach((mask, at) => view.setUint32(54 + at * 4, mask, true));
  }
  palette.forEach(([red, green, blue], at) => bytes.set([blue, green, red], 14 + headerBytes + at * entryBytes));
  options.rows.forEach((row, at) => bytes.set(row, pixels + at * stride));
  return bytes;
}
