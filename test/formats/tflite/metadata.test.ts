import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../sdk/core/errors.ts';
import { readTflite } from '../../../sdk/formats/tflite/read.ts';
import { writeMetadata } from '../../../scripts/fixtures/write-tflite.mjs';
import { assets } from '../../assets.ts';
import { applyEdits, byteEdits } from '../../fuzz/byte-edits.ts';
import { metadataOf, modelWith, normalization, zipOf, type ZipEntry } from './model-with-metadata.ts';
import { editedModel } from './tiny-model.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const labelled = (name: string, type = 2) => metadataOf({}, { associated_files: [{ name: 'calibration.txt', type: 4 }, { name, type }] });
const read = (bytes: Uint8Array) => readTflite(bytes, 'tiny.tflite').metadata;
const archive = (entries: readonly ZipEntry[], comment = '') => (before: number) => zipOf(entries, before, comment);
const labels: ZipEntry = { name: 'labels.txt', data: text('cat\r\ndog\n bird \n') };

describe('metadata', () => {
  it('gives the labels of the output, one a line', () => {
    for (const type of [2, 3]) {
      expect(read(modelWith(labelled('labels.txt', type), archive([{ name: 'other.txt', data: text('x') }, labels]))))
        .toEqual({ inputs: [{}], outputs: [{ labels: ['cat', 'dog', 'bird'] }] });
    }
  });

  it('finds archives with offsets from the file or from the archive, and with a comment', () => {
    for (const zip of [archive([labels]), () => zipOf([labels], 0), archive([labels], 'made by hand')]) {
      expect(read(modelWith(labelled('labels.txt'), zip))?.outputs[0]?.labels).toHaveLength(3);
    }
  });

  it('prefers labels for all languages', () => {
    const files = [{ name: 'de.txt', type: 2, locale: 'de' }, { name: 'labels.txt', type: 2 }];
    const zip = archive([{ name: 'de.txt', data: text('Katze') }, labels]);
    expect(read(modelWith(metadataOf({}, { associated_files: files }), zip))?.outputs[0]?.labels?.[0]).toBe('cat');
    expect(read(modelWith(metadataOf({}, { associated_files: files.slice(0, 1) }), zip))?.outputs[0]?.labels).toEqual(['Katze']);
  });

  it('gives the normalization of the input', () => {
    expect(read(modelWith(metadataOf(normalization([127.5], [127.5]), {})))).toEqual({
      inputs: [{ normalization: { mean: [127.5], std: [127.5] } }], outputs: [{}],
    });
  });

  it('replaces control characters, which would reach terminals', () => {
    const zip = archive([{ name: 'labels.txt', data: text('a\u001b[2Jb\nc') }]);
    expect(read(modelWith(labelled('labels.txt'), zip))?.outputs[0]?.labels).toEqual(['a\ufffd[2Jb', 'c']);
  });

  it('is absent where the file has none, or of another schema', () => {
    expect(read(editedModel(() => undefined))).toBeUndefined();
    const other = writeMetadata(metadataOf({}, {}));
    other.set(text('M999'), 4);
    expect(read(modelWith(other))).toBeUndefined();
    expect(read(modelWith({ name: 'empty' }))).toBeUndefined();
  });

  it('labels are absent where their file is missing', () => {
    expect(read(modelWith(labelled('labels.txt')))).toEqual({ inputs: [{}], outputs: [{}] });
    expect(read(modelWith(labelled('labels.txt'), archive([{ name: 'x', data: text('a') }])))?.outputs).toEqual([{}]);
    expect(read(modelWith({ subgraph_metadata: [{}] }, archive([labels])))).toEqual({ inputs: [{}], outputs: [{}] });
  });

  it.each<[string, () => Uint8Array, string, RegExp]>([
    ['a compressed label file', () => modelWith(labelled('labels.txt'), archive([{ ...labels, method: 8 }])), 'unsupported-zip', /associated file "labels.txt": is compressed by method 8; allowed is 0/],
    ['a damaged directory', () => {
      const bytes = modelWith(labelled('labels.txt'), archive([labels]));
      bytes[bytes.length - 22 - 46 - labels.name.length]! ^= 1;
      return bytes;
    }, 'invalid-zip', /zip entry 0: no header at byte \d+/],
    ['a file outside', () => {
      const bytes = modelWith(labelled('labels.txt'), archive([labels]));
      new DataView(bytes.buffer).setUint32(bytes.length - 22 - 46 - labels.name.length + 20, 1e9, true);
      return bytes;
    }, 'truncated', /1000000000 bytes at byte/],
    ['a directory that starts before the file', () => {
      const bytes = modelWith(labelled('labels.txt'), archive([labels]));
      new DataView(bytes.buffer).setUint32(bytes.length - 10, 1e9, true);
      return bytes;
    }, 'invalid-zip', /directory of 1000000000 bytes/],
    ['too many labels', () => modelWith(labelled('labels.txt'), archive([{ name: 'labels.txt', data: new Uint8Array(2 ** 22 + 1) }])), 'too-large', /more than 4194304 bytes/],
    ['a std of 0', () => modelWith(metadataOf(normalization([0], [0]), {})), 'invalid-metadata', /std \[0\]; allowed are finite numbers, std above 0/],
    ['a mean that is no number', () => modelWith(metadataOf(normalization([NaN], [1]), {})), 'invalid-metadata', /mean \[NaN\]/],
    ['a missing std', () => modelWith(metadataOf(normalization([1], []), {})), 'invalid-metadata', /std \[\]/],
    ['a missing buffer', () => editedModel(({ model }) => { model.metadata = [{ name: 'TFLITE_METADATA', buffer: 99 }]; }), 'invalid-metadata', /buffer 99 of 4/],
    ['cut metadata', () => modelWith(writeMetadata(labelled('labels.txt')).subarray(0, 40)), 'truncated', /metadata/],
  ])('refuses %s', (_, bytes, code, message) => {
    let caught: unknown;
    try {
      read(bytes());
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(ModelError);
    expect(caught).toMatchObject({ code, message: expect.stringMatching(message) });
    expect((caught as ModelError).message).toMatch(/^tiny\.tflite: metadata/);
  });

  it('changed bytes give metadata within bounds or a ModelError', () => {
    const many = metadataOf(normalization([1, 2, 3], [1, 2, 3]), { associated_files: Array.from({ length: 20 }, (_, at) => ({ name: `${at}.txt`, type: 2, locale: 'x' })) });
    const before = modelWith(many).length;
    const bytes = modelWith(many, archive(Array.from({ length: 20 }, (_, at) => ({ name: `${at}.txt`, data: text('a\nb\nc') }))));
    const structure = Array.from({ length: bytes.length }, (_, at) => at).filter((at) => at > before - 1200);
    const outcomes = { read: 0, refused: 0 };
    fc.assert(fc.property(byteEdits, (edits) => {
      try {
        const found = read(applyEdits(bytes, structure, edits));
        outcomes.read++;
        expect(JSON.stringify(found ?? null).length).toBeLessThan(4 * bytes.length);
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        outcomes.refused++;
      }
    }), { numRuns: 1500, seed: 7 });
    expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(100);
  });
});

describe.skipIf(!assets)('metadata of real models', () => {
  it.each<[string, number, string]>([
    ['coco_ssd_mobilenet_v1_quant', 90, 'person'], ['mobilenet_v2_1.0_224_quant', 1001, 'background'], ['sentiment_embedding_float', 2, 'Negative'],
  ])('%s', (name, count, first) => {
    const { metadata } = readTflite(new Uint8Array(readFileSync(join(assets!, `models/${name}.tflite`))), name);
    const found = metadata?.outputs.find((output) => output.labels)?.labels;
    expect([found?.length, found?.[0]]).toEqual([count, first]);
    if (name !== 'sentiment_embedding_float') expect(metadata?.inputs[0]?.normalization).toEqual({ mean: [127.5], std: [127.5] });
  });
});
