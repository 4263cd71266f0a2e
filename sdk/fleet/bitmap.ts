/** A fixed number of bits, bit n in byte n >> 3 at position n & 7. */
export interface Bitmap {
  readonly size: number;
  readonly bytes: Uint8Array;
}

export function createBitmap(size: number): Bitmap {
  return { size, bytes: new Uint8Array((size + 7) >> 3) };
}

export function hasBit(bitmap: Bitmap, n: number): boolean {
  return n < bitmap.size && ((bitmap.bytes[n >> 3]! >> (n & 7)) & 1) === 1;
}

export function setBit(bitmap: Bitmap, n: number): void {
  if (n < bitmap.size) bitmap.bytes[n >> 3]! |= 1 << (n & 7);
}

export function clearBit(bitmap: Bitmap, n: number): void {
  if (n < bitmap.size) bitmap.bytes[n >> 3]! &= ~(1 << (n & 7));
}

/** The positions of set bits, ascending. */
export function* setBits(bitmap: Bitmap): Generator<number> {
  for (let n = 0; n < bitmap.size; n++) if (hasBit(bitmap, n)) yield n;
}

export function countBits(bitmap: Bitmap): number {
  let count = 0;
  for (let n = 0; n < bitmap.size; n++) if (hasBit(bitmap, n)) count++;
  return count;
}

/** The bitmap of the bits that are not set. */
export function inverseOf(bitmap: Bitmap): Bitmap {
  const inverse = createBitmap(bitmap.size);
  for (let n = 0; n < bitmap.size; n++) if (!hasBit(bitmap, n)) setBit(inverse, n);
  return inverse;
}

/** Text form for JSON messages. */
export function encodeBitmap(bitmap: Bitmap): string {
  return Buffer.from(bitmap.bytes).toString('base64');
}

/** @returns undefined when `text` is not the base64 of exactly `size` bits with the rest zero */
export function decodeBitmap(text: string, size: number): Bitmap | undefined {
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  const bitmap = { size, bytes };
  if (bytes.length !== (size + 7) >> 3 || encodeBitmap(bitmap) !== text) return undefined;
  const spare = bytes.length * 8 - size;
  return spare > 0 && bytes[bytes.length - 1]! >> (8 - spare) !== 0 ? undefined : bitmap;
}
