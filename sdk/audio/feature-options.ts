import * as v from 'valibot';
import { OptionError } from '../core/errors.ts';
import { parseOptions } from '../core/options.ts';

/** `log-mel`: logarithms of mel bands; `mfcc`: the first coefficients of their cosine transform. */
export const FEATURE_TYPES = ['mfcc', 'log-mel'] as const;

const whole = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

const schema = v.strictObject({
  /** `mfcc` by default. */
  type: v.optional(v.picklist(FEATURE_TYPES), 'mfcc'),
  /** Samples a second; 16,000 by default. */
  sampleRate: v.optional(whole(1000, 384_000), 16_000),
  /** Samples of a frame and of its periodic Hann window; 480 by default. */
  frameLength: v.optional(whole(2, 16_384), 480),
  /** Samples between the starts of frames; 320 by default. */
  frameStep: v.optional(whole(1, 16_384), 320),
  /** Points of the Fourier transform: a power of two, at least the frame length; 512 by default. */
  fftLength: v.optional(whole(4, 16_384), 512),
  /** Triangular bands, evenly spaced on the mel scale; 40 by default. */
  melBins: v.optional(whole(1, 512), 40),
  /** Ends of the bands in Hz; 20 and 4000 by default. */
  lowerEdgeHertz: v.optional(v.pipe(v.number(), v.minValue(0), v.finite()), 20),
  upperEdgeHertz: v.optional(v.pipe(v.number(), v.minValue(0), v.finite()), 4000),
  /** Added to the magnitude of a band before the logarithm; 1e-6 by default. */
  logOffset: v.optional(v.pipe(v.number(), v.minValue(1e-30), v.maxValue(1)), 1e-6),
  /** Coefficients of a frame; `mfcc` only; 10 by default. */
  coefficients: v.optional(whole(1, 512), 10),
  /** `peak`, the default, divides the sound by its greatest absolute sample, as if before the window. */
  normalize: v.optional(v.picklist(['peak', 'none']), 'peak'),
});

/** How sound becomes features, in the terms of tf.signal. The defaults are those of the MLPerf Tiny keyword models. */
export type FeatureOptions = v.InferInput<typeof schema>;

/** Checked options with all defaults. */
export type FeatureSettings = v.InferOutput<typeof schema>;

/** @throws OptionError for unknown, wrong and contradicting options */
export function parseFeatureOptions(options: FeatureOptions, where: string): FeatureSettings {
  const settings = parseOptions(schema, options, where);
  const refuse = (name: keyof FeatureSettings, found: number, allowed: string): never => {
    throw new OptionError('invalid-option', `${where}: option '${name}': ${found} is not allowed: ${allowed}`);
  };
  const { fftLength, frameLength, sampleRate, upperEdgeHertz, lowerEdgeHertz, coefficients, melBins, type } = settings;
  if ((fftLength & (fftLength - 1)) !== 0) refuse('fftLength', fftLength, 'give a power of two');
  if (fftLength < frameLength) refuse('fftLength', fftLength, `give at least the frame length, ${frameLength}`);
  if (upperEdgeHertz > sampleRate / 2) refuse('upperEdgeHertz', upperEdgeHertz, `give at most half the sample rate, ${sampleRate / 2}`);
  if (upperEdgeHertz <= lowerEdgeHertz) refuse('upperEdgeHertz', upperEdgeHertz, `give more than the lower edge, ${lowerEdgeHertz}`);
  if (type === 'mfcc' && coefficients > melBins) refuse('coefficients', coefficients, `give at most the number of mel bins, ${melBins}`);
  return settings;
}

/** Features of one frame. */
export function featuresPerFrame({ type, coefficients, melBins }: FeatureSettings): number {
  return type === 'mfcc' ? coefficients : melBins;
}

/** Frames that lie wholly inside `samples` samples. */
export function frameCount(samples: number, { frameLength, frameStep }: FeatureSettings): number {
  return samples < frameLength ? 0 : Math.floor((samples - frameLength) / frameStep) + 1;
}

/** Samples a model of `frames` frames hears: those of the frames, up to a whole number of steps. */
export function windowSamples(frames: number, { frameLength, frameStep }: FeatureSettings): number {
  return (frames - 1 + Math.ceil(frameLength / frameStep)) * frameStep;
}
