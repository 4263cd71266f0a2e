import type { Slot } from './slot.ts';

/** Standard deviations above the mean that 95 % stay below. */
const Z_95 = 1.645;

const DRIFT_SECONDS = 60;
/** Variance that the slow-down wanders by in DRIFT_SECONDS. */
const DRIFT_VARIANCE = 0.01;
const INITIAL_NOISE = 0.0025;
const NOISE_GAIN = 0.1;
/** Of the last correction, what it says about how fast the mean moves. */
const MOVED = 0.3;
/** Nothing is decided differently beyond. */
const MOST = 20;
/** Standard deviations by which an observation counts when the one before was not as far off: one is a hiccup, two are the board. */
const HICCUP = 3;

/**
 * How much slower than calibrated the board computes: a Kalman filter on observed over expected latency, common to all variants (ALERT, ATC 2020,
 * section 3.3), whose process noise follows its own corrections, so that it is quick where something else takes or frees the processor. Without
 * observations it returns to 1, so that a variant given up for its latency is tried again.
 */
export class Slowdown {
  mean = 1;
  /** Of an inference to come: of the mean and of single inferences. */
  deviation = 0.05;
  #variance = 0.0025;
  #noise = INITIAL_NOISE;
  /** Square of the mean's last moves. */
  #moved = 0;
  #last = NaN;
  /** The last observation was a hiccup. */
  #hiccup = false;

  update({ slowdown, seconds }: Pick<Slot, 'slowdown' | 'seconds'>): void {
    const keep = 1 / (1 + seconds / DRIFT_SECONDS);
    if (!(slowdown > 0 && slowdown < Infinity)) {
      this.mean = 1 + keep * (this.mean - 1);
      this.#variance = keep * this.#variance + (1 - keep) * DRIFT_VARIANCE;
      this.#noise = INITIAL_NOISE + keep * (this.#noise - INITIAL_NOISE);
      this.#moved *= keep;
    } else {
      const most = this.mean + HICCUP * this.deviation;
      this.#hiccup = slowdown > most && !this.#hiccup;
      const observed = this.#hiccup ? most : Math.min(MOST, slowdown);
      this.#variance += Math.max((1 - keep) * DRIFT_VARIANCE, this.#moved);
      const surprise = observed - this.mean;
      const gain = this.#variance / (this.#variance + this.#noise);
      const change = Number.isNaN(this.#last) ? surprise : observed - this.#last;
      this.#last = observed;
      this.#noise += NOISE_GAIN * (Math.max(1e-6, (change * change) / 2) - this.#noise);
      this.#moved += MOVED * ((gain * surprise) ** 2 - this.#moved);
      this.mean += gain * surprise;
      this.#variance *= 1 - gain;
    }
    this.deviation = Math.sqrt(this.#variance + this.#noise);
  }

  /** Seconds that 95 % of inferences of this calibrated latency stay within. */
  percentile95(latency: number): number {
    return latency * (this.mean + Z_95 * this.deviation);
  }
}
