import { fileURLToPath } from 'node:url';
import { OptionError } from './errors.ts';

/** Characters of a text shown in a message. */
const MOST_SHOWN = 80;

/** What an argument is, for messages: a text itself, of anything else its kind. */
export function kindOf(value: unknown): string {
  return typeof value === 'string' ? `'${value.slice(0, MOST_SHOWN)}'` : Object.prototype.toString.call(value).slice('[object '.length, -1);
}

function refuse(where: string, value: unknown, allowed: string): never {
  throw new OptionError('invalid-option', `${where}: found ${kindOf(value)}; ${allowed}`);
}

/**
 * For programs in JavaScript.
 * @throws OptionError where `value` is not a Uint8Array
 */
export function checkBytes(value: unknown, where: string): void {
  if (!(value instanceof Uint8Array)) refuse(where, value, 'must be the bytes of a file as a Uint8Array: pass what readFile() gives');
}

/**
 * For programs in JavaScript. Reads no property, as one that is read may count as used.
 * @param allowed what it must be, and how to get it
 * @throws OptionError where `value` lacks one of the members
 */
export function checkMembers(value: unknown, where: string, members: readonly string[], allowed: string): void {
  const object = Object(value) as object;
  if (!members.every((name) => name in object)) refuse(where, value, allowed);
}

/**
 * For programs in JavaScript.
 * @throws OptionError where `value` is no function
 */
export function checkFunction(value: unknown, where: string, example: string): void {
  if (typeof value !== 'function') refuse(where, value, `must be a function: pass e.g. \`${example}\``);
}

/** @throws OptionError where `value` is no open model */
export function checkModel(value: unknown, where: string): void {
  checkMembers(value, where, ['inputs', 'outputs', 'run'], 'must be an open model: pass what `await Model.load(file)` gives');
}

/** @throws OptionError where `value` is no input of an open model */
export function checkPort(value: unknown, where: string): void {
  checkMembers(value, where, ['name', 'dtype', 'shape', 'data'], 'must be an input of an open model: pass `model.inputs[0]`');
}

/**
 * The path of a directory. For programs in JavaScript.
 * @throws OptionError where `value` is neither a path nor a file URL
 */
export function checkDirectory(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (value instanceof URL && value.protocol === 'file:' && value.host === '') return fileURLToPath(value);
  return refuse(where, value instanceof URL ? value.href : value, 'must be the path or file URL of a directory on this machine');
}

export function isListOfObjects(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'object' && each !== null);
}
