import { describe, expect, it } from 'vitest';
import { packedBytes, packLayout, type SmallLayout } from '../../sdk/runtime/pack/index.ts';

function bytes(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function pack(layout: SmallLayout, raw: ArrayBufferView, scales?: Float32Array): number[] {
  const destination = new Uint8Array(packedBytes(layout)).fill(0xaa);
  packLayout(layout, 'e16', false, bytes(raw), scales && bytes(scales), destination);
  return [...new Float32Array(destination.buffer)];
}

describe('packing of float32 weights', () => {
  it('interleaves panels of 8 columns and fills the last one with zeros', () => {
    const weights = Float32Array.from({ length: 9 * 2 }, (_, index) => index + 1);
    const packed = pack({ kind: 'gemm-f32-weights', columns: 9, depth: 2 }, weights);
    expect(packed).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 2, 4, 6, 8, 10, 12, 14, 16, 17, 0, 0, 0, 0, 0, 0, 0, 18, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('takes weights from any byte offset', () => {
    const raw = new Uint8Array(5).subarray(1);
    raw.set(bytes(Float32Array.of(0.5)));
    expect(pack({ kind: 'gemm-f32-weights', columns: 1, depth: 1 }, raw)).toEqual([0.5, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('turns codes into code * scale of their output, rounded once', () => {
    const codes = Int8Array.of(-128, 3, 127, -1);
    const scales = Float32Array.of(0.1, 0.3);
    const [a, b] = [...scales] as [number, number];
    const packed = pack({ kind: 'gemm-f32-codes', columns: 2, depth: 2, scales: 0 }, codes, scales);
    expect([packed[0], packed[8], packed[1], packed[9]]).toEqual([-128 * a, 3 * a, 127 * b, -b].map(Math.fround));
    const depthwise = pack({ kind: 'dwconv-f32-codes', taps: 2, channels: 2, scales: 0 }, codes, scales);
    expect(depthwise).toEqual([-128 * a, 3 * b, 127 * a, -b].map(Math.fround));
    expect(() => pack({ kind: 'gemm-f32-codes', columns: 2, depth: 2, scales: 0 }, codes)).toThrow(TypeError);
  });
});
