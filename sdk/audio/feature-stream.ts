import { openExtractor, type FeatureExtractor } from './feature-extractor.ts';
import { windowSamples, type FeatureSettings } from './feature-options.ts';
import { gainOf, peakOf } from './peak.ts';

/**
 * Features of the latest frames of endless sound, one transform a step.
 * The window after any step has the same bits as the features of a clip of its samples.
 */
export class FeatureStream {
  readonly #extractor: FeatureExtractor;
  /** Samples of one step. */
  readonly #step: number;
  /** The latest samples, whole steps that hold one frame. */
  readonly #recent: Float32Array;
  /** Mel bands of the latest frames; the frame after step n lies in row n % frames. */
  readonly #bands: Float32Array;
  /** Peaks of the steps of a window; that of step n lies at n % steps. */
  readonly #peaks: Float32Array;
  #filled = 0;
  /** Steps since the start or the last reset, and since the start. */
  #steps = 0;
  #total = 0;

  /** @param frames frames of a window */
  constructor(settings: FeatureSettings, frames: number) {
    const { frameLength, frameStep, melBins } = settings;
    this.#extractor = openExtractor(settings, frames);
    this.#step = frameStep;
    this.#recent = new Float32Array(Math.ceil(frameLength / frameStep) * frameStep);
    this.#bands = new Float32Array(frames * melBins);
    this.#peaks = new Float32Array(windowSamples(frames, settings) / frameStep);
  }

  /** Samples heard since the start in whole steps, also those forgotten. */
  get samples(): number {
    return this.#total * this.#step;
  }

  /** Whether a whole window was heard and not forgotten. */
  get ready(): boolean {
    return this.#steps >= this.#peaks.length;
  }

  /** Forgets all that was heard. */
  reset(): void {
    this.#filled = 0;
    this.#steps = 0;
  }

  /**
   * Takes any number of samples, and yields after each step.
   * Samples that do not fill a step wait for the next call.
   */
  *push(samples: Float32Array): Generator<void> {
    const room = this.#recent.length - this.#step;
    for (let at = 0; at < samples.length;) {
      if (this.#filled === 0) this.#recent.copyWithin(0, this.#step);
      const part = samples.subarray(at, at + this.#step - this.#filled);
      this.#recent.set(part, room + this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#step) {
        this.#filled = 0;
        this.#advance();
        yield;
      }
    }
  }

  #advance(): void {
    const { frames, settings: { frameLength, melBins } } = this.#extractor;
    this.#peaks[this.#steps % this.#peaks.length] = peakOf(this.#recent.subarray(-this.#step));
    this.#bands.set(this.#extractor.mel(this.#recent.subarray(0, frameLength)), (this.#steps % frames) * melBins);
    this.#steps++;
    this.#total++;
  }

  /** Features [frames][features of a frame] of the latest window, where `ready`; a view that the next call overwrites. */
  features(): Float32Array {
    const { bands, frames, settings: { melBins, normalize } } = this.#extractor;
    const oldest = (this.#steps % frames) * melBins;
    bands.set(this.#bands.subarray(oldest));
    bands.set(this.#bands.subarray(0, oldest), bands.length - oldest);
    return this.#extractor.features(normalize === 'peak' ? gainOf(peakOf(this.#peaks)) : 1);
  }
}
