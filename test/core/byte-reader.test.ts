import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../sdk/core/byte-reader.ts';
import { ModelError } from '../../sdk/core/errors.ts';

const bytes = Uint8Array.from([0xff, 0x80, 0x01, 0x02, 0x00, 0x00, 0xc0, 0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);

describe('ByteReader', () => {
  const reader = new ByteReader(bytes);

  it('reads little-endian values', () => {
    expect(reader.u8(0, 'x')).toBe(255);
    expect(reader.i8(0, 'x')).toBe(-1);
    expect(reader.u16(0, 'x')).toBe(0x80ff);
    expect(reader.u32(0, 'x')).toBe(0x020180ff);
    expect(reader.i32(8, 'x')).toBe(-1);
    expect(reader.f32(4, 'x')).toBe(1.5);
    expect(reader.i64(8, 'x')).toBe(-1);
  });

  it('refuses integers that a number cannot hold', () => {
    expect(() => reader.u64(8, 'buffer 3 offset')).toThrow(/^buffer 3 offset: 18446744073709551615 is beyond/);
  });

  it('reads up to the last byte and not beyond', () => {
    expect(reader.u8(15, 'x')).toBe(255);
    expect(reader.slice(16, 0, 'x')).toHaveLength(0);
    for (const read of [
      () => reader.u8(16, 'name'), () => reader.i8(-1, 'name'), () => reader.u16(15, 'name'), () => reader.u32(13, 'name'),
      () => reader.i32(2 ** 40, 'name'), () => reader.f32(14, 'name'), () => reader.u64(9, 'name'), () => reader.i64(NaN, 'name'),
      () => reader.slice(8, 9, 'name'), () => reader.slice(0, -1, 'name'),
    ]) {
      expect(read).toThrow(ModelError);
      expect(read).toThrow(/^name: -?\w+ bytes at byte \S+ are outside the file of 16 bytes/);
    }
  });

  it('views a part of a larger buffer, also of a Buffer', () => {
    const part = new ByteReader(Buffer.from(bytes.buffer, 4, 4));
    expect(part.f32(0, 'x')).toBe(1.5);
    expect(() => part.u8(4, 'x')).toThrow(ModelError);
    const slice = part.slice(2, 2, 'x');
    expect(slice.constructor).toBe(Uint8Array);
    expect(slice.buffer).toBe(bytes.buffer);
    expect(slice.byteOffset).toBe(6);
  });
});
