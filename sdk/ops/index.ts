import { ModelError } from '../core/errors.ts';
import type { Node } from '../ir/graph.ts';
import { add } from './add.ts';
import { averagePool2d } from './average-pool2d.ts';
import { conv2d } from './conv2d.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { fullyConnected } from './fully-connected.ts';
import { maxPool2d } from './max-pool2d.ts';
import { reshape } from './reshape.ts';
import { softmax } from './softmax.ts';
import type { Operator } from './types.ts';

/** Every operator the engine runs. */
export const operators: readonly Operator[] = Object.freeze([
  add,
  averagePool2d,
  conv2d,
  depthwiseConv2d,
  fullyConnected,
  maxPool2d,
  reshape,
  softmax,
]);

/**
 * The operator of a node.
 * @throws ModelError listing the known operators
 */
export function operatorOf(node: Node): Operator {
  const operator = operators.find(({ name }) => name === node.op);
  if (operator === undefined) {
    const known = operators.map(({ name }) => name).join(', ');
    throw new ModelError('unsupported-operator', `${node.name}: unknown operator '${node.op}'; one of: ${known}`);
  }
  return operator;
}
