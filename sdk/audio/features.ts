import { OptionError } from '../core/errors.ts';
import { checkClip } from './check-samples.ts';
import { openExtractor } from './feature-extractor.ts';
import { featuresPerFrame, frameCount, parseFeatureOptions, type FeatureOptions } from './feature-options.ts';
import { gainOf, peakOf } from './peak.ts';
import { resample } from './resample.ts';
import type { AudioClip } from './types.ts';

/** Features of a clip, row-major: `data[frame * size + index]`. */
export interface Features {
  readonly frames: number;
  /** Features of one frame. */
  readonly size: number;
  readonly data: Float32Array;
}

/**
 * Features of all frames that lie wholly inside a clip, resampled to the rate of the options where it has another one.
 * @throws OptionError for wrong options, what is no clip, samples that are no numbers, and a clip shorter than one frame
 */
export function features(clip: AudioClip, options: FeatureOptions = {}): Features {
  const settings = parseFeatureOptions(options, 'features');
  const { frameLength, frameStep, sampleRate, normalize } = settings;
  checkClip(clip, 'features');
  const samples = resample(clip, sampleRate).samples;
  const frames = frameCount(samples.length, settings);
  if (frames === 0) {
    throw new OptionError('short-clip', `features: the clip has ${samples.length} samples at ${sampleRate} Hz, one frame needs ${frameLength}: ` +
      'give a longer clip');
  }
  const extractor = openExtractor(settings, frames);
  for (let frame = 0; frame < frames; frame++) {
    const start = frame * frameStep;
    extractor.bands.set(extractor.mel(samples.subarray(start, start + frameLength)), frame * settings.melBins);
  }
  const gain = normalize === 'peak' ? gainOf(peakOf(samples)) : 1;
  return { frames, size: featuresPerFrame(settings), data: extractor.features(gain).slice() };
}
