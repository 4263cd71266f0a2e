import type { Node } from '../ir/graph.ts';
import { clampCode, clampReal, codeRange, realRange } from './activation.ts';
import { lowerElementwise } from './elementwise.ts';
import { multiplyByQuantizedMultiplier, quantizeMultiplier } from './fixed-point.ts';
import { clampFields } from './kernel-fields.ts';
import { roundingOf } from './requantize.ts';
import type { Lowering } from './types.ts';
import { unaryCodesOperator } from './unary-codes.ts';
import { withReals } from './unary-f32.ts';

/** Codes of another quantization, clamped; in mode `float` as LiteRT, which leaves this operator to TFLite's kernel. */
const onCodes = unaryCodesOperator('clamp', ['activation'], (node, input, output, mode) => {
  const range = codeRange(node, output);
  const rounding = mode === 'float' ? 'double' : roundingOf(mode);
  const multiplier = quantizeMultiplier(input.scale / output.scale, rounding);
  return (code) => clampCode(multiplyByQuantizedMultiplier(code - input.zeroPoint, multiplier, rounding) + output.zeroPoint, range);
});

function lowerReals(node: Node, lowering: Lowering): void {
  const [input = -1] = node.inputs;
  const [output = -1] = node.outputs;
  const fields = clampFields(realRange(node));
  lowerElementwise(lowering, input, { buffer: lowering.buffer(output) }, { kernel: 'clamp_f32', params: 'ClampF32Params', fields });
}

/** An activation that stands alone, on float32 elements or int8 codes. Attribute: activation. */
export const clamp = withReals(onCodes, {
  attributes: ['activation'],
  apply: (node) => {
    const range = realRange(node);
    return (x) => clampReal(x, range);
  },
  lower: lowerReals,
});
