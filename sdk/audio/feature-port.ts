import { affineOf, codeRangeOf, quantizeValue } from '../core/affine.ts';
import { OptionError } from '../core/errors.ts';
import { elementCount, formatShape, sameShape } from '../core/shape.ts';
import type { Port } from '../runtime/types.ts';
import { featuresPerFrame, parseFeatureOptions, type FeatureOptions, type FeatureSettings } from './feature-options.ts';
import { keywordTasks, keywordTaskOf } from './keyword-tasks.ts';

/** What a model input expects of sound. */
export interface FeaturePort {
  readonly settings: FeatureSettings;
  readonly frames: number;
  /** Writes features [frames][features of a frame] into the input, quantized where it is. */
  readonly write: (features: Float32Array) => void;
}

function writer(port: Port, where: string): (features: Float32Array) => void {
  const data = port.data;
  if (port.dtype === 'float32') return (features) => data.set(features);
  const affine = affineOf(port.quantization);
  const range = codeRangeOf(port.dtype);
  if (affine === undefined || range === undefined) {
    throw new OptionError('not-an-audio-input', `${where}: takes no features; allowed: float32, or int8 and uint8 with a scale; ` +
      'give the tensor itself as a .npy file');
  }
  return (features) => {
    for (let at = 0; at < features.length; at++) data[at] = quantizeValue(features[at]!, affine, range);
  };
}

function isLong(extent: number): boolean {
  return extent > 1;
}

/** Whether the features of a model input are known without options. */
export function isKeywordPort(port: Pick<Port, 'shape'>): boolean {
  return keywordTaskOf(port) !== undefined;
}

/**
 * How features fill the model input `port`.
 * @param options features the model was trained on; undefined takes those of the known task with this input shape
 * @throws OptionError for wrong options, and when the input does not take such features
 */
export function featurePort(port: Port, options: FeatureOptions | undefined): FeaturePort {
  const where = `input '${port.name}' ${port.dtype} ${formatShape(port.shape)}`;
  const known = options ?? keywordTaskOf(port)?.features;
  if (known === undefined) {
    const shapes = keywordTasks.map(({ name, shape }) => `${formatShape(shape)} (${name})`).join(', ');
    throw new OptionError('unknown-features', `${where}: the features of this input are not known; known: ${shapes}; give the feature options, ` +
      'or the tensor itself as a .npy file');
  }
  const settings = parseFeatureOptions(known, where);
  const size = featuresPerFrame(settings);
  const frames = elementCount(port.shape) / size;
  if (!sameShape(port.shape.filter(isLong), [frames, size].filter(isLong))) {
    throw new OptionError('not-an-audio-input', `${where}: takes no frames of ${size} features; give the feature options of this model`);
  }
  return { settings, frames, write: writer(port, where) };
}
