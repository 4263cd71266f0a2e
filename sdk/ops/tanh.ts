import { exp } from '../core/math.ts';
import { nearestCode, unaryCodesOperator } from './unary-codes.ts';

function hyperbolicTangent(x: number): number {
  const decay = exp(-2 * Math.abs(x));
  const magnitude = (1 - decay) / (1 + decay);
  return x < 0 ? -magnitude : magnitude;
}

/** Hyperbolic tangent of int8 codes. */
export const tanh = unaryCodesOperator('tanh', [], nearestCode(hyperbolicTangent));
