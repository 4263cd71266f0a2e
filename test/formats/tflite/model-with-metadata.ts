import { writeMetadata, type TfliteMetadata, type TfliteTensorMetadata } from '../../../scripts/fixtures/write-tflite.mjs';
import { editedModel } from './tiny-model.ts';

export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
  /** 0 is stored. */
  readonly method?: number;
}

function record(size: number, fields: readonly (readonly [at: number, bytes: 2 | 4, value: number])[], ...rest: readonly Uint8Array[]): Uint8Array {
  const header = new Uint8Array(size);
  const view = new DataView(header.buffer);
  for (const [at, bytes, value] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
  }
  return Buffer.concat([header, ...rest]);
}

/** A zip archive (.ZIP File Format Specification 6.3.10) whose offsets count from `base` bytes before it. */
export function zipOf(entries: readonly ZipEntry[], base: number, comment = ''): Uint8Array {
  const [files, directory]: [Uint8Array[], Uint8Array[]] = [[], []];
  let at = base;
  for (const { name, data, method = 0 } of entries) {
    const bytes = new TextEncoder().encode(name);
    const sizes = (first: number) => [[first, 4, data.length], [first + 4, 4, data.length]] as const;
    directory.push(record(46, [[0, 4, 0x02014b50], [10, 2, method], ...sizes(20), [28, 2, bytes.length], [42, 4, at]], bytes));
    files.push(record(30, [[0, 4, 0x04034b50], [8, 2, method], ...sizes(18), [26, 2, bytes.length]], bytes, data));
    at += files.at(-1)!.length;
  }
  const central = Buffer.concat(directory);
  const text = new TextEncoder().encode(comment);
  const end = record(22, [[0, 4, 0x06054b50], [8, 2, entries.length], [10, 2, entries.length], [12, 4, central.length], [16, 4, at], [20, 2, text.length]], text);
  return new Uint8Array(Buffer.concat([...files, central, end]));
}

export function normalization(mean: number[], std: number[]): TfliteTensorMetadata {
  return { process_units: [{ options_type: 3 }, { options_type: 1, options: { NormalizationOptions: { mean, std } } }] };
}

/** Metadata of the tiny model: its one input and one output. */
export function metadataOf(input: TfliteTensorMetadata, output: TfliteTensorMetadata): TfliteMetadata {
  return { name: 'tiny', subgraph_metadata: [{ input_tensor_metadata: [input], output_tensor_metadata: [output] }] };
}

/** The tiny model with metadata and an archive behind it; `zip` makes the archive from the bytes before it. */
export function modelWith(metadata: TfliteMetadata | Uint8Array, zip: (before: number) => Uint8Array = () => new Uint8Array()): Uint8Array {
  const file = editedModel(({ model, buffers }) => {
    model.metadata = [{ name: 'min_runtime_version', buffer: 0 }, { name: 'TFLITE_METADATA', buffer: buffers.length }];
    buffers.push({ data: metadata instanceof Uint8Array ? metadata : writeMetadata(metadata) });
  });
  return new Uint8Array(Buffer.concat([file, zip(file.length)]));
}
