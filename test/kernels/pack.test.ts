import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packable, packedBytes, packLayout, packs } from '../../sdk/runtime/pack/index.ts';
import { DOT_VARIANTS } from '../../sdk/runtime/pack/types.ts';

function bytes(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

describe.each(DOT_VARIANTS)('packing for %s', (variant) => {
  it('keeps every weight once and fills the rest with zeros', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.boolean(), (outputs, terms, depthwise) => {
      const layout = depthwise
        ? { kind: 'dwconv-weights', taps: terms, channels: outputs } as const
        : { kind: 'gemm-weights', columns: outputs, depth: terms } as const;
      const weights = Int8Array.from({ length: outputs * terms }, (_, i) => (i % 127) + 1);
      const destination = new Uint8Array(packedBytes(layout, variant)).fill(0xaa);
      packLayout(layout, variant, true, bytes(weights), undefined, destination);
      const packed = packs[variant].elementBytes === 2 ? new Int16Array(destination.buffer) : new Int8Array(destination.buffer);
      expect([...packed].filter((weight) => weight !== 0).sort((a, b) => a - b)).toEqual([...weights].sort((a, b) => a - b));
    }));
  });

  it('folds the input zero point, and the flip of activations for rd only', () => {
    const weights = Int8Array.from([1, -2, 3, 100, 100, 100]);
    const bias = Int32Array.from([10, -20]);
    const flip = variant === 'rd' ? 128 : 0;
    const destination = new Uint8Array(packedBytes({ kind: 'gemm-scale', columns: 2 }, variant)).fill(0xaa);
    for (const unsignedSecond of [false, true]) {
      const shift = 5 + (unsignedSecond ? flip : 0);
      const layout = { kind: 'gemm-bias', columns: 2, depth: 3, weights: 0, inputZeroPoint: 5 } as const;
      packLayout(layout, variant, unsignedSecond, bytes(bias), bytes(weights), destination);
      expect([...new Int32Array(destination.buffer)]).toEqual([10 - shift * 2, -20 - shift * 300, 0, 0, 0, 0, 0, 0]);
    }
    const depthwise = new Uint8Array(packedBytes({ kind: 'dwconv-scale', channels: 2 }, variant));
    packLayout({ kind: 'dwconv-bias', taps: 3, channels: 2, weights: 0, inputZeroPoint: -4 }, variant, false, bytes(bias), bytes(weights), depthwise);
    expect([...new Int32Array(depthwise.buffer, 0, 2)]).toEqual([10 + 4 * 104, -20 + 4 * 198]);
  });

  it('takes constants from any byte offset', () => {
    const raw = new Uint8Array(11).subarray(3);
    raw.set(bytes(Float32Array.from([0.5, 0.25])));
    const destination = new Uint8Array(packedBytes({ kind: 'gemm-scale', columns: 2 }, variant));
    packLayout({ kind: 'gemm-scale', columns: 2 }, variant, false, raw, undefined, destination);
    expect([...new Float32Array(destination.buffer)]).toEqual([0.5, 0.25, 0, 0, 0, 0, 0, 0]);
  });

  it('takes uint8 codes less their zero point, where they exceed 127 with d16 only', () => {
    const codes = Uint8Array.from([73, 200, 200, 254]);
    const layout = { kind: 'dwconv-weights', taps: 2, channels: 2, unsignedZeroPoint: 200 } as const;
    expect(packable(layout, variant, codes, false)).toBe(true);
    expect(packable(layout, variant, Uint8Array.from([72, 200, 200, 254]), true)).toBe(variant === 'd16');
    const destination = new Uint8Array(packedBytes(layout, variant));
    packLayout(layout, variant, false, codes, undefined, destination);
    const packed = packs[variant].elementBytes === 2 ? new Int16Array(destination.buffer) : new Int8Array(destination.buffer);
    expect([...packed].filter((weight) => weight !== 0).sort((a, b) => a - b)).toEqual([-127, 54]);
    const dense = { kind: 'gemm-weights', columns: 2, depth: 2, unsignedZeroPoint: 200 } as const;
    expect(packable(dense, variant, Uint8Array.of(0, 1, 200, 255), false)).toBe(variant === 'd16');
    expect(packable(dense, variant, Uint8Array.of(0, 1, 200, 255), true)).toBe(variant !== 'e16');
    const matrix = new Uint8Array(packedBytes(dense, variant));
    packLayout(dense, variant, false, codes, undefined, matrix);
    const [first] = packs[variant].elementBytes === 2 ? new Int16Array(matrix.buffer) : new Int8Array(matrix.buffer);
    expect(first).toBe(variant === 'd16' ? 73 - 200 : 73 - 128);
    const folded = new Uint8Array(packedBytes({ kind: 'gemm-scale', columns: 2 }, variant));
    packLayout({ kind: 'gemm-bias', columns: 2, depth: 2, weights: 0, inputZeroPoint: 3, unsignedZeroPoint: 200 }, variant, false, bytes(Int32Array.of(1, 2)), codes, folded);
    expect([...new Int32Array(folded.buffer, 0, 2)]).toEqual([1 + 3 * 127, 2 - 3 * 54]);
  });

  it('takes weights of -128 with d16, and rd where its second operand is unsigned', () => {
    const layout = { kind: 'gemm-weights', columns: 1, depth: 2 } as const;
    expect(packable(layout, variant, bytes(Int8Array.from([-127, 127])), false)).toBe(true);
    expect(packable(layout, variant, bytes(Int8Array.from([-128, 127])), false)).toBe(variant === 'd16');
    expect(packable(layout, variant, bytes(Int8Array.from([-128, 127])), true)).toBe(variant !== 'e16');
    expect(packable({ kind: 'raw' }, variant, bytes(Int8Array.from([-128])), false)).toBe(true);
  });
});
