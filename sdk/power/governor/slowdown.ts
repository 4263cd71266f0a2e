/** Standard deviations above the mean that 95 % stay below. */
const Z_95 = 1.645;

const DRIFT_SECONDS = 60;
/** Variance that the slow-down wanders by in DRIFT_SECONDS. */
const DRIFT_VARIANCE = 0.01;
const INITIAL_NOISE = 0.0025;
const NOISE_GAIN = 0.1;

/**
 * How much slower than calibrated the board computes: a Kalman filter on observed over expected latency, common to all variants (ALERT, ATC 2020,
 * section 3.3). Without observations it returns to 1, so that a variant given up for its latency is tried again.
 */
export class Slowdown {
  mean = 1;
  /** Of an inference to come: of the mean and of single inferences. */
  deviation = 0.05;
  #variance = 0.0025;
  #noise = INITIAL_NOISE;

  /** @param observed observed over expected latency, NaN without any */
  update(observed: number, seconds: number): void {
    const keep = 1 / (1 + seconds / DRIFT_SECONDS);
    if (!(observed > 0)) {
      this.mean = 1 + keep * (this.mean - 1);
      this.#variance = keep * this.#variance + (1 - keep) * DRIFT_VARIANCE;
    } else {
      this.#variance += (1 - keep) * DRIFT_VARIANCE;
      const surprise = observed - this.mean;
      const gain = this.#variance / (this.#variance + this.#noise);
      this.#noise += NOISE_GAIN * (Math.max(1e-6, surprise * surprise - this.#variance) - this.#noise);
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
