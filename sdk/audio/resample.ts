import { OptionError } from '../core/errors.ts';
import { PI, sin } from '../core/math.ts';
import { checkClip, checkRate } from './check-samples.ts';
import { MAX_SAMPLES } from './limits.ts';
import type { AudioClip } from './types.ts';

/** Zero crossings of the sinc on each side, at the lower of the two rates. */
const CROSSINGS = 64;
/** Table entries between two zero crossings; values between entries are interpolated. */
const RESOLUTION = 512;
/** Cutoff as a part of the lower Nyquist frequency: the window's transition band ends at that frequency. */
const ROLLOFF = 0.95;
/** Kaiser window: stop band below -100 dB. */
const BETA = 10;

/** Modified Bessel function of the first kind, order 0. */
function besselI0(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
  }
  return sum;
}

function makeFilter(): Float64Array {
  const half = CROSSINGS * RESOLUTION;
  return Float64Array.from({ length: half + 2 }, (_, at) => {
    if (at >= half) return 0;
    const x = (PI * ROLLOFF * at) / RESOLUTION;
    const place = at / half;
    return (ROLLOFF * (at === 0 ? 1 : sin(x) / x) * besselI0(BETA * Math.sqrt(1 - place * place))) / besselI0(BETA);
  });
}

let filter: Float64Array | undefined;

/**
 * The clip at another rate: band-limited interpolation with a Kaiser-windowed sinc (J. O. Smith, Digital Audio Resampling).
 * Outside the clip is silence. Sample n of the result is at the time of n / sampleRate.
 * @param sampleRate samples a second of the result
 * @throws OptionError for what is no clip or no rate, and when the result would be too long
 */
export function resample(clip: AudioClip, sampleRate: number): AudioClip {
  checkClip(clip, 'resample');
  checkRate(sampleRate, 'resample');
  if (clip.sampleRate === sampleRate) return clip;
  const { samples } = clip;
  const count = Math.ceil((samples.length * sampleRate) / clip.sampleRate);
  if (count > MAX_SAMPLES) {
    throw new OptionError('clip-too-long', `resample: ${samples.length} samples at ${clip.sampleRate} Hz are ${count} at ${sampleRate} Hz, at most ` +
      `${MAX_SAMPLES} are allowed: cut the clip`);
  }
  filter ??= makeFilter();
  const scale = Math.min(1, sampleRate / clip.sampleRate);
  const reach = CROSSINGS / scale;
  const result = new Float32Array(count);
  for (let n = 0; n < count; n++) {
    const position = n * clip.sampleRate;
    const remainder = position % sampleRate;
    const before = (position - remainder) / sampleRate;
    const fraction = remainder / sampleRate;
    let sum = 0;
    for (let at = Math.max(0, Math.ceil(before + fraction - reach)); at <= Math.min(samples.length - 1, before + fraction + reach); at++) {
      const place = Math.abs(at - before - fraction) * scale * RESOLUTION;
      const entry = Math.floor(place);
      const left = filter[entry]!;
      sum += samples[at]! * (left + (filter[entry + 1]! - left) * (place - entry));
    }
    result[n] = sum * scale;
  }
  return { sampleRate, samples: result };
}
