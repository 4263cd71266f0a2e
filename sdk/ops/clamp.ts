import { elementCount } from '../core/shape.ts';
import type { Node } from '../ir/graph.ts';
import { clampCode, clampReal, codeRange, realRange } from './activation.ts';
import { multiplyByQuantizedMultiplier, quantizeMultiplier } from './fixed-point.ts';
import { clampFields, sourceField } from './kernel-fields.ts';
import type { Fields } from './kernel-fields.ts';
import { elementBlock } from './partition.ts';
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
  const count = elementCount(lowering.tensor(input).shape);
  const block = elementBlock(count);
  const fields: Fields<'ClampF32Params'> = {
    INPUT: sourceField(lowering, input),
    OUTPUT: { buffer: lowering.buffer(output) },
    COUNT: count,
    BLOCK: block,
    ...clampFields(realRange(node)),
  };
  lowering.step({ kernel: 'clamp_f32', params: 'ClampF32Params', fields, units: Math.ceil(count / block) });
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
