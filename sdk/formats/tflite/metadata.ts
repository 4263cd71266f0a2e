import { ModelError } from '../../core/errors.ts';
import type { ModelMetadata, PortMetadata } from '../../core/model-metadata.ts';
import { openAssociatedFiles } from './associated-files.ts';
import { CONTROL_CHARACTERS, rootTable, type Table, type TableVector } from './flatbuffer.ts';
import * as metadata from './metadata-schema.ts';
import * as schema from './schema.ts';

/** All label files of a model together. */
const MAX_LABEL_BYTES = 2 ** 22;

const decoder = new TextDecoder();

type ModelTable = Table<keyof typeof schema.Model>;
type BufferTables = TableVector<keyof typeof schema.Buffer>;
type TensorTables = TableVector<keyof typeof metadata.TensorMetadata>;
type TensorTable = Table<keyof typeof metadata.TensorMetadata>;
type ReadLabels = (name: string) => readonly string[] | undefined;

/** The bytes of the metadata of schema M001, or undefined. */
function metadataBytes(model: ModelTable, buffers: BufferTables): Uint8Array | undefined {
  const entries = model.tables('metadata', schema.Metadata, 'metadata');
  for (let index = 0; index < entries.count; index++) {
    const entry = entries.open(index);
    if (entry.text('name') !== metadata.METADATA_NAME) continue;
    const buffer = entry.u32('buffer');
    if (buffer >= buffers.count) {
      throw new ModelError('invalid-metadata', `${entry.where}: buffer ${buffer} of ${buffers.count}; the file is damaged, fetch it again`);
    }
    const bytes = buffers.open(buffer).bytes('data');
    return decoder.decode(bytes.subarray(4, 8)) === metadata.IDENTIFIER ? bytes : undefined;
  }
  return undefined;
}

/** Class names, one a line, of files in the archive behind the model. */
function labelReader(file: Uint8Array, where: string): ReadLabels {
  const known = new Map<string, readonly string[] | undefined>();
  let find: ReturnType<typeof openAssociatedFiles> | undefined;
  let left = MAX_LABEL_BYTES;
  return (name) => {
    if (known.has(name)) return known.get(name);
    find ??= openAssociatedFiles(file, where);
    const bytes = find(name);
    left -= bytes?.length ?? 0;
    if (left < 0) throw new ModelError('too-large', `${where}: the label files up to "${name}" take more than ${MAX_LABEL_BYTES} bytes; use shorter ones`);
    const labels = bytes && decoder.decode(bytes).replace(/\r?\n$/, '').split(/\r?\n/).map((line) => line.trim().replace(CONTROL_CHARACTERS, '\ufffd'));
    known.set(name, labels);
    return labels;
  };
}

/** The label file of a tensor: the one for all languages, else the first. */
function labelFile(tensor: TensorTable): string | undefined {
  const files = tensor.tables('associated_files', metadata.AssociatedFile, 'associated file');
  let first: string | undefined;
  for (let index = 0; index < files.count; index++) {
    const file = files.open(index);
    if (!metadata.LABEL_FILE_TYPES.includes(file.i8('type'))) continue;
    if (!file.has('locale')) return file.text('name');
    first ??= file.text('name');
  }
  return first;
}

function normalizationOf(tensor: TensorTable): PortMetadata['normalization'] {
  const units = tensor.tables('process_units', metadata.ProcessUnit, 'process unit');
  for (let index = 0; index < units.count; index++) {
    const unit = units.open(index);
    if (unit.u8('options_type') !== metadata.NORMALIZATION_OPTIONS) continue;
    const options = unit.table('options', metadata.NormalizationOptions, `${unit.where} normalization`);
    const [mean, std] = [options.f32s('mean'), options.f32s('std')];
    if (mean.length === 0 || std.length === 0 || ![...mean, ...std].every(Number.isFinite) || std.some((value) => value <= 0)) {
      throw new ModelError('invalid-metadata', `${options.where}: mean [${mean.slice(0, 4).join(', ')}], std [${std.slice(0, 4).join(', ')}]; ` +
        'allowed are finite numbers, std above 0; write the metadata again');
    }
    return { mean, std };
  }
  return undefined;
}

function readPorts(tensors: TensorTables, count: number, readLabels: ReadLabels): PortMetadata[] {
  return Array.from({ length: count }, (_, index) => {
    if (index >= tensors.count) return {};
    const tensor = tensors.open(index);
    const file = labelFile(tensor);
    const labels = file === undefined ? undefined : readLabels(file);
    const normalization = normalizationOf(tensor);
    return { ...(labels && { labels }), ...(normalization && { normalization }) };
  });
}

/**
 * Labels and normalization of the metadata in a model file and of the files in the zip archive behind it, or undefined where there are none.
 * @param ports number of inputs and outputs of the model
 * @throws ModelError for damaged metadata
 */
export function readMetadata(
  file: Uint8Array, model: ModelTable, buffers: BufferTables, ports: { readonly inputs: number; readonly outputs: number },
): ModelMetadata | undefined {
  const bytes = metadataBytes(model, buffers);
  if (bytes === undefined) return undefined;
  const where = `${model.where}: metadata`;
  const subgraphs = rootTable(bytes, where, metadata.ModelMetadata).tables('subgraph_metadata', metadata.SubGraphMetadata, 'subgraph');
  if (subgraphs.count === 0) return undefined;
  const subgraph = subgraphs.open(0);
  const readLabels = labelReader(file, where);
  return {
    inputs: readPorts(subgraph.tables('input_tensor_metadata', metadata.TensorMetadata, 'input'), ports.inputs, readLabels),
    outputs: readPorts(subgraph.tables('output_tensor_metadata', metadata.TensorMetadata, 'output'), ports.outputs, readLabels),
  };
}
