import { PlanError } from '../core/errors.ts';
import type { Node } from '../ir/graph.ts';
import { ROUNDING_LIMIT } from './requantize.ts';

/** Weights of one output channel: elements channel * channelStride + term * termStride, minus the zero point. */
export interface WeightRows {
  readonly elements: Int8Array | Uint8Array;
  readonly zeroPoint: number;
  readonly channels: number;
  readonly terms: number;
  readonly channelStride: number;
  readonly termStride: number;
}

const INT32_LIMIT = 2147483648;

/**
 * Proves that no input overflows the int32 accumulator or leaves the range in which requantization is exact: by the number of products,
 * and with the real weights where that does not do.
 * @throws PlanError naming the channel
 */
export function checkAccumulators(node: Node, weights: WeightRows, bias: Int32Array | undefined, inputZeroPoint: number, scales: Float32Array): void {
  const { elements, zeroPoint, channels, terms, channelStride, termStride } = weights;
  if (terms * 128 * 255 >= INT32_LIMIT) {
    const most = Math.floor(INT32_LIMIT / (128 * 255));
    throw new PlanError('accumulator-overflow', `${node.name}: sums ${terms} products; more than ${most} may overflow int32: split the layer`);
  }
  const high = 127 - inputZeroPoint;
  const low = -128 - inputZeroPoint;
  const widest = elements instanceof Int8Array ? 128 : Math.max(zeroPoint, 255 - zeroPoint);
  const most = terms * widest * Math.max(high, -low);
  for (let channel = 0; channel < channels; channel++) {
    const offset = bias?.[channel] ?? 0;
    const scale = scales[channel]!;
    const bound = most + Math.abs(offset);
    if (bound < INT32_LIMIT && bound * scale < ROUNDING_LIMIT) continue;
    let positive = 0;
    let negative = 0;
    for (let term = 0, at = channel * channelStride; term < terms; term++, at += termStride) {
      const weight = elements[at]! - zeroPoint;
      if (weight > 0) positive += weight;
      else negative += weight;
    }
    const worst = Math.max(offset + positive * high + negative * low, -(offset + positive * low + negative * high));
    if (worst >= INT32_LIMIT) {
      throw new PlanError('accumulator-overflow', `${node.name}: channel ${channel} may sum up to ${worst}, past int32: reduce its bias`);
    }
    if (!(worst * scale < ROUNDING_LIMIT)) {
      throw new PlanError(
        'requantize-range',
        `${node.name}: channel ${channel} may reach ${worst} * ${scale} output steps, must stay below ${ROUNDING_LIMIT}: use a larger scale`,
      );
    }
  }
}
