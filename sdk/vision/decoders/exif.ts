/** How a camera was held: the stored picture is to be flipped and turned (EXIF 2.3, section 4.6.4, tag 274). 1 is upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ORIENTATION = 0x0112;
const SHORT = 3;
const ENTRY_BYTES = 12;

function isOrientation(value: number): value is Orientation {
  return value >= 1 && value <= 8;
}

/**
 * The orientation in a TIFF header and its first directory (TIFF 6.0, section 2).
 * @param tiff the bytes behind `Exif` and two zeros; what they do not state in full counts as 1
 */
export function orientationOf(tiff: Uint8Array): Orientation {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.length < 8) return 1;
  const order = view.getUint16(0);
  const little = order === 0x4949;
  if ((!little && order !== 0x4d4d) || view.getUint16(2, little) !== 42) return 1;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return 1;
  const entries = Math.min(view.getUint16(directory, little), Math.floor((tiff.length - directory - 2) / ENTRY_BYTES));
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * ENTRY_BYTES;
    if (view.getUint16(at, little) !== ORIENTATION) continue;
    const value = view.getUint16(at + 8, little);
    return view.getUint16(at + 2, little) === SHORT && view.getUint32(at + 4, little) === 1 && isOrientation(value) ? value : 1;
  }
  return 1;
}
