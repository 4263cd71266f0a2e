import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OptionError } from '../../sdk/core/errors.ts';
import { readWav } from '../../sdk/audio/read-wav.ts';
import { wavFile } from '../audio/wav-file.ts';
import { applyEdits, byteEdits } from './byte-edits.ts';

const runs = process.env['HALFBYTE_FUZZ'] === 'full' ? 20_000 : 1_000;
const data = Uint8Array.from({ length: 48 }, (_, at) => Math.imul(at + 1, 2_654_435_761) >>> 24);
const seeds = [
  wavFile({ bits: 8, data }),
  wavFile({ bits: 16, channels: 2, data, extra: [{ tag: 'LIST', bytes: data.subarray(0, 5) }] }),
  wavFile({ bits: 24, extensible: 1, data }),
  wavFile({ bits: 32, tag: 3, data: new Uint8Array(Float32Array.from(data, (byte) => byte / 256).buffer) }),
];

/** A reader may refuse; it may not fail in any other way, and what it gives is no larger than the file. */
function readOrRefuse(bytes: Uint8Array): void {
  try {
    const { samples, sampleRate } = readWav(bytes, 'fuzz.wav');
    expect(samples.length).toBeLessThanOrEqual(bytes.length);
    expect(samples.every(Number.isFinite)).toBe(true);
    expect(sampleRate).toBeGreaterThan(0);
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError);
  }
}

test('any bytes are read or refused', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), readOrRefuse), { numRuns: runs, seed: 1 });
});

test('mutated files are read or refused', () => {
  const structure = Array.from({ length: 44 }, (_, at) => at);
  fc.assert(fc.property(fc.constantFrom(...seeds), byteEdits, (seed, edits) => {
    readOrRefuse(applyEdits(seed, structure, edits));
  }), { numRuns: runs, seed: 2 });
});
