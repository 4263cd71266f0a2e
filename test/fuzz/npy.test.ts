import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DTYPES, viewOf } from '../../sdk/core/dtype.ts';
import { OptionError } from '../../sdk/core/errors.ts';
import { readNpy, writeNpy } from '../../sdk/core/npy.ts';

const runs = process.env['HALFBYTE_FUZZ'] === 'full' ? 20_000 : 1_000;
const seeds = [
  writeNpy({ dtype: 'float32', shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 6]) }),
  writeNpy({ dtype: 'int8', shape: [], data: new Int8Array([1]) }),
  writeNpy({ dtype: 'bool', shape: [4], data: new Uint8Array([0, 1, 1, 0]) }),
];

/** A reader may refuse; it may not fail in any other way, and what it accepts fills the file exactly. */
function readOrRefuse(bytes: Uint8Array): void {
  try {
    const { data } = readNpy(bytes, 'fuzz.npy');
    expect(data.byteLength).toBeLessThanOrEqual(bytes.length);
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError);
  }
}

test('any bytes are read or refused', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), readOrRefuse), { numRuns: runs, seed: 1 });
});

test('mutated files are read or refused', () => {
  const edit = fc.record({ at: fc.nat(200), byte: fc.nat(255) });
  fc.assert(fc.property(fc.constantFrom(...seeds), fc.array(edit, { minLength: 1, maxLength: 6 }), fc.nat(200), (seed, edits, cut) => {
    const bytes = seed.slice(0, seed.length - (cut % 3 === 0 ? cut % seed.length : 0));
    for (const { at, byte } of edits) if (bytes.length > 0) bytes[at % bytes.length] = byte;
    readOrRefuse(bytes);
  }), { numRuns: runs, seed: 2 });
});

test('mutated headers are read or refused', () => {
  const piece = fc.constantFrom(
    `'descr'`, `'shape'`, `'fortran_order'`, ':', ',', '{', '}', '(', ')', '[', 'False', 'True',
    `'<f4'`, `'|u1'`, '1', '99999999999999999999', ' ', '\\', `'`,
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
    const text = new TextEncoder().encode(pieces.join(''));
    readOrRefuse(Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 0xff, text.length >> 8, ...text, 0, 0, 0, 0]));
  }), { numRuns: runs, seed: 3 });
});

test('every tensor of a supported type survives', () => {
  const dtypes = DTYPES.filter((dtype) => dtype !== 'int4' && dtype !== 'uint4');
  fc.assert(fc.property(fc.constantFrom(...dtypes), fc.array(fc.nat(5), { maxLength: 5 }), (dtype, shape) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const data = viewOf(dtype, new ArrayBuffer(count * 8), 0, count);
    expect(readNpy(writeNpy({ dtype, shape, data }), 'x')).toEqual({ dtype, shape, data: data.slice() });
  }), { numRuns: runs / 10, seed: 4 });
});
