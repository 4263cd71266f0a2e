import type { Node, Tensor, TensorType } from '../ir/graph.ts';
import { checkAttributeNames } from './attributes.ts';
import { convolve } from './convolution.ts';
import type { Convolution } from './convolution.ts';
import { isFloat } from './float-operands.ts';
import type { Lowering, Operator } from './types.ts';
import { checkWeightedF32, realWeights, summationF32 } from './weighted-f32.ts';
import { checkWeighted, loweredOperands, summationCodes, weightedOperands } from './weighted.ts';
import type { WeightedOperands } from './weighted.ts';

/** In what operators that convolve an NHWC input differ. */
export interface ConvolutionForm {
  readonly name: string;
  /** Axis of the weights that counts the output channels. */
  readonly channelAxis: number;
  /** @throws ModelError when weights and input do not fit. */
  readonly geometry: (node: Node, operands: WeightedOperands<TensorType>) => Convolution;
  /** Output channel of an element of the weights. */
  readonly channelOf: (element: number, convolution: Convolution) => number;
  readonly lower: (node: Node, lowering: Lowering, operands: WeightedOperands<Tensor>, convolution: Convolution) => void;
}

/** int8 with int32 bias, or float32 with float32 or int8 weights. Attributes: strides [h, w], dilations [h, w], pads [top, left, bottom, right], activation. */
export function convolutionOperator({ name, channelAxis, geometry, channelOf, lower }: ConvolutionForm): Operator {
  return {
    name,

    infer(node, inputs, outputs) {
      checkAttributeNames(node, ['strides', 'dilations', 'pads', 'activation']);
      const check = isFloat(inputs[0]) ? checkWeightedF32 : checkWeighted;
      const operands = check(node, inputs, outputs, { activation: 4, weights: 4, channelAxis });
      const { batch, outputChannels, window } = geometry(node, operands);
      return [{ ...operands.output, shape: [batch, window.height.output, window.width.output, outputChannels] }];
    },

    reference(node, inputs, outputs, mode) {
      const operands = weightedOperands(node, inputs, outputs);
      const convolution = geometry(node, operands);
      if (!isFloat(operands.input)) {
        const { input, weights, output } = operands;
        convolve(convolution, input.data as Int8Array, weights.data as Int8Array | Uint8Array, output.data as Int8Array, summationCodes(node, operands, mode));
        return;
      }
      const w = realWeights(operands.weights, convolution.outputChannels, (element) => channelOf(element, convolution));
      convolve(convolution, operands.input.data as Float32Array, w, operands.output.data as Float32Array, summationF32(node, operands.bias));
    },

    lower(node, lowering) {
      const operands = loweredOperands(node, lowering);
      lower(node, lowering, operands, geometry(node, operands));
    },
  };
}
