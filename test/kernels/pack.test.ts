import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Kernel } from '../../kernels/abi.ts';
import { instantiateKernels } from '../../sdk/runtime/instantiate.ts';
import { kernelModule } from '../../sdk/runtime/kernels.ts';
import { packs } from '../../sdk/runtime/pack/formats.ts';
import { packable, packedBytes, packLayout } from '../../sdk/runtime/pack/index.ts';
import { DOT_VARIANTS } from '../../sdk/runtime/pack/types.ts';
import { packWeights, stagingBytes, weightPacking, type WeightLayout } from '../../sdk/runtime/pack/weights.ts';

const DESTINATION = 4096;
const STAGING = 65536;
const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
const kernels = instantiateKernels(kernelModule('baseline'), memory);

function bytes(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

describe.each(DOT_VARIANTS)('packing for %s', (variant) => {
  function pack(layout: WeightLayout, raw: ArrayBufferView, spare = 0): { packed: number[]; sums: number[] } {
    const packing = weightPacking(layout, variant);
    const staging = { address: STAGING, bytes: stagingBytes(packing, raw.byteLength) + spare };
    const all = new Uint8Array(memory.buffer);
    all.fill(0xaa);
    const sums = packWeights(kernels[Kernel[packing.kernel]]!, memory.buffer, packing, bytes(raw), DESTINATION, staging);
    expect(all.subarray(DESTINATION + packing.bytes, STAGING).every((byte) => byte === 0xaa)).toBe(true);
    expect(all.subarray(STAGING + staging.bytes).every((byte) => byte === 0xaa)).toBe(true);
    const { bytes: length } = packing;
    const packed = packs[variant].elementBytes === 2 ? new Int16Array(memory.buffer, DESTINATION, length / 2) : new Int8Array(memory.buffer, DESTINATION, length);
    return { packed: [...packed], sums: [...sums] };
  }

  it('puts every weight where its dot product reads it, whatever the staging holds at once', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.boolean(), fc.nat(800), (outputs, terms, depthwise, spare) => {
      const layout = depthwise
        ? { kind: 'dwconv-weights', taps: terms, channels: outputs } as const
        : { kind: 'gemm-weights', columns: outputs, depth: terms } as const;
      const weights = Int8Array.from({ length: outputs * terms }, (_, i) => (i * 37) % 255 - 127);
      const weightOf = (output: number, term: number): number => weights[depthwise ? term * outputs + output : output * terms + term]!;
      const { panel, group, order } = depthwise ? packs[variant].dwconv : packs[variant].gemm;
      const sources = order(terms);
      const expected = Array.from({ length: Math.ceil(outputs / panel) }, (_, p) => (
        Array.from({ length: sources.length / group }, (_, g) => Array.from({ length: panel }, (_, o) => sources.slice(g * group, (g + 1) * group).map((term) => (
          term < 0 || p * panel + o >= outputs ? 0 : weightOf(p * panel + o, term)
        ))))
      )).flat(3);
      const { packed, sums } = pack(layout, weights, spare);
      expect(packed).toEqual(expected);
      expect(sums).toEqual(Array.from({ length: outputs }, (_, o) => Array.from({ length: terms }, (_, t) => weightOf(o, t)).reduce((a, b) => a + b, 0)));
    }));
  });

  it('folds the input zero point, and the flip of activations for rd only', () => {
    const sums = Int32Array.of(2, 300);
    const bias = Int32Array.from([10, -20]);
    const flip = variant === 'rd' ? 128 : 0;
    const destination = new Uint8Array(packedBytes({ kind: 'gemm-scale', columns: 2 })).fill(0xaa);
    for (const unsignedSecond of [false, true]) {
      const shift = 5 + (unsignedSecond ? flip : 0);
      const layout = { kind: 'gemm-bias', columns: 2, depth: 3, weights: 0, inputZeroPoint: 5 } as const;
      packLayout(layout, variant, unsignedSecond, bytes(bias), sums, destination);
      expect([...new Int32Array(destination.buffer)]).toEqual([10 - shift * 2, -20 - shift * 300, 0, 0, 0, 0, 0, 0]);
    }
    const depthwise = new Uint8Array(packedBytes({ kind: 'dwconv-scale', channels: 2 }));
    packLayout({ kind: 'dwconv-bias', taps: 3, channels: 2, weights: 0, inputZeroPoint: -4 }, variant, false, bytes(bias), sums, depthwise);
    expect([...new Int32Array(depthwise.buffer, 0, 2)]).toEqual([10 + 4 * 2, -20 + 4 * 300]);
  });

  it('takes constants from any byte offset', () => {
    const raw = new Uint8Array(11).subarray(3);
    raw.set(bytes(Float32Array.from([0.5, 0.25])));
    const destination = new Uint8Array(packedBytes({ kind: 'gemm-scale', columns: 2 }));
    packLayout({ kind: 'gemm-scale', columns: 2 }, variant, false, raw, undefined, destination);
    expect([...new Float32Array(destination.buffer)]).toEqual([0.5, 0.25, 0, 0, 0, 0, 0, 0]);
  });

  it('takes uint8 codes less their zero point, where they exceed 127 with d16 only', () => {
    const codes = Uint8Array.from([73, 200, 200, 254]);
    const layout = { kind: 'dwconv-weights', taps: 2, channels: 2, unsignedZeroPoint: 200 } as const;
    expect(packable(layout, variant, codes, false)).toBe(true);
    expect(packable(layout, variant, Uint8Array.from([72, 200, 200, 254]), true)).toBe(variant === 'd16');
    const depthwise = pack(layout, codes);
    expect(depthwise.packed.filter((weight) => weight !== 0).sort((a, b) => a - b)).toEqual([-127, 54]);
    expect(depthwise.sums).toEqual([-127, 54]);
    const dense = { kind: 'gemm-weights', columns: 2, depth: 2, unsignedZeroPoint: 200 } as const;
    const { packed, sums } = pack(dense, codes);
    expect(packed[0]).toBe(variant === 'd16' ? 73 - 200 : 73 - 128);
    expect(sums).toEqual([-127, 54]);
  });

  it('leaves to d16 what other dot products cannot take', () => {
    const layout = { kind: 'dwconv-weights', channels: 1, taps: 2 } as const;
    expect(packable(layout, variant, bytes(Int8Array.from([-127, 127])), false)).toBe(true);
    expect(packable(layout, variant, bytes(Int8Array.from([-128, 127])), false)).toBe(variant === 'd16');
    expect(packable(layout, variant, bytes(Int8Array.from([-128, 127])), true)).toBe(variant !== 'e16');
    expect(packable({ kind: 'raw' }, variant, bytes(Int8Array.from([-128])), false)).toBe(true);
  });

  it.each([
    // The terms of a row that are -128, and the dot products whose sums in 16 bits they overflow.
    [[0, 1], ['rd']], [[1, 2], []], [[0, 8], ['e16']], [[7, 15], ['e16']], [[8, 16], []], [[0, 3, 4, 9], []], [[18, 19], ['rd']], [[19, 20], []],
  ])('takes weights of -128 at terms %j but for %j', (terms, but) => {
    const depth = 20;
    const row = (least: number): Uint8Array => {
      const raw = new Uint8Array(2 * depth).fill(least + 1);
      for (const term of terms) raw[term] = least;
      return raw;
    };
    const layout = { kind: 'gemm-weights', columns: 2, depth } as const;
    for (const unsignedSecond of [false, true]) {
      const expected = !but.includes(variant) || (variant === 'rd' && unsignedSecond);
      expect(packable(layout, variant, row(0x80), unsignedSecond)).toBe(expected);
      expect(packable({ ...layout, unsignedZeroPoint: 200 }, variant, row(0), unsignedSecond)).toBe(expected);
    }
  });
});
