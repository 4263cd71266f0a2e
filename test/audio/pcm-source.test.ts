import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { OptionError } from '../../sdk/core/errors.ts';
import { PcmSource, type PcmSourceOptions } from '../../sdk/audio/pcm-source.ts';
import { noise } from './sounds.ts';
import { pcm16 } from './wav-file.ts';

async function chunks(bytes: Uint8Array, pieceBytes: number, options: PcmSourceOptions): Promise<number[][]> {
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, at) => bytes.slice(at * pieceBytes, (at + 1) * pieceBytes));
  const found: number[][] = [];
  for await (const { samples, gap } of new PcmSource(Readable.from(pieces), options)) {
    expect(gap).toBe(false);
    found.push([...samples]);
  }
  return found;
}

describe('PcmSource', () => {
  test('gives chunks of one size, whatever the pieces; the last may be shorter', async () => {
    const samples = noise(23);
    for (const pieceBytes of [1, 3, 7, 16, 100]) {
      const found = await chunks(pcm16(samples), pieceBytes, { chunkSamples: 8 });
      expect(found.map((chunk) => chunk.length)).toEqual([8, 8, 7]);
      expect(found.flat()).toEqual([...samples]);
    }
  });

  test('averages channels and drops a sample that is cut', async () => {
    expect(await chunks(Uint8Array.of(...pcm16([0.5, 0, -0.5, 0.25]), 9), 4, { channels: 2, chunkSamples: 1 })).toEqual([[0.25], [-0.125]]);
  });

  test('reads floats and refuses those that are no numbers', async () => {
    expect(await chunks(new Uint8Array(Float32Array.of(0.5, 2).buffer), 3, { format: 'f32' })).toEqual([[0.5, 2]]);
    await expect(chunks(new Uint8Array(Float32Array.of(Infinity).buffer), 4, { format: 'f32' })).rejects.toThrow(/PcmSource: sample 0 is Infinity/);
  });

  test('refuses what is no stream of bytes', async () => {
    for (const stream of [undefined, 'file.raw', Buffer.alloc(640)]) expect(() => new PcmSource(stream as never)).toThrow(/must be a stream of bytes/);
    for (const piece of ['text', new ArrayBuffer(640), new Int16Array(320)]) {
      await expect(new PcmSource(Readable.from([piece]) as never)[Symbol.asyncIterator]().next()).rejects.toThrow(/must be bytes as Uint8Array/);
    }
  });

  test('refuses wrong options', () => {
    const empty = Readable.from([]);
    for (const options of [{ channels: 0 }, { sampleRate: 10 }, { chunkSamples: 1.5 }, { format: 's8' }, { rate: 8000 }]) {
      expect(() => new PcmSource(empty, options as PcmSourceOptions)).toThrow(OptionError);
    }
    expect(new PcmSource(empty, { sampleRate: 8000 }).sampleRate).toBe(8000);
  });
});
