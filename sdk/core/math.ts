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
