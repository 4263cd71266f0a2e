import { kindOf } from '../core/arguments.ts';
import { OptionError } from '../core/errors.ts';
import { SAMPLE_RATES } from './limits.ts';
import type { AudioClip } from './types.ts';

/** @throws OptionError where these are not samples as numbers */
export function checkSamples(samples: unknown, where: string): void {
  if (!(samples instanceof Float32Array)) {
    throw new OptionError('invalid-samples', `${where}: found ${kindOf(samples)}; must be samples from -1 to 1 as a Float32Array: PcmSource and readWav give them`);
  }
  const odd = samples.findIndex((sample) => !Number.isFinite(sample));
  if (odd >= 0) throw new OptionError('invalid-samples', `${where}: sample ${odd} is ${samples[odd]}; all must be finite numbers`);
}

/** @throws OptionError for what is no rate of a file or source */
export function checkRate(rate: unknown, where: string): void {
  const [least, most] = SAMPLE_RATES;
  if (typeof rate === 'number' && rate >= least && rate <= most) return;
  throw new OptionError('sample-rate', `${where}: sampleRate: found ${typeof rate === 'number' ? rate : kindOf(rate)}; must be ${least} to ${most} samples a second`);
}

/** @throws OptionError where this is no clip */
export function checkClip(clip: unknown, where: string): void {
  const { samples, sampleRate } = Object(clip) as Partial<AudioClip>;
  if (samples === undefined) {
    throw new OptionError('invalid-samples', `${where}: found ${kindOf(clip)}; must be a clip { sampleRate, samples }, such as readWav gives, or the bytes of a WAV file`);
  }
  checkSamples(samples, where);
  checkRate(sampleRate, where);
}
