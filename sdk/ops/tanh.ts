import { exp } from '../core/math.ts';
import { lowerSquash, tanhF32 } from './squash-f32.ts';
import { nearestCode, unaryCodesOperator } from './unary-codes.ts';
import { withReals } from './unary-f32.ts';

function hyperbolicTangent(x: number): number {
  const decay = exp(-2 * Math.abs(x));
  const magnitude = (1 - decay) / (1 + decay);
  return x < 0 ? -magnitude : magnitude;
}

/** Hyperbolic tangent of float32 elements or int8 codes. */
export const tanh = withReals(unaryCodesOperator('tanh', [], nearestCode(hyperbolicTangent)), {
  attributes: [], apply: () => tanhF32, lower: (node, lowering) => lowerSquash(node, lowering, true),
});
