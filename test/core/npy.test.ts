import { describe, expect, test } from 'vitest';
import { viewOf, type DType } from '../../sdk/core/dtype.ts';
import { OptionError } from '../../sdk/core/errors.ts';
import { readNpy, writeNpy } from '../../sdk/core/npy.ts';

/** A file with any header text, as a foreign writer would make it. */
function file(header: string, data: Uint8Array, version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = version === 1 ? [text.length & 0xff, text.length >> 8] : [text.length & 0xff, text.length >> 8, 0, 0];
  return Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, ...length, ...text, ...data]);
}

const float12 = new Uint8Array(new Float32Array([1, 2, 3]).buffer);

describe('npy', () => {
  test.each<DType>(['float32', 'float16', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'bool'])('round trip of %s', (dtype) => {
    for (const shape of [[], [1], [6], [2, 3], [1, 2, 3], [0, 4]]) {
      const count = shape.reduce((a, b) => a * b, 1);
      const data = viewOf(dtype, new ArrayBuffer(count * 8), 0, count);
      new Uint8Array(data.buffer, 0, data.byteLength).forEach((_, at, all) => (all[at] = dtype === 'bool' ? at % 2 : at * 37));
      const back = readNpy(writeNpy({ dtype, shape, data }), 'x.npy');
      expect(back).toEqual({ dtype, shape, data: data.slice() });
    }
  });

  test('writes what numpy.save writes for numpy.arange(3, dtype=float32)', () => {
    const bytes = writeNpy({ dtype: 'float32', shape: [3], data: new Float32Array([0, 1, 2]) });
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }`;
    expect(bytes.length).toBe(128 + 12);
    expect(new TextDecoder('latin1').decode(bytes.subarray(0, 128))).toBe(`\x93NUMPY\x01\x00\x76\x00${header.padEnd(117)}\n`);
  });

  test('reads versions 1 to 3, keys in any order, and an unaligned buffer', () => {
    const header = `{"shape": (3, ), 'descr': '<f4', 'fortran_order': False}\n`;
    for (const version of [1, 2, 3]) {
      const bytes = file(header, float12, version);
      const shifted = new Uint8Array(bytes.length + 1);
      shifted.set(bytes, 1);
      expect([...readNpy(shifted.subarray(1), 'x.npy').data]).toEqual([1, 2, 3]);
    }
    const old = file(`{'descr': '<i1', 'fortran_order': False, 'shape': (1L, 3L)}`, new Uint8Array([1, 2, 255]));
    expect(readNpy(old, 'x').data).toEqual(Int8Array.of(1, 2, -1));
  });

  test.each<[string, Uint8Array, string, RegExp]>([
    ['other magic', new Uint8Array(64), 'broken-npy', /x\.npy: not a \.npy file/],
    ['empty', new Uint8Array(0), 'broken-npy', /not a \.npy file/],
    ['version 9', file('{}', float12, 9), 'unsupported-npy', /version 9/],
    ['truncated data', file(`{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}`, float12.subarray(1)), 'broken-npy', /takes 12 .* has 11/],
    ['trailing data', file(`{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}`, float12), 'broken-npy', /takes 8 bytes/],
    ['truncated header', file(`{'descr': '<f4', }`, float12).subarray(0, 14), 'broken-npy', /ends inside its header/],
    ['column-major', file(`{'descr': '<f4', 'fortran_order': True, 'shape': (3,)}`, float12), 'unsupported-npy', /ascontiguousarray/],
    ['objects', file(`{'descr': '|O', 'fortran_order': False, 'shape': (3,)}`, float12), 'unsupported-npy', /'\|O' is not one of/],
    ['float64', file(`{'descr': '<f8', 'fortran_order': False, 'shape': (3,)}`, float12), 'unsupported-npy', /astype\(numpy\.float32\)/],
    ['big-endian', file(`{'descr': '>f4', 'fortran_order': False, 'shape': (3,)}`, float12), 'unsupported-npy', /little-endian/],
    ['structured', file(`{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}`, float12), 'unsupported-npy', /structured/],
    ['no shape', file(`{'descr': '<f4', 'fortran_order': False}`, float12), 'broken-npy', /shape/],
    ['negative extent', file(`{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}`, float12), 'broken-npy', /no Python dictionary/],
    ['huge extent', file(`{'descr': '<f4', 'fortran_order': False, 'shape': (0, 99999999999, 9999999999)}`, float12), 'broken-npy', /too large/],
    ['no order', file(`{'descr': '<f4', 'shape': (3,)}`, float12), 'unsupported-npy', /column-major/],
    ['code after the dictionary', file(`{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}; x`, float12), 'broken-npy', /after its dictionary/],
    ['bool 2', file(`{'descr': '|b1', 'fortran_order': False, 'shape': (1,)}`, new Uint8Array([2])), 'broken-npy', /neither 0 nor 1/],
  ])('refuses %s', (_, bytes, code, message) => {
    expect(() => readNpy(bytes, 'x.npy')).toThrow(message);
    expect(() => readNpy(bytes, 'x.npy')).toThrow(expect.objectContaining({ code, name: 'OptionError' }));
  });

  test('the stated header length is bounded before anything is read', () => {
    const bytes = Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 0xff, 0xff, 0xff, 0xff, 0x7b]);
    expect(() => readNpy(bytes, 'x.npy')).toThrow(/4294967295 bytes, at most 10000/);
  });

  test('refuses to write what the format lacks or data of another size', () => {
    expect(() => writeNpy({ dtype: 'int4', shape: [2], data: new Uint8Array(1) })).toThrow(OptionError);
    expect(() => writeNpy({ dtype: 'int8', shape: [2], data: new Int8Array(3) })).toThrow(/needs 2 bytes, got 3/);
  });
});
