import * as v from 'valibot';
import { affineOf, dequantizeValue } from '../core/affine.ts';
import { checkModel, kindOf } from '../core/arguments.ts';
import { OptionError } from '../core/errors.ts';
import { inTurn } from '../core/in-turn.ts';
import { parseOptions } from '../core/options.ts';
import { elementCount, formatShape } from '../core/shape.ts';
import { untilAborted } from '../core/until-aborted.ts';
import type { Port } from '../runtime/types.ts';
import { checkClip, checkSamples } from './check-samples.ts';
import { DetectionFilter, type Detection } from './detection.ts';
import { windowSamples, type FeatureOptions } from './feature-options.ts';
import { featurePort, type FeaturePort } from './feature-port.ts';
import { FeatureStream } from './feature-stream.ts';
import { keywordTaskOf } from './keyword-tasks.ts';
import { resample } from './resample.ts';
import type { AudioClip, AudioModel, AudioSource } from './types.ts';

const seconds = (least: number, most: number) => v.pipe(v.number(), v.minValue(least), v.maxValue(most));
const names = v.pipe(v.array(v.string()), v.readonly());

const schema = v.strictObject({
  /** Features the model was trained on; by default those of the known task with this input shape. */
  features: v.optional(v.custom<FeatureOptions>((value) => typeof value === 'object' && value !== null, 'must be an object of feature options')),
  /** One name per class; by default those of the known task. */
  labels: v.optional(names),
  /** Labels to report; by default all that are not background of the known task. */
  keywords: v.optional(names),
  /** Least average score of a keyword; 0.7 by default. */
  threshold: v.optional(v.pipe(v.number(), v.finite()), 0.7),
  /** Seconds between two results of the model, rounded to whole steps of the features; 0.1 by default. */
  intervalSeconds: v.optional(seconds(0.001, 10), 0.1),
  /** Seconds of results that are averaged; 0.3 by default. */
  smoothingSeconds: v.optional(seconds(0, 10), 0.3),
  /** Seconds after a keyword in which no other is reported; 1.2 by default. */
  refractorySeconds: v.optional(seconds(0, 60), 1.2),
});

const pushSchema = v.strictObject({
  /** Sound is missing before these samples. */
  gap: v.optional(v.boolean(), false),
  signal: v.optional(v.instance(AbortSignal)),
});

const listenSchema = v.strictObject({ signal: v.optional(v.instance(AbortSignal)) });

/** How a spotter listens. */
export type KeywordSpotterOptions = v.InferInput<typeof schema>;

/** Scores of one row of classes. */
function scoreReader(port: Port): () => Float64Array {
  const { shape, dtype, quantization } = port;
  const affine = dtype === 'float32' ? { scale: 1, zeroPoint: 0 } : dtype === 'int8' || dtype === 'uint8' ? affineOf(quantization) : undefined;
  if (affine === undefined || elementCount(shape) < 2 || Math.max(...shape) !== elementCount(shape)) {
    throw new OptionError('not-a-classifier', `KeywordSpotter: output '${port.name}' ${dtype} ${formatShape(shape)} is no row of class scores`);
  }
  return () => Float64Array.from(port.data, (code) => dequantizeValue(code, affine));
}

function isSource(sound: AudioSource | AudioClip): sound is AudioSource {
  return typeof (Object(sound) as Partial<AudioSource>)[Symbol.asyncIterator] === 'function';
}

type Names = readonly string[] | undefined;

/** Classes to report. */
function keywordIndices(keywords: Names, labels: Names, background: readonly string[], classes: number): number[] {
  if (labels !== undefined && labels.length !== classes) {
    throw new OptionError('label-count', `KeywordSpotter: ${labels.length} labels for ${classes} classes; give one label per class`);
  }
  const unknown = keywords?.find((keyword) => !labels?.includes(keyword));
  if (unknown !== undefined) {
    const allowed = labels?.join(', ') ?? 'none; give labels';
    throw new OptionError('unknown-keyword', `KeywordSpotter: keyword '${unknown}' is not one of the labels: ${allowed}`);
  }
  const isKeyword = (label: string | undefined): boolean => label === undefined || (keywords?.includes(label) ?? !background.includes(label));
  return Array.from({ length: classes }, (_, index) => index).filter((index) => isKeyword(labels?.[index]));
}

/** Hears keywords in endless sound with an open model of one feature input and one row of class scores. The model stays the caller's to close. */
export class KeywordSpotter {
  readonly #model: AudioModel;
  readonly #options: KeywordSpotterOptions;
  readonly #port: FeaturePort;
  readonly #scores: () => Float64Array;
  readonly #labels: readonly string[] | undefined;
  readonly #stream: FeatureStream;
  readonly #filter: DetectionFilter;
  /** Samples between two results, and of the results that are averaged. */
  readonly #interval: number;
  readonly #smoothing: number;
  #due = 0;

