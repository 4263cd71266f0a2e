import { int8Sum } from './binary-int8.ts';
import { float32Form, int32Form } from './binary-plain.ts';
import { binaryOperator } from './binary.ts';

/** Elementwise sum of int8, int32 or float32 tensors. */
export const add = binaryOperator('add', {
  int8: int8Sum(1),
  int32: int32Form('add_s32', (a, b) => (a + b) | 0),
  float32: float32Form('add_f32', (a, b) => a + b),
});
