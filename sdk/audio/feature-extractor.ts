import type { Plan } from '../plan/types.ts';
import { chooseKernels } from '../runtime/select.ts';
import { Session } from '../runtime/session.ts';
import type { FeatureSettings } from './feature-options.ts';
import { cepstrumPlan, melPlan } from './feature-plan.ts';

/** All constants of a feature plan come with their data. */
const noTensors = (): Uint8Array => new Uint8Array();

function open(plan: Plan): Session {
  return new Session(plan, noTensors, { threads: 1, choice: chooseKernels() });
}

function port(session: Session, kind: 'inputs' | 'outputs', index: number): Float32Array {
  return session[kind][index]!.data as Float32Array;
}

/** The kernels of one front end: frames of samples to mel bands, and `frames` frames of mel bands to features. */
export interface FeatureExtractor {
  readonly settings: FeatureSettings;
  readonly frames: number;
  /** Magnitudes of the mel bands of one frame of samples; a view that the next call overwrites. */
  mel(frame: Float32Array): Float32Array;
  /** Mel bands of `frames` frames, the oldest first, to be filled before `features`. */
  readonly bands: Float32Array;
  /** Features [frames][features of a frame] of `bands` times `gain`; a view that the next call overwrites. */
  features(gain: number): Float32Array;
}

/** @throws PlanError when the features do not fit into memory, DeviceError when the host lacks SIMD */
export function openExtractor(settings: FeatureSettings, frames: number): FeatureExtractor {
  const spectrum = open(melPlan(settings));
  const cepstrum = open(cepstrumPlan(settings, frames));
  const [samples, mel] = [port(spectrum, 'inputs', 0), port(spectrum, 'outputs', 0)];
  const [bands, gains, features] = [port(cepstrum, 'inputs', 0), port(cepstrum, 'inputs', 1), port(cepstrum, 'outputs', 0)];
  return {
    settings,
    frames,
    bands,
    mel(frame) {
      samples.set(frame);
      spectrum.runSync();
      return mel;
    },
    features(gain) {
      gains[0] = gain;
      cepstrum.runSync();
      return features;
    },
  };
}
