import { InvalidArgumentError } from 'commander';

/** Parser of a whole number within bounds. */
export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Allowed: a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** Parser of one number for all channels, or one per channel separated by commas. */
export function perChannel(text: string): number[] {
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (values.length > 4 || !values.every(Number.isFinite)) {
    throw new InvalidArgumentError('Allowed: one number, or one per channel separated by commas.');
  }
  return values;
}

/** Parser of an option that may be repeated. */
export function collect(text: string, earlier: readonly string[] = []): string[] {
  return [...earlier, text];
}
