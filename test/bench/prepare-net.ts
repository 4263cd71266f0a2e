import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { affineOf, codeRangeOf, quantizeValue } from '../../sdk/core/affine.ts';
import { byteLength, viewOf } from '../../sdk/core/dtype.ts';
import { elementCount } from '../../sdk/core/shape.ts';
import type { Tensor } from '../../sdk/ir/graph.ts';
import { decodeImage } from '../../sdk/vision/decode-image.ts';
import { imageToInput } from '../../sdk/vision/image-to-input.ts';
import { seededBytes } from '../fixtures/seeded.ts';
import type { NetSource, Sample } from './nets.ts';
import { convertToOnnx } from './onnx/convert.ts';
import { floatNumbers } from './onnx/float-numbers.ts';
import { netMacs } from './onnx/layers.ts';
import { quantizedNumbers } from './onnx/quantized-numbers.ts';
import { readNet, type Net } from './onnx/read-net.ts';
import type { InputData } from './peers/serve.ts';
import { INPUT_TYPES, type Failure, type JobInput, type ModelFormat } from './peers/types.ts';

/** A model file with its inputs in the element types it takes. */
export interface NetFiles {
  readonly model: string;
  readonly inputs: readonly JobInput[];
}

/** A net ready for every engine. */
export interface PreparedNet {
  readonly id: string;
  readonly macs: number;
  readonly formats: Readonly<Record<ModelFormat, NetFiles | { readonly error: Failure }>>;
}

interface Input {
  readonly tensor: Tensor;
  /** Codes, or reals for a float32 input. */
  readonly data: InputData;
}

function quantized({ dtype, quantization }: Tensor, reals: Float32Array): InputData {
  const [affine, range] = [affineOf(quantization), codeRangeOf(dtype)];
  if (affine === undefined || range === undefined) return reals;
  const codes = Array.from(reals, (real) => quantizeValue(real, affine, range));
  return dtype === 'int8' ? Int8Array.from(codes) : Uint8Array.from(codes);
}

async function fillInput(tensor: Tensor, sample: Sample | undefined, seed: number): Promise<InputData> {
  const { dtype, shape } = tensor;
  if (!(INPUT_TYPES as readonly string[]).includes(dtype)) throw new Error(`input "${tensor.name}" is ${dtype}; allowed: ${INPUT_TYPES.join(', ')}`);
  const count = elementCount(shape);
  if (sample === undefined) {
    const bytes = seededBytes(seed, count);
    return dtype === 'float32' ? Float32Array.from(bytes, (byte) => byte / 255) : dtype === 'int8' ? new Int8Array(bytes.buffer) : bytes;
  }
  const bytes = Uint8Array.from(readFileSync(sample.file));
  if (sample.holds === 'codes') return viewOf(dtype, bytes.buffer, 0, count) as InputData;
  if (sample.holds === 'reals') return quantized(tensor, new Float32Array(bytes.buffer, 0, count));
  const data = viewOf(dtype, new ArrayBuffer(byteLength(dtype, count)), 0, count) as InputData;
  imageToInput(await decodeImage(bytes, sample.file), { ...tensor, data });
  return data;
}

/** What an input file holds. */
interface Elements {
  readonly dtype: JobInput['dtype'];
  readonly data: InputData;
}

/** uint8 codes of a quantized input, as the ONNX net takes them. */
function unsignedInput({ tensor, data }: Input): Elements {
  if (tensor.dtype === 'float32') return { dtype: 'float32', data };
  return { dtype: 'uint8', data: tensor.dtype === 'int8' ? Uint8Array.from(data, (code) => code + 128) : data };
}

function realInput({ tensor, data }: Input): Elements {
  const { scales: [scale = 1], zeroPoints: [zeroPoint = 0] } = tensor.quantization ?? { scales: [], zeroPoints: [] };
  return { dtype: 'float32', data: tensor.dtype === 'float32' ? data : Float32Array.from(data, (code) => (code - zeroPoint) * scale) };
}

function writeInputs(folder: string, name: string, inputs: readonly Input[], toElements: (input: Input) => Elements): JobInput[] {
  return inputs.map((input, index) => {
    const { dtype, data } = toElements(input);
    const file = join(folder, `${name}.input${index}.bin`);
    writeFileSync(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return { file, dtype, shape: input.tensor.shape };
  });
}

function convert(net: Net, folder: string, name: string, format: 'onnx-u8s8' | 'onnx-fp32', inputs: readonly Input[]): NetFiles | { error: Failure } {
  try {
    const model = join(folder, `${name}.${format}.onnx`);
    writeFileSync(model, convertToOnnx(net, format === 'onnx-u8s8' ? quantizedNumbers : floatNumbers));
    return { model, inputs: writeInputs(folder, `${name}.${format}`, inputs, format === 'onnx-u8s8' ? unsignedInput : realInput) };
  } catch (error) {
    return { error: { code: 'not-convertible', message: (error as Error).message } };
  }
}

/** Fills the inputs of a net and converts it; the files go to `folder`. */
export async function prepareNet({ id, path, sample }: NetSource, folder: string): Promise<PreparedNet> {
  const net = readNet(readFileSync(path), id);
  const inputs = await Promise.all(net.inputs.map(async (tensor, index): Promise<Input> => ({
    tensor: net.tensors[tensor]!,
    data: await fillInput(net.tensors[tensor]!, index === 0 ? sample : undefined, 1 + index),
  })));
  mkdirSync(folder, { recursive: true });
  const unchanged = ({ tensor, data }: Input): Elements => ({ dtype: tensor.dtype as JobInput['dtype'], data });
  return {
    id,
    macs: netMacs(net),
    formats: {
      tflite: { model: path, inputs: writeInputs(folder, id, inputs, unchanged) },
      'onnx-u8s8': convert(net, folder, id, 'onnx-u8s8', inputs),
      'onnx-fp32': convert(net, folder, id, 'onnx-fp32', inputs),
    },
  };
}
