import { ModelError } from './errors.ts';

const TWO_TO_32 = 2 ** 32;

/**
 * Bounded little-endian reads from untrusted bytes. Offsets are bytes from the start; `what` names the place and value in errors.
 * Every read throws ModelError `truncated` where it would leave the bytes.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    // Not a subclass such as Buffer, whose slice() is a view.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  /** Checks that `size` bytes at `offset` exist. @throws ModelError `truncated`. */
  check(offset: number, size: number, what: string): void {
    if (offset >= 0 && size >= 0 && size <= this.bytes.length - offset) return;
    throw new ModelError('truncated', `${what}: ${size} bytes at byte ${offset} are outside the file of ${this.bytes.length} bytes; ` +
      'the file is cut short or damaged, fetch it again');
  }

  u8(offset: number, what: string): number {
    this.check(offset, 1, what);
    return this.view.getUint8(offset);
  }

  i8(offset: number, what: string): number {
    this.check(offset, 1, what);
    return this.view.getInt8(offset);
  }

  u16(offset: number, what: string): number {
    this.check(offset, 2, what);
    return this.view.getUint16(offset, true);
  }

  u32(offset: number, what: string): number {
    this.check(offset, 4, what);
    return this.view.getUint32(offset, true);
  }

  i32(offset: number, what: string): number {
    this.check(offset, 4, what);
    return this.view.getInt32(offset, true);
  }

  f32(offset: number, what: string): number {
    this.check(offset, 4, what);
    return this.view.getFloat32(offset, true);
  }

  /** @throws ModelError `integer-range` beyond 2^53 - 1. */
  u64(offset: number, what: string): number {
    this.check(offset, 8, what);
    return safeInteger(this.view.getUint32(offset + 4, true), this.view.getInt32(offset, true), what);
  }

  /** @throws ModelError `integer-range` beyond ±(2^53 - 1). */
  i64(offset: number, what: string): number {
    this.check(offset, 8, what);
    return safeInteger(this.view.getInt32(offset + 4, true), this.view.getInt32(offset, true), what);
  }

  /** A view of `size` bytes, without copying. */
  slice(offset: number, size: number, what: string): Uint8Array {
    this.check(offset, size, what);
    return this.bytes.subarray(offset, offset + size);
  }
}

/** The 64-bit integer of two halves. @throws ModelError `integer-range` beyond ±(2^53 - 1). */
function safeInteger(high: number, low: number, what: string): number {
  const number = high * TWO_TO_32 + (low >>> 0);
  if (Number.isSafeInteger(number)) return number;
  const value = BigInt(high) * BigInt(TWO_TO_32) + BigInt(low >>> 0);
  throw new ModelError('integer-range', `${what}: ${value} is beyond ±${Number.MAX_SAFE_INTEGER}; the file is damaged, fetch it again`);
}
