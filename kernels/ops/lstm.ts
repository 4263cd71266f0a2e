import { LstmF32Params, LstmParams, LstmTable } from '../abi/lstm';
import { multiplyFixed } from '../micro/fixed-point';
import { squash16 } from '../micro/fixed-point-16';
import { squashF32 } from '../micro/squash';

const GATE_BITS: i32 = 3;
const CELL_GATE: usize = 2;

/** `count` i8 less `zero` as i16, zeros up to a multiple of eight and eight more. */
function widen(source: usize, destination: usize, count: usize, zero: i32): void {
  v128.store(destination + ((count & ~7) << 1), i16x8.splat(0));
  for (const end = source + count; source < end; source++) {
    store<i16>(destination, <i32>load<i8>(source) - zero);
    destination += 2;
  }
}

/** `bias` plus the sum of `count` i8 weights times i16 terms, scaled. */
function scaledSum(bias: i32, weights: usize, terms: usize, count: usize, multiplier: usize): i32 {
  let sums = i32x4.splat(0);
  for (const end = weights + count; weights < end; weights += 8) {
    sums = i32x4.add(sums, i32x4.dot_i16x8_s(v128.load8x8_s(weights), v128.load(terms)));
    terms += 16;
  }
  const sum = bias + i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
  return multiplyFixed(sum, load<i32>(multiplier), load<i32>(multiplier, 4));
}

@inline
function saturate16(value: i32): i32 {
  return max(-32768, min(32767, value));
}

/** value / 2^shift of i32, to nearest, ties away from zero. */
@inline
function shiftRounded(value: v128, shift: i32): v128 {
  return i32x4.shr_s(i32x4.add(i32x4.add(value, i32x4.splat(1 << shift - 1)), i32x4.shr_s(value, 31)), shift);
}

/** a * b / 2^shift of eight i16, to nearest, ties away from zero. */
function multiplyShift(a: v128, b: v128, shift: i32): v128 {
  return i16x8.narrow_i32x4_s(shiftRounded(i32x4.extmul_low_i16x8_s(a, b), shift), shiftRounded(i32x4.extmul_high_i16x8_s(a, b), shift));
}

/** Four sums of every fourth product, added in pairs, then the products past a multiple of four. */
function dot(weights: usize, values: usize, count: usize): f32 {
  let sums = f32x4.splat(0);
  const end = values + (count << 2);
  for (const whole = end - ((count & 3) << 2); values < whole; values += 16) {
    sums = f32x4.add(sums, f32x4.mul(v128.load(weights), v128.load(values)));
    weights += 16;
  }
  let sum = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) + (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
  for (; values < end; values += 4) {
    sum += load<f32>(weights) * load<f32>(values);
    weights += 4;
  }
  return sum;
}

/** Replaces sixteen bytes of values by their hyperbolic tangents, or else logistic functions; codes have `bits` bits before the binary point. */
function squash(at: usize, shift: usize, bits: i32, isTangent: bool, table: usize): void {
  const x = v128.load(at);
  if (!shift) {
    v128.store(at, squash16(x, bits, isTangent, table + LstmTable.POWERS));
    return;
  }
  v128.store(at, squashF32(x, isTangent, table));
}

