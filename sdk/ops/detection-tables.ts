import { exp } from '../core/math.ts';
import type { TensorType } from '../ir/graph.ts';
import type { Detection } from './detection-attributes.ts';
import { tensorScale } from './operands.ts';

/** Real values, in float32, of the codes -128…127. */
function codeValues(type: TensorType): Float32Array {
  const { scale, zeroPoint } = tensorScale(type);
  return Float32Array.from({ length: 256 }, (_, index) => (index - 128 - zeroPoint) * Math.fround(scale));
}

/** What decoding a box needs of a code, by code + 128: TFLite decodes in doubles, which one table for each coordinate holds exactly. */
export interface DetectionTables {
  /** Centre offsets in y and x, half extents in height and width, in units of the anchor. */
  readonly centresY: Float64Array;
  readonly centresX: Float64Array;
  readonly halvesY: Float64Array;
  readonly halvesX: Float64Array;
  readonly scores: Float32Array;
}

export function detectionTables({ divisors: [y, x, height, width] }: Detection, boxes: TensorType, scores: TensorType): DetectionTables {
  const values = codeValues(boxes);
  const quotients = (divisor: number): Float64Array => Float64Array.from(values, (value) => value / divisor);
  const halves = (divisor: number): Float64Array => quotients(divisor).map((value) => 0.5 * exp(value));
  return { centresY: quotients(y), centresX: quotients(x), halvesY: halves(height), halvesX: halves(width), scores: codeValues(scores) };
}

/** Centre y, centre x, height and width of the anchors as float32. */
export function anchorValues(anchors: TensorType, bytes: Uint8Array): Float32Array {
  if (anchors.dtype === 'float32') return new Float32Array(bytes.slice().buffer);
  const { scale, zeroPoint } = tensorScale(anchors);
  const codes = anchors.dtype === 'uint8' ? bytes : new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from(codes, (code) => (code - zeroPoint) * Math.fround(scale));
}
