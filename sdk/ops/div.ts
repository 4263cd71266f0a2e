import { float32Form } from './binary-plain.ts';
import { binaryOperator } from './binary.ts';

/** Elementwise quotient of float32 tensors. */
export const div = binaryOperator('div', { float32: float32Form('div_f32', (a, b) => a / b) });
