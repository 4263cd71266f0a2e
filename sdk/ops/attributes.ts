import { ModelError } from '../core/errors.ts';
import type { Node } from '../ir/graph.ts';

function reject(node: Node, name: string, allowed: string): never {
  const found = node.attributes[name];
  const text = found === undefined ? 'nothing' : JSON.stringify(found);
  throw new ModelError('invalid-attribute', `${node.name}: attribute '${name}' is ${text}, must be ${allowed}; export the model again`);
}

/** @throws ModelError when the node has an attribute that its operator does not define. */
export function checkAttributeNames(node: Node, allowed: readonly string[]): void {
  const unknown = Object.keys(node.attributes).find((name) => !allowed.includes(name));
  if (unknown === undefined) return;
  const list = allowed.length === 0 ? 'none' : allowed.join(', ');
  throw new ModelError('invalid-attribute', `${node.name}: unknown attribute '${unknown}'; ${node.op} takes: ${list}`);
}

/** A list of `count` integers within min…max. */
export function integersAttribute(node: Node, name: string, count: number, min: number, max: number): readonly number[] {
  const value = node.attributes[name];
  const fits = Array.isArray(value) && value.length === count && value.every((item) => Number.isInteger(item) && item >= min && item <= max);
  if (!fits) reject(node, name, `${count} integers from ${min} to ${max}`);
  return value as readonly number[];
}

/** A list of `least` to `most` different integers within min…max. */
export function listAttribute(node: Node, name: string, least: number, most: number, min: number, max: number): readonly number[] {
  const value = node.attributes[name];
  const fits = Array.isArray(value) && value.length >= least && value.length <= most && new Set(value).size === value.length
    && value.every((item) => Number.isInteger(item) && item >= min && item <= max);
  if (!fits) reject(node, name, `${least} to ${most} different integers from ${min} to ${max}`);
  return value as readonly number[];
}

/** An integer within min…max. */
export function integerAttribute(node: Node, name: string, min: number, max: number): number {
  const value = node.attributes[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) reject(node, name, `an integer from ${min} to ${max}`);
  return value;
}

/** A number within min…max. */
export function numberAttribute(node: Node, name: string, min = -Number.MAX_VALUE, max = Number.MAX_VALUE): number {
  const value = node.attributes[name];
  if (typeof value !== 'number' || !(value >= min && value <= max)) reject(node, name, `a number from ${min} to ${max}`);
  return value;
}

/** A positive finite number. */
export function positiveAttribute(node: Node, name: string): number {
  const value = node.attributes[name];
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) reject(node, name, 'a finite number above 0');
  return value;
}

export function booleanAttribute(node: Node, name: string): boolean {
  const value = node.attributes[name];
  if (typeof value !== 'boolean') reject(node, name, 'true or false');
  return value;
}

export function choiceAttribute<Choice extends string>(node: Node, name: string, choices: readonly Choice[]): Choice {
  const value = choices.find((choice) => choice === node.attributes[name]);
  if (value === undefined) reject(node, name, `one of ${choices.join(', ')}`);
  return value;
}
