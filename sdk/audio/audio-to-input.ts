import { checkPort } from '../core/arguments.ts';
import type { Port } from '../runtime/types.ts';
import { checkClip } from './check-samples.ts';
import { windowSamples, type FeatureOptions } from './feature-options.ts';
import { featurePort } from './feature-port.ts';
import { features } from './features.ts';
import { readWav } from './read-wav.ts';
import { resample } from './resample.ts';
import type { AudioClip } from './types.ts';

/** Part of a clip that a model was given. */
export interface HeardAudio {
  /** Seconds of the clip. */
  readonly seconds: number;
  /** Seconds from its start that the model hears; more than the clip where silence was added. */
  readonly heardSeconds: number;
}

/** The first `count` samples at `sampleRate`, followed by silence where the clip is shorter. */
function startOf(clip: AudioClip, sampleRate: number, count: number): AudioClip {
  // A margin of the filter's reach, so that the cut is not heard.
  const needed = Math.ceil(((count + 256) * clip.sampleRate) / sampleRate) + 256;
  const { samples } = resample({ sampleRate: clip.sampleRate, samples: clip.samples.subarray(0, needed) }, sampleRate);
  const start = new Float32Array(count);
  start.set(samples.subarray(0, count));
  return { sampleRate, samples: start };
}

/**
 * Writes the features of the start of a clip into a model input: resampled, cut or filled with silence to the time the model hears.
 * @param audio a clip, or the bytes of a WAV file
 * @param port input of an open model; float32, or int8 or uint8 with a scale
 * @param options features the model was trained on; by default those of the known keyword task with this input shape
 * @throws OptionError for a damaged file, wrong options, and an input that takes no such features
 */
export function audioToInput(audio: AudioClip | Uint8Array, port: Port, options?: FeatureOptions): HeardAudio {
  const clip = audio instanceof Uint8Array ? readWav(audio) : audio;
  checkClip(clip, 'audioToInput');
  checkPort(port, 'audioToInput');
  const { settings, frames, write } = featurePort(port, options);
  const count = windowSamples(frames, settings);
  write(features(startOf(clip, settings.sampleRate, count), settings).data);
  return { seconds: clip.samples.length / clip.sampleRate, heardSeconds: count / settings.sampleRate };
}