  /** @throws OptionError for wrong options, and when the model has other inputs or outputs */
  constructor(model: AudioModel, options: KeywordSpotterOptions = {}) {
    const parsed = parseOptions(schema, options, 'KeywordSpotter');
    const { features, labels, keywords, threshold, intervalSeconds, smoothingSeconds, refractorySeconds } = parsed;
    checkModel(model, 'KeywordSpotter');
    const [input, second] = model.inputs;
    const [output] = model.outputs;
    if (input === undefined || second !== undefined || output === undefined) {
      throw new OptionError('not-a-classifier', `KeywordSpotter: the model has ${model.inputs.length} inputs and ${model.outputs.length} outputs; ` +
        'it takes models with one feature input and a row of class scores as first output');
    }
    const classes = elementCount(output.shape);
    const task = features === undefined ? keywordTaskOf(input) : undefined;
    const known = labels ?? (task?.labels.length === classes ? task.labels : undefined);
    this.#model = model;
    this.#options = options;
    this.#scores = scoreReader(output);
    this.#port = featurePort(input, features);
    this.#labels = known;
    this.#stream = new FeatureStream(this.#port.settings, this.#port.frames);
    const { frameStep, sampleRate } = this.#port.settings;
    this.#interval = Math.max(1, Math.round(intervalSeconds * sampleRate / frameStep)) * frameStep;
    const smoothing = Math.max(1, Math.round(smoothingSeconds * sampleRate / this.#interval));
    this.#smoothing = smoothing * this.#interval;
    this.#filter = new DetectionFilter({
      smoothing, threshold, refractory: Math.round(refractorySeconds * sampleRate), sampleRate,
      keywords: keywordIndices(keywords, known, task?.background ?? [], classes),
    });
  }

  /** Samples a second that `push` and `listen` take. */
  get sampleRate(): number {
    return this.#port.settings.sampleRate;
  }

  /**
   * Takes the next samples, any number, and gives the keywords heard in them. Calls of all spotters with one model follow each other, as they share
   * its input; the samples must stay unchanged until then. A failed call loses its samples: what follows counts as after a gap.
   * @throws OptionError for wrong options and samples, DeviceError when the model cannot run, the signal's reason when aborted
   */
  async push(samples: Float32Array, options: v.InferInput<typeof pushSchema> = {}): Promise<Detection[]> {
    const { gap, signal } = parseOptions(pushSchema, options, 'push');
    checkSamples(samples, 'push');
    return inTurn(this.#model, signal, async () => {
      if (gap) this.#forget();
      try {
        return await this.#hear(samples, signal);
      } catch (error) {
        this.#forget();
        throw error;
      }
    });
  }

  /**
   * Keywords of a source as they are heard, until it ends. A clip is resampled and heard by itself, with silence after it in which its last word is decided.
   * @throws OptionError for wrong options, what is no sound, and when a source has another rate; what the source throws; the signal's reason as soon as it is aborted
   */
  async *listen(source: AudioSource | AudioClip, options: { signal?: AbortSignal } = {}): AsyncGenerator<Detection> {
    const { signal } = parseOptions(listenSchema, options, 'listen');
    if (!isSource(source)) {
      yield* await new KeywordSpotter(this.#model, this.#options).push(this.#wholeOf(source), signal && { signal });
      return;
    }
    const { sampleRate } = source;
    if (sampleRate !== this.sampleRate) {
      throw new OptionError('sample-rate', `KeywordSpotter: the source has ${sampleRate} samples a second, ` +
        `the model hears ${this.sampleRate}: open the source with that rate`);
    }
    for await (const { samples, gap } of untilAborted(source, signal)) yield* await this.push(samples, { gap, ...(signal && { signal }) });
  }

  /** The samples of a clip with the silence in which its last word is decided. */
  #wholeOf(clip: AudioClip): Float32Array {
    if ((Object(clip) as Partial<AudioClip>).samples === undefined) {
      throw new OptionError('invalid-option', `listen: found ${kindOf(clip)}; must be a source of sound, such as AlsaSource and PcmSource are, or a clip, such as readWav gives`);
    }
    checkClip(clip, 'listen');
    const { settings, frames } = this.#port;
    const { samples } = resample(clip, settings.sampleRate);
    const whole = new Float32Array(Math.max(samples.length, windowSamples(frames, settings)) + this.#smoothing);
    whole.set(samples);
    return whole;
  }

  #forget(): void {
    this.#stream.reset();
    this.#filter.reset();
  }

  async #hear(samples: Float32Array, signal: AbortSignal | undefined): Promise<Detection[]> {
    signal?.throwIfAborted();
    const found: Detection[] = [];
    const steps = this.#stream.push(samples);
    while (!steps.next().done) {
      if (!this.#stream.ready || this.#stream.samples < this.#due) continue;
      this.#due = this.#stream.samples + this.#interval;
      this.#port.write(this.#stream.features());
      await this.#model.run(signal === undefined ? {} : { signal });
      const detection = this.#filter.decide(this.#scores(), this.#stream.samples);
      if (detection !== undefined) found.push({ ...detection, label: this.#labels?.[detection.index] ?? null });
    }
    return found;
  }
}
