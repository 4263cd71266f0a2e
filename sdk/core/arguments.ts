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
 * @throws OptionError where `value` is no open model
 */
export function checkModel(value: unknown, where: string): void {
  const model = Object(value) as object;
  if (!['inputs', 'outputs', 'run'].every((name) => name in model)) refuse(where, value, 'must be an open model: pass what `await Model.load(file)` gives');
}

/**
 * For programs in JavaScript.
 * @throws OptionError where `value` is no input of an open model
 */
export function checkPort(value: unknown, where: string): void {
  const port = Object(value) as object;
  if (!['name', 'dtype', 'shape', 'data'].every((name) => name in port)) refuse(where, value, 'must be an input of an open model: pass `model.inputs[0]`');
}

export function isListOfObjects(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'object' && each !== null);
}
