import { AddParams, BinaryParams, MulParams } from '../abi/binary';
import { storeUpTo16 } from '../micro/copy';
import { clampCodes, narrowCodes, requantize } from '../micro/requantize';

/** Element types, each with its operators. */
@inline const QS8 = 0;
@inline const F32 = 1;
@inline const S32 = 2;

@inline const ADD = 0;
@inline const SUB = 1;
@inline const MUL = 2;
/** Towards minus infinity for integers. */
@inline const DIV = 3;

/** Four sums a * FACTOR_A + b * FACTOR_B + BIAS in output steps. */
@inline
function addQuad(params: usize, a: v128, b: v128): v128 {
  const scaledA = i32x4.mul(a, v128.load(params, AddParams.FACTOR_A));
  const scaledB = i32x4.mul(b, v128.load(params, AddParams.FACTOR_B));
  return i32x4.shr_s(i32x4.add(i32x4.add(scaledA, scaledB), v128.load(params, AddParams.BIAS)), load<i32>(params, AddParams.SHIFT));
}

@inline
function addCodes(params: usize, x: v128, y: v128): v128 {
  const xLow = i16x8.extend_low_i8x16_s(x), yLow = i16x8.extend_low_i8x16_s(y);
  const xHigh = i16x8.extend_high_i8x16_s(x), yHigh = i16x8.extend_high_i8x16_s(y);
  const q0 = addQuad(params, i32x4.extend_low_i16x8_s(xLow), i32x4.extend_low_i16x8_s(yLow));
  const q1 = addQuad(params, i32x4.extend_high_i16x8_s(xLow), i32x4.extend_high_i16x8_s(yLow));
  const q2 = addQuad(params, i32x4.extend_low_i16x8_s(xHigh), i32x4.extend_low_i16x8_s(yHigh));
  const q3 = addQuad(params, i32x4.extend_high_i16x8_s(xHigh), i32x4.extend_high_i16x8_s(yHigh));
  const zero = v128.load(params, AddParams.ZERO);
  const low = i16x8.add_sat_s(i16x8.narrow_i32x4_s(q0, q1), zero), high = i16x8.add_sat_s(i16x8.narrow_i32x4_s(q2, q3), zero);
  return i8x16.min_s(i8x16.max_s(i8x16.narrow_i16x8_s(low, high), v128.load(params, AddParams.MIN)), v128.load(params, AddParams.MAX));
}

@inline
function multiplyCodes(params: usize, x: v128, y: v128): v128 {
  const zeroA = v128.load(params, MulParams.ZERO_A), zeroB = v128.load(params, MulParams.ZERO_B);
  const xLow = i16x8.sub(i16x8.extend_low_i8x16_s(x), zeroA), yLow = i16x8.sub(i16x8.extend_low_i8x16_s(y), zeroB);
  const xHigh = i16x8.sub(i16x8.extend_high_i8x16_s(x), zeroA), yHigh = i16x8.sub(i16x8.extend_high_i8x16_s(y), zeroB);
  const scale = v128.load(params, MulParams.SCALE);
  const magic = v128.load(params, MulParams.MAGIC), offset = v128.load(params, MulParams.OFFSET);
  const q0 = requantize(i32x4.extmul_low_i16x8_s(xLow, yLow), scale, magic, offset);
  const q1 = requantize(i32x4.extmul_high_i16x8_s(xLow, yLow), scale, magic, offset);
  const q2 = requantize(i32x4.extmul_low_i16x8_s(xHigh, yHigh), scale, magic, offset);
  const q3 = requantize(i32x4.extmul_high_i16x8_s(xHigh, yHigh), scale, magic, offset);
  return clampCodes(narrowCodes(q0, q1, q2, q3), params + MulParams.MIN);
}

@inline
function clampF32(params: usize, values: v128): v128 {
  return f32x4.min(f32x4.max(values, v128.load(params, BinaryParams.MIN)), v128.load(params, BinaryParams.MAX));
}

@inline
function clampS32(params: usize, values: v128): v128 {
  return i32x4.min_s(i32x4.max_s(values, v128.load(params, BinaryParams.MIN)), v128.load(params, BinaryParams.MAX));
}

/** Quotient towards minus infinity; 0 where the divisor is 0, and the wrapped quotient of -2^31 and -1. */
@inline
function floorQuotient(a: i32, b: i32): i32 {
  if (b == 0) return 0;
  if (b == -1) return 0 - a;
  const quotient = a / b;
  return quotient - i32((a % b != 0) && ((a ^ b) < 0));
}

