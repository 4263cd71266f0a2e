import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { detectFormat, formats } from '../../sdk/formats/index.ts';
import { fixtureModels } from '../models.ts';

describe('detectFormat', () => {
  it('finds TFLite by its file identifier', () => {
    for (const { path, name } of fixtureModels) expect(detectFormat(readFileSync(path), name).name).toBe('tflite');
  });

  it('lists the known formats for anything else', () => {
    const known = formats.map(({ name }) => name).join(', ');
    expect(() => detectFormat(new Uint8Array(0), 'a.bin')).toThrow(`a.bin: the file is empty; known formats: ${known}`);
    expect(() => detectFormat(Uint8Array.from([0x47, 0x49, 0x46]), 'a.gif'))
      .toThrow(`a.gif: unknown model format (first bytes 47 49 46); known formats: ${known}`);
    expect(() => detectFormat(new TextEncoder().encode('....TFL'), 'short')).toThrow(expect.objectContaining({ code: 'unknown-format' }));
  });
});
