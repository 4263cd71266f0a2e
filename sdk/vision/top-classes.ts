import { affineOf, dequantizeValue, type Affine } from '../core/affine.ts';
import { OptionError } from '../core/errors.ts';
import { elementCount, formatShape } from '../core/shape.ts';
import type { Port } from '../runtime/types.ts';
import { byScore } from './best.ts';
import { checkLabels } from './labels.ts';

/** One class of a classifier's answer. */
export interface Classification {
  /** 0-based class number of the model. */
  readonly index: number;
  readonly label: string | null;
  /** The model's own output for the class as a real number: a probability where it ends in softmax. */
  readonly score: number;
}

/** How codes become scores; undefined where an output is no row of class scores. */
function scoring({ shape, dtype, quantization }: Port): Affine | undefined {
  const count = elementCount(shape);
  if (count < 2 || Math.max(...shape) !== count) return undefined;
  if (dtype === 'float32') return { scale: 1, zeroPoint: 0 };
  return dtype === 'int8' || dtype === 'uint8' ? affineOf(quantization) : undefined;
}

/** Whether an output is one row of class scores. */
export function isClassPort(port: Port): boolean {
  return scoring(port) !== undefined;
}

/**
 * The `count` best classes of one row of scores, best first; equal scores in order of their index, those that are no numbers last.
 * @param port output of shape [classes], [1, classes], [1, 1, 1, classes] ...: float32, or int8 or uint8 with a scale
 * @throws OptionError when the output is no row of scores, or there are not as many labels as classes
 */
export function topClasses(port: Port, count: number, labels?: readonly string[]): Classification[] {
  const where = `output '${port.name}' ${port.dtype} ${formatShape(port.shape)}`;
  const affine = scoring(port);
  if (affine === undefined) {
    throw new OptionError('not-a-classifier', `${where}: is no row of class scores; the model is no classifier`);
  }
  const classes = port.data.length;
  checkLabels(labels, classes, where);
  const scores = Array.from(port.data, (code) => dequantizeValue(code, affine));
  return scores
    .map((score, index) => ({ index, label: labels?.[index] ?? null, score }))
    .sort((a, b) => byScore(a.score, b.score) || a.index - b.index)
    .slice(0, count);
}
