import { cos, log, PI } from '../../core/math.ts';

/** Chris Doty-Humphrey's sfc32 (PractRand 0.93): the same numbers from a seed and a stream on every engine. */
export class Random {
  #a = 0;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param stream tells apart what is drawn from one seed: none shifts another's numbers */
  constructor(seed: number, stream: number) {
    this.#b = seed | 0;
    this.#c = stream | 0;
    for (let mixed = 0; mixed < 12; mixed++) this.next();
  }

  /** Uniform in [0, 1). */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }

  /** Mean 0, deviation 1 (Box and Muller). */
  normal(): number {
    return Math.sqrt(-2 * log(1 - this.next())) * cos(2 * PI * this.next());
  }
}
