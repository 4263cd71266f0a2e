import { int8Sum } from './binary-int8.ts';
import { float32Form, int32Form } from './binary-plain.ts';
import { binaryOperator } from './binary.ts';

/** Elementwise difference of int8, int32 or float32 tensors. */
export const sub = binaryOperator('sub', {
  int8: int8Sum(-1),
  int32: int32Form('sub_s32', (a, b) => (a - b) | 0),
  float32: float32Form('sub_f32', (a, b) => a - b),
});
