import fc from 'fast-check';
import { encode } from 'flatbuffers/js/flexbuffers.js';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../sdk/core/errors.ts';
import { readFlexMap } from '../../../sdk/formats/tflite/flexbuffer.ts';

describe('readFlexMap', () => {
  it('reads numbers and booleans of any width and skips the rest', () => {
    const values = { small: 5, negative: -3, wide: 70_000, real: 0.1, yes: true, no: false };
    const bytes = new Uint8Array(encode({ ...values, text: 'skipped', list: [1, 2] }));
    expect(Object.fromEntries(readFlexMap(bytes, 'options'))).toEqual(values);
  });

  it('reads maps of bytes', () => {
    expect(Object.fromEntries(readFlexMap(new Uint8Array(encode({ a: 1, b: -1 })), 'options'))).toEqual({ a: 1, b: -1 });
  });

  it('rejects what is no map', () => {
    expect(() => readFlexMap(new Uint8Array(encode([1, 2])), 'operator 3 options')).toThrow(/operator 3 options: custom options of type \d+; allowed: a map/);
    expect(() => readFlexMap(new Uint8Array(), 'options')).toThrow(ModelError);
  });

  it('throws nothing but ModelError for damaged bytes', () => {
    const bytes = new Uint8Array(encode({ small: 5, wide: 70_000, real: 0.1, yes: true }));
    fc.assert(fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(bytes.length), (at, value, length) => {
      const damaged = bytes.slice(0, length);
      damaged[at] = value;
      try {
        readFlexMap(damaged, 'options');
      } catch (error) {
        expect(error).toBeInstanceOf(ModelError);
      }
    }), { seed: 1, numRuns: 500 });
  });
});
