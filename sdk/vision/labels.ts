import type { ModelMetadata, PortMetadata } from '../core/model-metadata.ts';
import { OptionError } from '../core/errors.ts';
import { elementCount } from '../core/shape.ts';
import type { Port } from '../runtime/types.ts';

/** Class names the model file states for a row of scores, where there is one for each. */
export function classLabels(output: Pick<Port, 'shape'>, stated: PortMetadata | undefined): readonly string[] | undefined {
  return stated?.labels?.length === elementCount(output.shape) ? stated.labels : undefined;
}

/** The first class names that the model file states for any output. */
export function anyLabels(metadata: ModelMetadata | undefined): readonly string[] | undefined {
  return metadata?.outputs.find(({ labels }) => labels !== undefined)?.labels;
}

/** @throws OptionError where there are not as many labels as classes */
export function checkLabels(labels: readonly string[] | undefined, classes: number, where: string): void {
  if (labels === undefined || labels.length === classes) return;
  throw new OptionError('label-count', `${where}: ${labels.length} labels for ${classes} classes; give one label per class`);
}
