import type { Sourced } from './types.ts';

/** A parameter that the source measured, or that follows from what it measured by arithmetic. */
export function measured<T>(value: T, source: string): Sourced<T> {
  return Object.freeze({ value, source, verified: true });
}

/** A parameter that nobody measured on this board. */
export function assumed<T>(value: T, source: string): Sourced<T> {
  return Object.freeze({ value, source, verified: false });
}

/** Clocks in Hz from MHz. */
export function megahertz(...clocks: readonly number[]): readonly number[] {
  return clocks.map((clock) => clock * 1e6);
}

/** Clocks in Hz from one MHz to another by steps of 100. */
export function hundreds(from: number, to: number): readonly number[] {
  return Array.from({ length: (to - from) / 100 + 1 }, (_, step) => (from + 100 * step) * 1e6);
}

/** Sizes in bytes from GiB. */
export function gibibytes(...sizes: readonly number[]): readonly number[] {
  return sizes.map((size) => size * 2 ** 30);
}

/** Matches a Raspberry Pi by its device tree, else by its name, which the firmware ends with the revision. */
export function raspberryPi(name: RegExp, compatible: RegExp): (model: string, compatible: readonly string[]) => boolean {
  return (model, names) => (names.length > 0 ? names.some((entry) => compatible.test(entry)) : name.test(model.replace(/^Raspberry Pi /, '').replace(/ Rev [\d.]+$/, '')));
}
