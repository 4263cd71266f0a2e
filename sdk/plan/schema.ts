// Shape of an encoded plan, every number and list bounded.

import * as v from 'valibot';
import { DTYPES } from '../core/dtype.ts';
import { MAX_RANK } from '../core/shape.ts';

const MAX_INT32 = 2147483647;
const MAX_ADDRESS = 4294967295;
const MAX_ITEMS = 100_000;
const MAX_NAME = 65_535;

function integer(min: number, max: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
}

const name = v.pipe(v.string(), v.maxLength(MAX_NAME));
const identifier = v.pipe(v.string(), v.regex(/^[A-Za-z][A-Za-z0-9_-]{0,99}$/));
const fieldName = v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]{0,99}$/));
const count = integer(0, MAX_INT32);
const extent = integer(1, MAX_INT32);
const address = integer(0, MAX_ADDRESS);
const zeroPoint = integer(-128, 127);
const id = integer(0, MAX_ITEMS - 1);
const float32 = v.pipe(v.number(), v.check((value) => Number.isFinite(value) && Math.fround(value) === value, 'must be a finite float32'));

function list<Item extends v.GenericSchema>(item: Item) {
  return v.pipe(v.array(item), v.maxLength(MAX_ITEMS));
}

const buffer = v.strictObject({
  name,
  bytes: address,
  offset: v.pipe(address, v.multipleOf(64)),
  live: v.strictTuple([integer(-1, MAX_ITEMS), integer(-1, MAX_ITEMS)]),
});

const codes = { unsignedZeroPoint: v.exactOptional(integer(0, 255)) };
const product = { columns: extent, depth: extent };
const taps = { taps: extent, channels: extent };

const layout = v.variant('kind', [
  v.strictObject({ kind: v.literal('raw') }),
  v.strictObject({ kind: v.literal('gemm-weights'), ...product, ...codes }),
  v.strictObject({ kind: v.literal('gemm-bias'), ...product, weights: id, inputZeroPoint: zeroPoint }),
  v.strictObject({ kind: v.literal('gemm-scale'), columns: extent }),
  v.strictObject({ kind: v.literal('dwconv-weights'), ...taps, ...codes }),
  v.strictObject({ kind: v.literal('dwconv-bias'), ...taps, weights: id, inputZeroPoint: zeroPoint }),
  v.strictObject({ kind: v.literal('dwconv-scale'), channels: extent }),
  v.strictObject({ kind: v.literal('gemm-f32-weights'), ...product }),
  v.strictObject({ kind: v.literal('gemm-f32-codes'), ...product, scales: id }),
  v.strictObject({ kind: v.literal('dwconv-f32-codes'), ...taps, scales: id }),
]);

const constant = v.strictObject({
  name,
  bytes: address,
  layout,
  tensor: v.exactOptional(count),
  data: v.exactOptional(v.string()),
});

const offset = v.exactOptional(address);

const field = v.union([
  integer(-MAX_INT32 - 1, MAX_INT32),
  v.strictObject({ f32: float32 }),
  v.strictObject({ splat: v.literal('i8'), value: integer(-128, 127) }),
  v.strictObject({ splat: v.literal('i32'), value: integer(-MAX_INT32 - 1, MAX_INT32) }),
  v.strictObject({ splat: v.literal('f32'), value: float32 }),
  v.strictObject({ flip: v.literal(true) }),
  v.strictObject({ buffer: id, offset }),
  v.strictObject({ constant: id, offset }),
]);

const step = v.strictObject({
  kernel: identifier,
  node: name,
  op: identifier,
  params: identifier,
  fields: v.pipe(v.record(fieldName, field), v.maxEntries(64)),
  units: count,
  scratch: address,
  macs: integer(0, Number.MAX_SAFE_INTEGER),
});

const band = v.strictObject({
  first: id,
  pace: id,
  last: id,
  blockUnits: extent,
  blockRows: extent,
  leadRows: count,
  leadUnits: count,
});

const quantization = v.strictObject({
  scales: v.pipe(list(v.pipe(v.number(), v.finite(), v.gtValue(0))), v.minLength(1)),
  zeroPoints: v.pipe(list(integer(-MAX_INT32 - 1, MAX_INT32)), v.minLength(1)),
  axis: v.exactOptional(integer(0, MAX_RANK - 1)),
});

const port = v.strictObject({
  name,
  dtype: v.picklist(DTYPES),
  shape: v.pipe(v.array(extent), v.maxLength(MAX_RANK)),
  quantization: v.exactOptional(quantization),
  buffer: id,
});

const state = v.strictObject({
  buffer: id,
  initial: v.union([v.strictObject({ constant: id }), v.strictObject({ fill: integer(0, 255) })]),
});

export const planSchema = v.strictObject({
  abi: count,
  buffers: list(buffer),
  constants: list(constant),
  steps: list(step),
  bands: list(band),
  inputs: list(port),
  outputs: list(port),
  states: v.exactOptional(list(state)),
  arenaBytes: address,
  arenaLowerBound: address,
});

export type EncodedPlan = v.InferOutput<typeof planSchema>;
