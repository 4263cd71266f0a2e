import { symlinkSync, unlinkSync, writeFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../sdk/core/errors.ts';
import { describeVariant } from '../../sdk/variants/describe-variant.ts';
import { variantCosts } from '../../sdk/variants/costs.ts';
import { readVariant, readVariants } from '../../sdk/variants/directory.ts';
import { MANIFEST_BYTES, parseManifest } from '../../sdk/variants/manifest.ts';
import { COLOUR, GREY, variantsIn, type Row } from './directory.ts';

const runs = process.env['HALFBYTE_FUZZ'] === 'full' ? 20_000 : 500;
const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const manifest = (change: object = {}): object => ({ format: 1, variants: [{ ...GREY.row, ...change }] });
const parse = (value: unknown) => parseManifest(bytesOf(value), 'variants.json');

function readOrRefuse(bytes: Uint8Array): void {
  try {
    for (const { file } of parseManifest(bytes, 'fuzz')) expect(join('/models', file).startsWith('/models/')).toBe(true);
  } catch (error) {
    expect(error).toBeInstanceOf(ModelError);
    expect((error as Error).message.length).toBeLessThan(400);
  }
}

describe('manifest', () => {
  it('comes back as it was written', () => {
    const row: Row = { ...GREY.row, latency: [{ board: 'raspberry-pi-5', seconds: [0.02, 0.012] }] };
    expect(parse({ format: 1, variants: [row, COLOUR.row] })).toEqual([row, COLOUR.row]);
  });

  it.each([
    ['an unknown field', { speed: 1 }, /speed/],
    ['an unknown precision', { precision: 'int3' }, /variants\.0\.precision.*"int8"/],
    ['an accuracy in percent', { accuracy: { value: 70, measuredOn: 'x' } }, /accuracy\.value/],
    ['an accuracy of unknown origin', { accuracy: { value: 0.7 } }, /measuredOn/],
    ['a hash in capitals', { sha256: 'A'.repeat(64) }, /sha256/],
    ['no bytes', { bytes: 0 }, /bytes/],
    ['a name for a path', { name: '../x' }, /name/],
    ['a path out of the directory', { file: 'a/../../x' }, /file: must be a path inside/],
    ['an absolute path', { file: '/etc/passwd' }, /inside/],
    ['a drive', { file: 'C:x' }, /inside/],
    ['a latency of nothing', { latency: [{ board: 'x', seconds: [0] }] }, /seconds/],
    ['a board twice', { latency: [{ board: 'x', seconds: [1] }, { board: 'x', seconds: [2] }] }, /board twice/],
  ])('refuses %s', (_, change, message) => {
    expect(() => parse(manifest(change))).toThrow(expect.objectContaining({ name: 'ModelError', code: 'broken-manifest' }));
    expect(() => parse(manifest(change))).toThrow(message);
  });

  it('refuses two variants of one name, none, another format, other text and too much of it', () => {
    expect(() => parse({ format: 1, variants: [GREY.row, GREY.row] })).toThrow(/same name/);
    expect(() => parse({ format: 1, variants: [] })).toThrow(/variants/);
    expect(() => parse({ format: 2, variants: [GREY.row] })).toThrow(/format/);
    expect(() => parseManifest(Buffer.from('{'), 'here')).toThrow('here: not JSON');
    expect(() => parseManifest('{}' as never, 'here')).toThrow("parseManifest: found '{}'; must be the bytes of a file");
    expect(() => parseManifest(new Uint8Array(MANIFEST_BYTES + 1), 'here')).toThrow(/allowed are/);
  });

  it('takes any bytes, any JSON and any change of a field', () => {
    const row = fc.constantFrom(...Object.keys(GREY.row), '__proto__', 'latency', 'extra');
    const change = fc.tuple(row, fc.oneof(fc.jsonValue(), fc.string(), fc.constantFrom('..', 'a/..', '../a', './a', 'a//b', 'a\\..\\..\\b')));
    const changed = fc.array(change, { maxLength: 3 }).map((changes) => bytesOf({ format: 1, variants: [{ ...GREY.row, ...Object.fromEntries(changes) }] }));
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.json().map((text) => Buffer.from(text)), changed), readOrRefuse), { numRuns: runs, seed: 1 });
  });
});

