/** A fitted value with the interval that holds it at 95 % confidence. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** 95 % of a chi-square distribution with one degree of freedom. */
export const CHI_SQUARE_1 = 3.84;
/** Widest interval, as a share of the value to each side, that counts as known. */
const KNOWN = 0.3;

/** @returns undefined where the interval is too wide */
export function known(estimate: Estimate): Estimate | undefined {
  const { value, low, high } = estimate;
  return low >= value * (1 - KNOWN) && high <= value * (1 + KNOWN) ? estimate : undefined;
}

/** Variance of one residual, and how many samples stand for an independent one (first-order autocorrelation). @param fitted number of parameters */
export function noiseOf(residuals: Float64Array, fitted: number, quantum: number): { readonly variance: number; readonly perIndependent: number } {
  let rest = 0;
  let product = 0;
  for (let index = 0; index < residuals.length; index++) {
    rest += residuals[index]! * residuals[index]!;
    if (index > 0) product += residuals[index]! * residuals[index - 1]!;
  }
  const variance = Math.max(rest / Math.max(1, residuals.length - fitted), (quantum * quantum) / 12);
  const correlation = Math.min(0.99, Math.max(0, rest > 0 ? product / rest : 0));
  return { variance, perIndependent: (1 + correlation) / (1 - correlation) };
}
