import { int32Form } from './binary-plain.ts';
import { binaryOperator } from './binary.ts';

/** Elementwise quotient of int32 tensors towards minus infinity; 0 where the divisor is 0. */
export const floorDiv = binaryOperator('floor-div', { int32: int32Form('floordiv_s32', (a, b) => (b === 0 ? 0 : Math.floor(a / b) | 0)) });
