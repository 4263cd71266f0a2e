import { describe, expect, it } from 'vitest';
import { xorshift } from '../xorshift.ts';
import { machineOf, modules, randomCodes, requantized, rounding, type Field } from './harness.ts';

const COUNTS = [1, 3, 4, 7, 8, 9, 15, 16, 17, 33, 100, 1031];
const splat = (kind: 'i8' | 'i32' | 'f32', value: number): Field => ({ splat: kind, value });

describe.each(modules)('kernels on single codes, %s module', (name) => {
  const machine = machineOf(name);

  it('lookup_x8 takes every code from the table, rows apart where asked', () => {
    const table = Uint8Array.from({ length: 256 }, (_, code) => (code * 7 + 3) & 255);
    for (const count of COUNTS) {
      const input = randomCodes(count, xorshift(count));
      for (const [block, stride] of [[16, 16], [5, 5], [count, count], [3, 8]] as const) {
        const rows = Math.ceil(count / block);
        const fields: Record<string, Field> = {
          INPUT: { bytes: input }, OUTPUT: 'output', TABLE: { bytes: table }, COUNT: count, BLOCK: block, OUTPUT_STRIDE: stride,
        };
        const outputBytes = (rows - 1) * stride + count - (rows - 1) * block;
        const output = machine.run({ kernel: 'lookup_x8', params: 'LookupParams', fields, outputBytes, scratchBytes: 0, units: rows }, [1, 3]);
        input.forEach((code, at) => expect(output[Math.floor(at / block) * stride + (at % block)]).toBe(table[code & 255]));
      }
    }
  });

  it('flip_x8 inverts the bits of the mask, in place too', () => {
    for (const count of COUNTS) {
      const input = randomCodes(count, xorshift(count));
      const fields: Record<string, Field> = { INPUT: { bytes: input }, OUTPUT: 'output', COUNT: count, BLOCK: 32, MASK: splat('i8', -128) };
      const call = { kernel: 'flip_x8', params: 'FlipParams', fields, outputBytes: count, scratchBytes: 16, units: Math.ceil(count / 32) } as const;
      const expected = Uint8Array.from(input, (code) => (code ^ 0x80) & 255);
      expect(machine.run(call, [1])).toEqual(expected);
      expect(machine.run({ ...call, inPlaceOf: 'INPUT' }, [1])).toEqual(expected);
    }
  });

  it('quantize_f32_qs8 and dequantize_qs8_f32 equal float32 arithmetic', () => {
    for (const count of COUNTS) {
      const random = xorshift(count);
      const reals = Float32Array.from({ length: count }, () => ((random() % 4001) - 2000) / 8);
      reals[0] = NaN;
      const scale = Math.fround(1 / 0.7);
      for (const [zeroPoint, flip] of [[17, 0], [-100, -128]] as const) {
        const fields: Record<string, Field> = {
          INPUT: { bytes: reals }, OUTPUT: 'output', COUNT: count, BLOCK: 48, SCALE: splat('f32', scale), FLIP: splat('i8', flip),
          LEAST: splat('f32', -128 - zeroPoint), MOST: splat('f32', 127 - zeroPoint), MAGIC: splat('f32', 12582912), OFFSET: splat('i32', 0x4b400000 - zeroPoint),
        };
        const units = Math.ceil(count / 48);
        const codes = machine.run({ kernel: 'quantize_f32_qs8', params: 'QuantizeParams', fields, outputBytes: count, scratchBytes: 16, units }, [1]);
        const expected = Uint8Array.from(reals, (real) => (
          (requantized(Math.max(-128 - zeroPoint, Math.min(127 - zeroPoint, Number.isNaN(real) ? -Infinity : Math.fround(real * scale))), 1, zeroPoint, -128, 127) ^ flip) & 255));
        expect(codes, `${count}`).toEqual(expected);
        const back: Record<string, Field> = {
          INPUT: { bytes: codes }, OUTPUT: 'output', COUNT: count, BLOCK: 48, SCALE: splat('f32', Math.fround(0.7)), ZERO: splat('i32', zeroPoint), FLIP: splat('i8', flip),
        };
        const values = machine.run({ kernel: 'dequantize_qs8_f32', params: 'DequantizeParams', fields: back, outputBytes: count * 4, scratchBytes: 32, units }, [1]);
        const signed = new Int8Array(codes.map((code) => code ^ flip).buffer);
        expect(new Float32Array(values.buffer)).toEqual(Float32Array.from(signed, (code) => (code - zeroPoint) * Math.fround(0.7)));
      }
    }
  });

  it('avgpool2d_qs8 adds LIFT to every tap, and BIAS to the product in float32', () => {
    const input = randomCodes(4 * 19, xorshift(9));
    const fields: Record<string, Field> = {
      INPUT: { bytes: input }, OUTPUT: 'output', CHANNELS: 19, INPUT_HEIGHT: 4, INPUT_WIDTH: 1, OUTPUT_HEIGHT: 1, OUTPUT_WIDTH: 1, KERNEL_HEIGHT: 4,
      KERNEL_WIDTH: 1, STRIDE_HEIGHT: 1, STRIDE_WIDTH: 1, PAD_TOP: 0, PAD_LEFT: 0, LIFT: -33, RECIPROCALS: { bytes: Float32Array.of(0, 1, 1, 1, 0.21) },
      BIAS: splat('f32', 0.375), ...rounding(8, -128, 127),
    };
    const output = machine.run({ kernel: 'avgpool2d_qs8', params: 'Pool2dParams', fields, outputBytes: 19, scratchBytes: 16, units: 1 });
    const sums = Array.from({ length: 19 }, (_, c) => [0, 1, 2, 3].reduce((sum, tap) => sum + input[tap * 19 + c]! - 33, 0));
    const expected = Int8Array.from(sums, (sum) => requantized(Math.fround(Math.fround(sum * Math.fround(0.21)) + 0.375), 1, 8, -128, 127));
    expect(new Int8Array(output.buffer)).toEqual(expected);
  });
});