/** LstmParams and LstmF32Params agree in all fields read by both; elements have 1 << `shift` bytes, cells and gates 1 << `wide`. */
function lstm(params: usize, scratch: usize, begin: i32, end: i32, shift: usize, wide: usize): void {
  const cells = load<usize>(params, LstmParams.CELLS);
  const inputs = load<usize>(params, LstmParams.INPUTS);
  const table = load<usize>(params, LstmParams.TABLE);
  const bits = shift ? 0 : load<i32>(params, LstmParams.CELL_BITS);
  const stride = (cells << wide) + 15 & ~15;
  const cell = scratch;
  const gates = cell + stride;
  const hidden = gates + 4 * stride;
  const hidden16 = hidden + stride;
  const input16 = hidden16 + stride + 16;
  for (let sequence = begin; sequence < end; sequence++) {
    const first = <usize>sequence * cells;
    memory.copy(hidden, load<usize>(params, LstmParams.HIDDEN_BEFORE) + (first << shift), cells << shift);
    memory.copy(cell, load<usize>(params, LstmParams.CELL_BEFORE) + (first << wide), cells << wide);
    let input = load<usize>(params, LstmParams.INPUT) + <usize>(sequence * load<i32>(params, LstmParams.INPUT_SEQUENCE));
    let output = load<usize>(params, LstmParams.OUTPUT) + <usize>(sequence * load<i32>(params, LstmParams.OUTPUT_SEQUENCE));
    for (let step = load<i32>(params, LstmParams.STEPS); step > 0; step--) {
      if (!shift) {
        widen(input, input16, inputs, load<i32>(params, LstmParams.INPUT_ZERO));
        widen(hidden, hidden16, cells, load<i32>(params, LstmParams.HIDDEN_ZERO));
      }
      for (let gate: usize = 0; gate < 4; gate++) {
        const pointers = params + (gate << 2);
        const sums = gates + gate * stride;
        for (let at: usize = 0; at < cells; at++) {
          const bias = load<usize>(pointers, LstmParams.BIAS_0) + (at << 2);
          const fromInput = load<usize>(pointers, LstmParams.INPUT_WEIGHTS_0) + (at * inputs << shift);
          const fromHidden = load<usize>(pointers, LstmParams.HIDDEN_WEIGHTS_0) + (at * cells << shift);
          if (shift) {
            const sum = load<f32>(bias) + dot(fromInput, input, inputs);
            store<f32>(sums + (at << 2), sum + dot(fromHidden, hidden, cells));
          } else {
            const multiplier = table + (gate << 3);
            const sum = saturate16(scaledSum(load<i32>(bias), fromInput, input16, inputs, multiplier));
            store<i16>(sums + (at << 1), saturate16(sum + scaledSum(0, fromHidden, hidden16, cells, multiplier + 32)));
          }
        }
        for (let at = sums; at < sums + stride; at += 16) squash(at, shift, GATE_BITS, gate == CELL_GATE, table);
      }
      for (let at: usize = 0; at < stride; at += 16) {
        const gate = gates + at;
        const before = v128.load(cell + at), into = v128.load(gate), keep = v128.load(gate + stride), value = v128.load(gate + 2 * stride);
        let next: v128;
        if (shift) {
          const most = v128.load32_splat(params, LstmF32Params.CLIP);
          next = f32x4.pmin(f32x4.pmax(f32x4.add(f32x4.mul(keep, before), f32x4.mul(into, value)), f32x4.neg(most)), most);
        } else {
          next = i16x8.add_sat_s(multiplyShift(keep, before, 15), multiplyShift(into, value, 15 + bits));
          next = i16x8.max_s(i16x8.min_s(next, v128.load16_splat(params, LstmParams.CLIP)), v128.load16_splat(params, LstmParams.LEAST));
        }
        v128.store(cell + at, next);
        v128.store(gate, next);
        squash(gate, shift, bits, true, table);
        if (shift) v128.store(hidden + at, f32x4.mul(v128.load(gate), v128.load(gate + 3 * stride)));
      }
      if (!shift) {
        for (let at: usize = 0; at < cells; at++) {
          const gate = gates + (at << 1);
          const scaled = scaledSum(<i32>load<i16>(gate) * <i32>load<i16>(gate + 3 * stride), 0, 0, 0, table + LstmTable.OUTPUT);
          store<i8>(hidden + at, max(-128, min(127, scaled + load<i32>(params, LstmParams.OUTPUT_ZERO))));
        }
      }
      memory.copy(output, hidden, cells << shift);
      input += load<usize>(params, LstmParams.INPUT_STEP);
      output += load<usize>(params, LstmParams.OUTPUT_STEP);
    }
    memory.copy(load<usize>(params, LstmParams.HIDDEN) + (first << shift), hidden, cells << shift);
    memory.copy(load<usize>(params, LstmParams.CELL) + (first << wide), cell, cells << wide);
  }
}

export function lstm_f32(params: usize, scratch: usize, begin: i32, end: i32): void {
  lstm(params, scratch, begin, end, 2, 2);
}

export function lstm_qs8(params: usize, scratch: usize, begin: i32, end: i32): void {
  lstm(params, scratch, begin, end, 0, 1);
}
