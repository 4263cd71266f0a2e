import { isKeywordPort } from '../../audio/feature-port.ts';
import { affineOf, codeRangeOf, quantizeValue } from '../../core/affine.ts';
import { OptionError } from '../../core/errors.ts';
import { readNpy, type NpyArray } from '../../core/npy.ts';
import { formatShape, sameShape } from '../../core/shape.ts';
import type { Model } from '../../model.ts';
import type { Port } from '../../runtime/types.ts';
import { isImagePort } from '../../vision/image-port.ts';
import { readFileOption } from '../read-file.ts';
import { fillFromAudio, type GivenAudio } from './fill-audio.ts';
import { fillFromImage, type GivenImage } from './fill-image.ts';
import type { RunOptions } from './run-options.ts';

/** A .npy header takes far less. */
const MAX_HEADER_BYTES = 65_536;

interface Assignment {
  readonly port: Port;
  readonly path: string;
}

/** Assigns `[NAME=]FILE` in order: named ones to their input, others to the next input that is neither named nor taken. */
function assign(specs: readonly string[], inputs: readonly Port[]): Assignment[] {
  const names = inputs.map(({ name }) => name).join(', ');
  const named = specs.map((spec) => inputs.find(({ name }) => spec.startsWith(`${name}=`)));
  const free = inputs.filter((port) => !named.includes(port));
  return specs.map((spec, at) => {
    const port = named[at];
    if (port !== undefined) {
      if (named.indexOf(port) !== at) throw new OptionError('duplicate-input', `--input '${spec}': input '${port.name}' is given twice`);
      return { port, path: spec.slice(port.name.length + 1) };
    }
    const prefix = /^([^/\\]+)=/.exec(spec)?.[1];
    if (prefix !== undefined) throw new OptionError('unknown-input', `--input '${spec}': the model has no input '${prefix}'; its inputs: ${names}`);
    const next = free.shift();
    if (next === undefined) throw new OptionError('too-many-inputs', `--input '${spec}': no input of the model is left for it; its inputs: ${names}`);
    return { port: next, path: spec };
  });
}

function quantize(array: NpyArray, port: Port, where: string): void {
  const affine = affineOf(port.quantization);
  const range = codeRangeOf(port.dtype);
  if (affine === undefined || range === undefined) {
    throw new OptionError('not-quantized', `${where}: input '${port.name}' is ${port.dtype} without a scale, float32 cannot be quantized to it`);
  }
  const codes = port.data;
  (array.data as Float32Array).forEach((real, at) => {
    if (Number.isNaN(real)) throw new OptionError('not-a-number', `${where}: element ${at} is NaN and cannot be quantized`);
    codes[at] = quantizeValue(real, affine, range);
  });
}

async function fillFromNpy({ port, path }: Assignment, quantizeInput: boolean): Promise<void> {
  const where = `--input '${path}'`;
  const array = readNpy(await readFileOption(path, '--input', Math.max(port.data.byteLength, port.data.length * 4) + MAX_HEADER_BYTES), where);
  const convert = quantizeInput && array.dtype === 'float32' && port.dtype !== 'float32';
  if (!sameShape(array.shape, port.shape) || (array.dtype !== port.dtype && !convert)) {
    const hint = array.dtype === 'float32' && array.dtype !== port.dtype ? '; --quantize-input accepts float32' : '';
    throw new OptionError('input-mismatch', `${where}: is ${array.dtype} ${formatShape(array.shape)}, input '${port.name}' takes ` +
      `${port.dtype} ${formatShape(port.shape)}${hint}`);
  }
  if (convert) quantize(array, port, where);
  else (port.data as Uint8Array).set(array.data as Uint8Array);
}

/** The input that is left for a picture or sound. */
function onlyPort(ports: readonly Port[], kind: 'image' | 'audio', path: string): Port {
  const [port, second] = ports;
  if (port === undefined || second !== undefined) {
    const found = ports.map(({ name, shape }) => `'${name}' ${formatShape(shape)}`).join(', ');
    throw new OptionError(`${kind}-input`, `--${kind} '${path}': one input must be left for it, left are: ${found || 'none'}; ` +
      'give the others with --input');
  }
  return port;
}

/** What filled an input besides tensors. */
export interface Given {
  readonly picture?: GivenImage;
  readonly audio?: GivenAudio;
}

/**
 * Fills all inputs of a model from the files of the command line.
 * @returns the picture or sound, where there is one
 * @throws OptionError when a file does not fit, or an input is left without one
 */
export async function fillInputs({ inputs, metadata }: Pick<Model, 'inputs' | 'metadata'>, options: RunOptions): Promise<Given> {
  const { image, audio } = options;
  if (image !== undefined && audio !== undefined) throw new OptionError('invalid-option', '--image and --audio exclude each other: give one');
  const ofPictures = (['mean', 'std', 'layout'] as const).find((name) => options[name] !== undefined);
  if (image === undefined && ofPictures !== undefined) throw new OptionError('invalid-option', `--${ofPictures}: is for pictures; give --image FILE, or leave it out`);
  const assigned = assign(options.input ?? [], inputs);
  const left = inputs.filter((port) => !assigned.some((assignment) => assignment.port === port));
  const fits = image !== undefined ? isImagePort : audio !== undefined ? isKeywordPort : undefined;
  const missing = fits === undefined ? left : left.filter((port) => left.length > 1 && !fits(port));
  if (missing.length > 0) {
    const names = missing.map(({ name, dtype, shape }) => `'${name}' ${dtype} ${formatShape(shape)}`).join(', ');
    const sound = fits === undefined && left.some(isKeywordPort) ? ' or --audio FILE.wav' : '';
    const others = fits === undefined && left.some((port) => isImagePort(port) && !isKeywordPort(port)) ? ` or --image FILE${sound}` : sound;
    throw new OptionError('missing-input', `no data for input ${names}; give --input [NAME=]FILE.npy${others}`);
  }
  for (const assignment of assigned) await fillFromNpy(assignment, options.quantizeInput ?? false);
  if (image !== undefined) {
    const port = onlyPort(left, 'image', image);
    return { picture: await fillFromImage(image, port, options, metadata?.inputs[inputs.indexOf(port)]) };
  }
  return audio === undefined ? {} : { audio: await fillFromAudio(audio, onlyPort(left, 'audio', audio)) };
}