describe('directory', () => {
  it('gives the bytes that the manifest states', async () => {
    const directory = variantsIn([GREY]);
    const [variant] = await readVariants(directory);
    expect(await readVariant(directory, variant!)).toHaveLength(GREY.row.bytes);
  });

  it('is described as its files are', async () => {
    const directory = variantsIn([GREY]);
    const { name, precision, accuracy, file } = GREY.row;
    expect(await describeVariant(directory, file, { name, precision, accuracy })).toEqual(GREY.row);
  });

  it.each([
    ['a name that is a path', '', { name: '../x' }, /'name'/],
    ['an unknown precision', '', { precision: 'int3' }, /'precision'/],
    ['an accuracy in percent', '', { accuracy: { value: 70, measuredOn: 'x' } }, /'accuracy\.value'/],
    ['a field of the file', '', { bytes: 1 }, /option 'bytes': unknown/],
    ['a file outside', '../x.tflite', {}, /describeVariant: file: must be a path inside the directory/],
    ['no file', undefined, {}, /describeVariant: file: /],
    ['a missing file', 'none.tflite', {}, /none\.tflite': cannot be read \(ENOENT\)/],
  ])('is not described with %s', async (_, file, change, message) => {
    const { name, precision, accuracy } = GREY.row;
    const described = describeVariant(variantsIn([GREY]), (file === '' ? GREY.row.file : file)!, { name, precision, accuracy, ...change } as never);
    await expect(described).rejects.toMatchObject({ name: 'OptionError', message: expect.stringMatching(message) });
  });

  it('is read from a file URL, and without end no further than a manifest has bytes', async () => {
    const directory = variantsIn([GREY]);
    const url = pathToFileURL(directory);
    expect(await readVariants(url)).toEqual([GREY.row]);
    const { name, precision, accuracy, file } = GREY.row;
    expect(await describeVariant(url, file, { name, precision, accuracy })).toEqual(GREY.row);
    await expect(readVariants(new URL('https://example.com/models'))).rejects.toThrow("readVariants: directory: found 'https://example.com/models'; must be the path or file URL");
    symlinkSync(GREY.path, join(directory, 'link.tflite'));
    await expect(describeVariant(url, 'link.tflite', { name, precision, accuracy })).rejects.toMatchObject({ code: 'outside-directory' });
    if (process.platform !== 'linux') return;
    unlinkSync(join(directory, 'variants.json'));
    symlinkSync('/dev/zero', join(directory, 'variants.json'));
    await expect(readVariants(directory)).rejects.toMatchObject({ name: 'OptionError', code: 'file-too-large' });
  });

  it('refuses what is missing, changed or outside', async () => {
    const directory = variantsIn([GREY]);
    const file = join(directory, GREY.row.file);
    writeFileSync(file, Buffer.alloc(GREY.row.bytes));
    await expect(readVariant(directory, GREY.row)).rejects.toMatchObject({ name: 'ModelError', code: 'wrong-bytes' });
    appendFileSync(file, 'x');
    await expect(readVariant(directory, GREY.row)).rejects.toThrow(`${GREY.row.bytes + 1} bytes, the manifest states ${GREY.row.bytes}`);
    unlinkSync(file);
    await expect(readVariant(directory, GREY.row)).rejects.toMatchObject({ name: 'OptionError', code: 'unreadable-file' });
    symlinkSync(GREY.path, file);
    await expect(readVariant(directory, GREY.row)).rejects.toMatchObject({ name: 'ModelError', code: 'outside-directory' });
    await expect(readVariants(join(directory, 'none'))).rejects.toMatchObject({ code: 'unreadable-file' });
  });
});

describe('costs of variants', () => {
  const [slow, fast] = parse({ format: 1, variants: [{ ...GREY.row, latency: [{ board: 'pi', seconds: [0.2, 0.1] }] }, COLOUR.row] });

  it('come from what was measured here, else from the manifest', () => {
    const measured = new Map([['colour', [0.05]]]);
    expect(variantCosts([slow!, fast!], { board: 'pi', measured })).toEqual([
      { name: 'grey', accuracy: 0.5, latency: [0.2, 0.1] }, { name: 'colour', accuracy: 0.5, latency: [0.05] },
    ]);
    expect(variantCosts([slow!], { board: 'pi', measured: new Map([['grey', [0.3]]]) })[0]!.latency).toEqual([0.3]);
    expect(variantCosts([slow!], { board: 'pi', measured: new Map([['grey', []]]) })[0]!.latency).toEqual([0.2, 0.1]);
  });

  it.each([NaN, -0.1, 0, Infinity, '0.1'])('measured as %s s are refused', (seconds) => {
    expect(() => variantCosts([slow!], { measured: new Map([['grey', [0.1, seconds as number]]]) }))
      .toThrow(expect.objectContaining({ name: 'OptionError', message: expect.stringContaining("variantCosts: option 'measured.grey.1': Invalid") }));
  });

  it('are refused of what are no variants', () => {
    expect(() => variantCosts(undefined as never)).toThrow('variantCosts: variants: Invalid type: Expected Array but received undefined');
    expect(() => variantCosts([slow!])).toThrow(expect.objectContaining({ name: 'OptionError', code: 'missing-latency' }));
    expect(() => variantCosts([slow!], { measured: { grey: [1] } as never })).toThrow(expect.objectContaining({ name: 'OptionError' }));
  });

  it('are refused without a latency and where accuracies do not compare', () => {
    expect(() => variantCosts([slow!, fast!], { board: 'pi' })).toThrow(/no latency of 'colour' on pi/);
    const other = { ...slow!, name: 'other', accuracy: { value: 0.9, measuredOn: 'something else' } };
    expect(() => variantCosts([slow!, other], { board: 'pi' })).toThrow(expect.objectContaining({ name: 'OptionError', code: 'incomparable-accuracy' }));
  });
});
