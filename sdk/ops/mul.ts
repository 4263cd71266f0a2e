import { int8Product } from './binary-int8.ts';
import { float32Form, int32Form } from './binary-plain.ts';
import { binaryOperator } from './binary.ts';

/** Elementwise product of int8, int32 or float32 tensors. */
export const mul = binaryOperator('mul', {
  int8: int8Product,
  int32: int32Form('mul_s32', Math.imul),
  float32: float32Form('mul_f32', (a, b) => a * b),
});
