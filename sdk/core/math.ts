// Built from + - * / and bit patterns only, so every engine gives the same bits.

const bits = new DataView(new ArrayBuffer(8));

/** 2^exponent, exact, for integers from -1022 to 1023. */
export function powerOfTwo(exponent: number): number {
  bits.setUint32(0, (exponent + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** Splits a finite x > 0 into x = fraction * 2^exponent with fraction in [0.5, 1). */
export function splitExponent(x: number): { readonly fraction: number; readonly exponent: number } {
  const subnormal = x < powerOfTwo(-1022);
  bits.setFloat64(0, subnormal ? x * powerOfTwo(64) : x);
  const biased = bits.getUint32(0) >>> 20;
  const exponent = biased - 1022 - (subnormal ? 64 : 0);
  bits.setUint32(0, (bits.getUint32(0) & 0xfffff) | (1022 << 20));
  return { fraction: bits.getFloat64(0), exponent };
}

/** Nearest integer, ties away from zero. */
export function roundHalfAway(x: number): number {
  const whole = Math.trunc(x);
  if (Math.abs(x - whole) < 0.5) return whole;
  return x < 0 ? whole - 1 : whole + 1;
}

// ln 2 in two parts; the high part has 21 trailing zero bits, so its product with |k| < 2^11 is exact.
const LN2_HIGH = 6.93147180369123816490e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const LOG2_E = 1.44269504088896338700;

// 1/2!, 1/3!, … 1/14!: the remainder on |r| <= ln(2)/2 is below 2^-60.
const INVERSE_FACTORIALS: readonly number[] = Array.from({ length: 13 }, (_, index) => {
  let factorial = 1;
  for (let n = 2; n <= index + 2; n++) factorial *= n;
  return 1 / factorial;
});

/** e^x within 1 unit in the last place for normal results; 0 below -745.14, Infinity above 709.79. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x > 709.79) return Infinity;
  if (x < -745.14) return 0;
  const k = Math.round(x * LOG2_E);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  let tail = 0;
  for (let index = INVERSE_FACTORIALS.length - 1; index >= 0; index--) tail = tail * r + INVERSE_FACTORIALS[index]!;
  const value = 1 + (r + (r * r * tail + (high - r - low)));
  const half = Math.trunc(k / 2);
  return value * powerOfTwo(half) * powerOfTwo(k - half);
}

export const PI = 3.14159265358979323846;

const SQRT_HALF = 0.70710678118654752440;

// 1/3, 1/5, … 1/25: the remainder for s = (f - 1) / (f + 1), f in [sqrt(1/2), sqrt(2)), is below 2^-60.
const ODD_RECIPROCALS: readonly number[] = Array.from({ length: 12 }, (_, index) => 1 / (2 * index + 3));

/** Natural logarithm within 2 units in the last place; -Infinity at 0, NaN below. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return Infinity;
  const split = splitExponent(x);
  const small = split.fraction < SQRT_HALF;
  const fraction = small ? split.fraction * 2 : split.fraction;
  const exponent = small ? split.exponent - 1 : split.exponent;
  const f = fraction - 1;
  const s = f / (2 + f);
  const square = s * s;
  let series = 0;
  for (let index = ODD_RECIPROCALS.length - 1; index >= 0; index--) series = series * square + ODD_RECIPROCALS[index]!;
  // 2 * s = f - s * f keeps the digits that the quotient s loses.
  const correction = s * (f - 2 * square * series);
  return exponent * LN2_HIGH + (f - (correction - exponent * LN2_LOW));
}

// pi/2 in three parts; the first two have 20 trailing zero bits, so their products with |n| < 2^20 are exact.
const HALF_PI_PARTS = [1.57079632673412561417, 6.07710050630396597660e-11, 2.02226624879595063154e-21] as const;
const TWO_OVER_PI = 0.63661977236758134308;
const CIRCLE_LIMIT = 2 ** 20;

/** 1/n!, signs alternating, for n = first, first + 2, … */
function alternatingFactorials(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => {
    let factorial = 1;
    for (let n = 2; n <= first + 2 * index; n++) factorial *= n;
    return (index % 2 === 0 ? -1 : 1) / factorial;
  });
}

// The remainders on |r| <= pi/4 are below 2^-60.
const SINE_SERIES = alternatingFactorials(3, 8);
const COSINE_SERIES = alternatingFactorials(2, 9);

function evaluate(series: readonly number[], x: number): number {
  let sum = 0;
  for (let index = series.length - 1; index >= 0; index--) sum = sum * x + series[index]!;
  return sum;
}

/** sin(x + quarters * pi/2). */
function sineOfQuarters(x: number, quarters: number): number {
  if (!(Math.abs(x) <= CIRCLE_LIMIT)) return NaN;
  const n = Math.round(x * TWO_OVER_PI);
  const r = x - n * HALF_PI_PARTS[0] - n * HALF_PI_PARTS[1] - n * HALF_PI_PARTS[2];
  const square = r * r;
  const quadrant = (((n + quarters) % 4) + 4) % 4;
  const value = quadrant % 2 === 0 ? r + r * square * evaluate(SINE_SERIES, square) : 1 + square * evaluate(COSINE_SERIES, square);
  return quadrant < 2 ? value : -value;
}

/** Sine of x radians within 2^-51; NaN beyond 2^20. */
export function sin(x: number): number {
  return sineOfQuarters(x, 0);
}

/** Cosine of x radians within 2^-51; NaN beyond 2^20. */
export function cos(x: number): number {
  return sineOfQuarters(x, 1);
}
