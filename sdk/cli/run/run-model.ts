import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { writeNpy } from '../../core/npy.ts';
import { elementCount, formatShape } from '../../core/shape.ts';
import { Model } from '../../model.ts';
import type { Port } from '../../runtime/types.ts';
import { CHANNELS, type Image } from '../../vision/types.ts';
import { printJson, progress } from '../output.ts';
import { formatMs, formatTable } from '../table.ts';
import type { CliContext } from '../types.ts';
import { makeFolderOption, writeFileOption } from '../write-file.ts';
import type { GivenAudio } from './fill-audio.ts';
import { fillInputs } from './fill-inputs.ts';
import { printAnswer } from './print-answer.ts';
import { readAnswer, type Answer } from './read-answer.ts';
import { readLabels } from './read-labels.ts';
import type { RunOptions } from './run-options.ts';
import { timeRun } from './time-run.ts';

const COLOURS = { 1: 'grey', 3: 'RGB', 4: 'RGB with alpha' } as const;

interface RunResult extends Answer {
  readonly model: string;
  readonly outputs: readonly { name: string; dtype: string; shape: readonly number[]; sha256: string }[];
  /** Size of the picture given, before resizing. */
  readonly picture?: Pick<Image, 'width' | 'height' | 'storedAs'> & { readonly channels: 1 | 3 | 4 };
  /** The sound given, before resampling. */
  readonly audio?: Omit<GivenAudio, 'labels'>;
  /** Time of the inference itself, without the start of threads. */
  readonly ms: number;
}

function bytesOf({ data }: Port): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Infers once, without starting threads unless they were asked for. The tflite rounding modes come from the scalar reference. */
async function infer(model: Model, { requant, threads = 1 }: RunOptions): Promise<{ outputs: readonly Port[]; ms: number }> {
  if (requant === 'float') return timeRun(model, threads);
  const start = performance.now();
  const values = await model.interpret(requant);
  return { outputs: model.outputs.map((port, at) => ({ ...port, data: values[at] as Port['data'] })), ms: performance.now() - start };
}

async function writeOutputs(folder: string, outputs: readonly Port[]): Promise<void> {
  await Promise.all(outputs.map((port, index) => writeFileOption(join(folder, `${index}.npy`), '--output', writeNpy(port))));
}

function pictureInfo({ width, height, format, storedAs }: Image): NonNullable<RunResult['picture']> {
  return { width, height, channels: CHANNELS[format], ...(storedAs && { storedAs }) };
}

function audioInfo({ seconds, heardSeconds, sampleRate, channels }: GivenAudio): NonNullable<RunResult['audio']> {
  return { seconds, heardSeconds, sampleRate, channels };
}

/** The class names of the task whose features the sound was given as, where the output has as many classes. */
function labelsOf(audio: GivenAudio | undefined, output: Port | undefined): readonly string[] | undefined {
  return output !== undefined && audio?.labels.length === elementCount(output.shape) ? audio.labels : undefined;
}

function printText(result: RunResult, context: CliContext): void {
  printAnswer(result, context);
  const rows = result.outputs.map(({ name, dtype, shape, sha256 }, index) => [String(index), name, dtype, formatShape(shape), sha256]);
  context.stdout.write(formatTable([['output', 'name', 'dtype', 'shape', 'sha256'], ...rows]));
  if (result.picture) {
    const { width, height, channels, storedAs } = result.picture;
    context.stdout.write(`\npicture ${width} x ${height}, ${COLOURS[channels]}${storedAs ? `, stored as ${storedAs} codes` : ''}\n`);
  }
  if (result.audio) {
    const { seconds, heardSeconds, sampleRate, channels } = result.audio;
    const heard = seconds > heardSeconds ? `, heard are the first ${heardSeconds.toFixed(2)} s` : '';
    context.stdout.write(`\nsound ${seconds.toFixed(2)} s, ${sampleRate} Hz, ${channels} channel${channels === 1 ? '' : 's'}${heard}\n`);
  }
  context.stdout.write(`\n${formatMs(result.ms)} ms\n`);
}

/** The `run` command. */
export async function runModel(path: string, options: RunOptions, context: CliContext): Promise<void> {
  progress(context, `loading ${path}`);
  const labels = options.labels === undefined ? undefined : await readLabels(options.labels);
  const model = await Model.load(path, { threads: options.threads ?? 1 });
  try {
    const { picture, audio } = await fillInputs(model, options);
    if (options.output !== undefined) await makeFolderOption(options.output, '--output');
    progress(context, 'running');
    const { outputs, ms } = await infer(model, options);
    if (options.output !== undefined) await writeOutputs(options.output, outputs);
    const names = { given: labels, labels: labelsOf(audio, outputs[0]) };
    const result: RunResult = {
      model: model.name,
      outputs: outputs.map((port) => ({
        name: port.name, dtype: port.dtype, shape: port.shape, sha256: createHash('sha256').update(bytesOf(port)).digest('hex'),
      })),
      ...readAnswer(model, outputs, options.top, names, picture?.placement),
      ...(picture && { picture: pictureInfo(picture.image) }),
      ...(audio && { audio: audioInfo(audio) }),
      ms,
    };
    progress(context, '');
    if (options.json) printJson(context, result);
    else printText(result, context);
  } finally {
    await model.close();
  }
}
