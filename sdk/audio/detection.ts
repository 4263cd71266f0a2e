/** A keyword that was heard. */
export interface Detection {
  /** 0-based class number of the model. */
  readonly index: number;
  readonly label: string | null;
  /** Average of the model's output for the class over the smoothing time. */
  readonly score: number;
  /** Seconds of sound heard when it was decided. */
  readonly seconds: number;
}

export interface DetectionRules {
  /** Results that are averaged. */
  readonly smoothing: number;
  /** Least average. */
  readonly threshold: number;
  /** Samples after a detection in which there is no other. */
  readonly refractory: number;
  /** Samples a second. */
  readonly sampleRate: number;
  /** Classes that are keywords. */
  readonly keywords: readonly number[];
}

/** Turns the results of overlapping windows into single detections. */
export class DetectionFilter {
  readonly #rules: DetectionRules;
  readonly #results: Float64Array[] = [];
  #quietUntil = -Infinity;

  constructor(rules: DetectionRules) {
    this.#rules = rules;
  }

  /** Forgets earlier results; the refractory time goes on. */
  reset(): void {
    this.#results.length = 0;
  }

  /**
   * @param scores one number per class
   * @param samples heard until the result, not less than until the one before
   */
  decide(scores: Float64Array, samples: number): Omit<Detection, 'label'> | undefined {
    const { smoothing, threshold, refractory, sampleRate, keywords } = this.#rules;
    this.#results.push(scores);
    if (this.#results.length > smoothing) this.#results.shift();
    if (this.#results.length < smoothing || samples < this.#quietUntil) return undefined;
    const averages = scores.map((_, index) => this.#results.reduce((sum, result) => sum + result[index]!, 0) / smoothing);
    const index = averages.reduce((best, average, at) => (average > averages[best]! ? at : best), 0);
    const score = averages[index]!;
    if (!(score >= threshold) || !keywords.includes(index)) return undefined;
    this.#quietUntil = samples + refractory;
    return { index, score, seconds: samples / sampleRate };
  }
}