@inline
function floorQuotients(a: v128, b: v128): v128 {
  let quotients = i32x4.splat(floorQuotient(i32x4.extract_lane(a, 0), i32x4.extract_lane(b, 0)));
  quotients = i32x4.replace_lane(quotients, 1, floorQuotient(i32x4.extract_lane(a, 1), i32x4.extract_lane(b, 1)));
  quotients = i32x4.replace_lane(quotients, 2, floorQuotient(i32x4.extract_lane(a, 2), i32x4.extract_lane(b, 2)));
  return i32x4.replace_lane(quotients, 3, floorQuotient(i32x4.extract_lane(a, 3), i32x4.extract_lane(b, 3)));
}

@inline
function combineF32(op: i32, x: v128, y: v128): v128 {
  if (op == ADD) return f32x4.add(x, y);
  if (op == SUB) return f32x4.sub(x, y);
  return op == MUL ? f32x4.mul(x, y) : f32x4.div(x, y);
}

@inline
function combineS32(op: i32, x: v128, y: v128): v128 {
  if (op == ADD) return i32x4.add(x, y);
  if (op == SUB) return i32x4.sub(x, y);
  return op == MUL ? i32x4.mul(x, y) : floorQuotients(x, y);
}

@inline
function combine(type: i32, op: i32, params: usize, x: v128, y: v128): v128 {
  if (type == QS8) return op == ADD ? addCodes(params, x, y) : multiplyCodes(params, x, y);
  return type == F32 ? clampF32(params, combineF32(op, x, y)) : clampS32(params, combineS32(op, x, y));
}

@inline
function vectorOf(type: i32, step: i32, address: usize): v128 {
  if (step) return v128.load(address);
  return type == QS8 ? v128.load8_splat(address) : v128.load32_splat(address);
}

/** All params enums of this file agree in the fields of BinaryParams up to DIMS. */
@inline
function binary(type: i32, op: i32, params: usize, scratch: usize, begin: i32, end: i32): void {
  const bytes: i32 = type == QS8 ? 1 : 4;
  const count = load<i32>(params, BinaryParams.COUNT);
  const block = load<i32>(params, BinaryParams.BLOCK);
  const blocks = (count + block - 1) / block;
  const aStep = load<i32>(params, BinaryParams.A_STEP);
  const bStep = load<i32>(params, BinaryParams.B_STEP);
  const dims = load<usize>(params, BinaryParams.DIMS);
  const dimsEnd = dims + <usize>(12 * load<i32>(params, BinaryParams.RANK));
  for (let unit = begin; unit < end; unit++) {
    const row = unit / blocks;
    const first = (unit - row * blocks) * block;
    let a = load<usize>(params, BinaryParams.A) + <usize>(first * aStep * bytes);
    let b = load<usize>(params, BinaryParams.B) + <usize>(first * bStep * bytes);
    let rest = row;
    for (let dim = dimsEnd; dim > dims;) {
      dim -= 12;
      const outer = rest / load<i32>(dim);
      const index = rest - outer * load<i32>(dim);
      a += <usize>(index * load<i32>(dim, 4));
      b += <usize>(index * load<i32>(dim, 8));
      rest = outer;
    }
    let output = load<usize>(params, BinaryParams.OUTPUT) + <usize>((row * count + first) * bytes);
    for (let left = min(block, count - first) * bytes; left > 0; left -= 16) {
      storeUpTo16(output, combine(type, op, params, vectorOf(type, aStep, a), vectorOf(type, bStep, b)), left, scratch);
      a += <usize>(aStep << 4);
      b += <usize>(bStep << 4);
      output += 16;
    }
  }
}

/** One loop for all operators of a type: it is short beside reading and writing memory. */
function reals(op: i32, params: usize, scratch: usize, begin: i32, end: i32): void {
  binary(F32, op, params, scratch, begin, end);
}

function integers(op: i32, params: usize, scratch: usize, begin: i32, end: i32): void {
  binary(S32, op, params, scratch, begin, end);
}

export function add_qs8(params: usize, scratch: usize, begin: i32, end: i32): void {
  binary(QS8, ADD, params, scratch, begin, end);
}

export function mul_qs8(params: usize, scratch: usize, begin: i32, end: i32): void {
  binary(QS8, MUL, params, scratch, begin, end);
}

export function add_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  reals(ADD, params, scratch, begin, end);
}

export function sub_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  reals(SUB, params, scratch, begin, end);
}

export function mul_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  reals(MUL, params, scratch, begin, end);
}

export function div_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  reals(DIV, params, scratch, begin, end);
}

export function add_s32(params: usize, scratch: usize, begin: i32, end: i32): void {
  integers(ADD, params, scratch, begin, end);
}

export function sub_s32(params: usize, scratch: usize, begin: i32, end: i32): void {
  integers(SUB, params, scratch, begin, end);
}

export function mul_s32(params: usize, scratch: usize, begin: i32, end: i32): void {
  integers(MUL, params, scratch, begin, end);
}

export function floordiv_s32(params: usize, scratch: usize, begin: i32, end: i32): void {
  integers(DIV, params, scratch, begin, end);
}
