// e^x for x <= 0 in float32, operation for operation as kernels/micro/exp.ts.

import { ExpTable } from '../../kernels/abi.ts';
import { powerOfTwo } from '../core/math.ts';
import { MAGIC } from './requantize.ts';

const LOG2_E = Math.fround(1.4426950408889634);
/** ln 2 in two parts; the high part has 9 significant bits, so its product with |n| < 2^15 is exact. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = Math.fround(-2.1219444005469057e-4);
/** Results stay normal numbers. */
const FLOOR = -87;
/** 1/7! to 1/2!: the remainder on |r| <= ln(2)/2 is below 2^-27. */
const SERIES = [5040, 720, 120, 24, 6, 2].map((factorial) => Math.fround(1 / factorial));

/** The constants in the order of ExpTable. */
export function expTable(): Float32Array {
  const table = new Float32Array(ExpTable.SIZE / 4);
  const put = (at: number, ...values: readonly number[]): void => table.set(values, at / 4);
  put(ExpTable.FLOOR, FLOOR);
  put(ExpTable.MAGIC, MAGIC);
  put(ExpTable.LOG2_E, LOG2_E);
  put(ExpTable.LN2_HIGH, LN2_HIGH);
  put(ExpTable.LN2_LOW, LN2_LOW);
  put(ExpTable.ONE, 1);
  put(ExpTable.SERIES, ...SERIES);
  return table;
}

/** e^x of a float32 x <= 0 within 2 units in the last place; e^-87 below -87. */
export function expF32(x: number): number {
  const f = Math.fround;
  const clamped = x < FLOOR ? FLOOR : x;
  const n = f(f(f(clamped * LOG2_E) + MAGIC) - MAGIC);
  const r = f(f(clamped - f(n * LN2_HIGH)) - f(n * LN2_LOW));
  const [first = 0, ...rest] = SERIES;
  const p = rest.reduce((sum, coefficient) => f(f(sum * r) + coefficient), first);
  const fraction = f(f(f(f(p * r) * r) + r) + 1);
  return Number.isNaN(x) ? NaN : f(fraction * powerOfTwo(n));
}
