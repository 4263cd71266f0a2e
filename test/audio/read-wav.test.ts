import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OptionError } from '../../sdk/core/errors.ts';
import { MAX_SAMPLES } from '../../sdk/audio/limits.ts';
import { readWav } from '../../sdk/audio/read-wav.ts';
import { assets } from '../assets.ts';
import { pcm16, wavFile } from './wav-file.ts';

function bytesOf(array: Int32Array | Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer);
}

describe('readWav', () => {
  test.each<[string, number, number, Uint8Array, number[]]>([
    ['8-bit PCM', 1, 8, Uint8Array.of(0, 128, 255), [-1, 0, 127 / 128]],
    ['16-bit PCM', 1, 16, pcm16([-1, 0, 0.5, 1]), [-1, 0, 0.5, 32_767 / 32_768]],
    ['24-bit PCM', 1, 24, Uint8Array.of(0, 0, 0x80, 1, 0, 0, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff), [-1, 2 ** -23, 1 - 2 ** -23, -(2 ** -23)]],
    ['32-bit PCM', 1, 32, bytesOf(Int32Array.of(-(2 ** 31), 0, 2 ** 30)), [-1, 0, 0.5]],
    ['32-bit float', 3, 32, bytesOf(Float32Array.of(-1.5, 0.25)), [-1.5, 0.25]],
    ['64-bit float', 3, 64, bytesOf(Float64Array.of(-1, 0.1)), [-1, Math.fround(0.1)]],
  ])('reads %s, also under an extensible header', (_, tag, bits, data, expected) => {
    expect([...readWav(wavFile({ tag, bits, data })).samples]).toEqual(expected);
    expect([...readWav(wavFile({ extensible: tag, bits, data })).samples]).toEqual(expected);
  });

  test('averages the channels and keeps the rate', () => {
    const { samples, sampleRate, channels } = readWav(wavFile({ bits: 16, channels: 2, sampleRate: 44_100, data: pcm16([0.5, 0.25, -1, 0]) }));
    expect({ samples: [...samples], sampleRate, channels }).toEqual({ samples: [0.375, -0.5], sampleRate: 44_100, channels: 2 });
  });

  test('skips other chunks, odd ones with their padding', () => {
    const extra = [{ tag: 'LIST', bytes: Uint8Array.of(1, 2, 3) }, { tag: 'bext', bytes: new Uint8Array(10) }];
    expect(readWav(wavFile({ bits: 16, data: pcm16([0.5]), extra })).samples[0]).toBe(0.5);
  });

  test('reads to the end where the size was unknown when the file was written', () => {
    for (const statedSize of [0xffff_ffff, 0x7fff_ffff, 0x7fff_0000]) {
      const file = wavFile({ bits: 16, data: Uint8Array.of(0, 64, 0, 0), statedSize });
      expect([...readWav(file.subarray(0, -1)).samples]).toEqual([0.5]);
    }
  });

  test('reads to the end where the recorder was cut off before it wrote the sizes', () => {
    const file = wavFile({ bits: 16, data: Uint8Array.of(0, 64, 0, 0), statedSize: 0 });
    for (const statedRest of [0, 36]) {
      new DataView(file.buffer).setUint32(4, statedRest, true);
      expect([...readWav(file.subarray(0, -1)).samples]).toEqual([0.5]);
    }
  });

  test('a view inside a larger buffer is read by its own bytes', () => {
    const file = wavFile({ bits: 16, data: pcm16([0.5, -0.5]) });
    const buffer = new Uint8Array(file.length + 7);
    buffer.set(file, 5);
    expect([...readWav(buffer.subarray(5, 5 + file.length)).samples]).toEqual([0.5, -0.5]);
  });

  const good = wavFile({ bits: 16, data: pcm16([0, 0.5]) });
  const edited = (at: number, ...bytes: number[]): Uint8Array => {
    const copy = good.slice();
    copy.set(bytes, at);
    return copy;
  };
  const emptied = wavFile({ bits: 16, data: new Uint8Array() });
  new DataView(emptied.buffer).setUint32(4, emptied.length + 2, true);
  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /^x\.wav: starts with '' and is no WAV file; convert/],
    ['another file', Uint8Array.from(Buffer.from('OggS            ')), /starts with 'OggS' and is no WAV file/],
    ['big-endian RIFX', edited(3, 0x58), /starts with 'RIFX'/],
    ['a cut file', good.subarray(0, 46), /the 'data' chunk at byte 36 has 4 bytes, the file ends after 2/],
    ['a file cut in its header', good.subarray(0, 30), /the 'fmt ' chunk at byte 12 has 16 bytes, the file ends after 10/],
    ['no data chunk', good.subarray(0, 36), /has no 'data' chunk in 36 bytes/],
    ['data before the format', edited(12, 0x78), /the 'data' chunk comes before the 'fmt ' chunk/],
    ['a compressed format', edited(20, 0x11), /holds format 17 samples of 16 bits; allowed: PCM of 8/],
    ['16-bit float', edited(20, 3), /holds float samples of 16 bits/],
    ['12-bit PCM', edited(34, 12), /holds PCM samples of 12 bits/],
    ['no channel', edited(22, 0), /has 0 channels; allowed: 1 to 32/],
    ['too many channels', edited(22, 33), /has 33 channels/],
    ['a rate of 0', edited(24, 0, 0), /has 0 samples a second; allowed: 1000 to 384000/],
    ['another block size', edited(32, 4), /states 4 bytes for 1 samples of 16 bits/],
    ['half a sample', wavFile({ bits: 16, data: Uint8Array.of(1, 2, 3) }), /has 3 bytes of samples, no multiple of 2/],
    ['no sample', wavFile({ bits: 16, data: new Uint8Array() }), /has no samples/],
    ['no sample before another chunk', Uint8Array.of(...emptied, ...Buffer.from('LIST'), 2, 0, 0, 0, 1, 2), /has no samples/],
    ['a float that is no number', wavFile({ tag: 3, bits: 32, data: bytesOf(Float32Array.of(0, NaN)) }), /sample 1 is NaN; full scale is -1 to 1/],
    ['an endless float', wavFile({ tag: 3, bits: 32, data: bytesOf(Float32Array.of(1e30)) }), /sample 0 is 1\.0/],
    ['an extensible header cut short', edited(20, 0xfe, 0xff), /the extensible 'fmt ' chunk has 16 bytes, 40 are needed/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readWav(bytes, 'x.wav')).toThrow(OptionError);
    expect(() => readWav(bytes, 'x.wav')).toThrow(message);
  });

  test('refuses a path: the file must be read first', () => {
    expect(() => readWav('x.wav' as never)).toThrow("WAV file: found 'x.wav'; must be the bytes of a file as a Uint8Array");
  });

  test('refuses an unknown extensible subtype', () => {
    const bytes = wavFile({ extensible: 1, bits: 16, data: pcm16([0]) });
    bytes[50] = 1;
    expect(() => readWav(bytes)).toThrow(/unknown subtype/);
  });

  test('refuses more samples than fit before it decodes any', () => {
    const data = new Uint8Array(MAX_SAMPLES + 1);
    const header = wavFile({ bits: 8, data: new Uint8Array(), statedSize: data.length });
    const file = new Uint8Array(header.length + data.length);
    file.set(header);
    expect(() => readWav(file)).toThrow(/33554433 samples, at most 33554432 are read/);
  });
});

describe.skipIf(!assets)('real recordings', () => {
  test.each(['yes', 'no'])('%s has one second at 16 kHz', (word) => {
    const bytes = readFileSync(join(assets!, `audio/${word}_1000ms.wav`));
    const { samples, sampleRate, channels } = readWav(bytes);
    expect({ count: samples.length, sampleRate, channels }).toEqual({ count: 16_000, sampleRate: 16_000, channels: 1 });
    const codes = new Int16Array(Uint8Array.from(bytes.subarray(44)).buffer);
    expect(samples.every((sample, n) => sample * 32_768 === codes[n])).toBe(true);
  });
});
