import type { BoardPower, BoardThermal } from '../../sdk/power/types.ts';

/** A parameter with where it comes from. */
export interface Sourced<T> {
  readonly value: T;
  readonly source: string;
  /** False: taken over from a relative or estimated, to be replaced by calibration. */
  readonly verified: boolean;
}

/** A board: what it is, and what it draws and how it heats until calibration tells better. */
export interface Board {
  readonly name: string;
  /** Whether a device tree is this board's. @param compatible strings from the most to the least specific one */
  matches(model: string, compatible: readonly string[]): boolean;
  readonly processor: string;
  readonly cores: number;
  /** 8-bit dot products (dotprod, VNNI). */
  readonly dotprod: boolean;
  /** Hz that the processor can be set to, from low to high. */
  readonly clocks: Sourced<readonly number[]>;
  /** Bytes of memory it is sold with. */
  readonly memory: readonly number[];
  /** Bytes a second of memcpy; streaming reads get about twice as many. */
  readonly bandwidth: Sourced<number>;
  readonly power: Sourced<BoardPower>;
  readonly thermal: Sourced<BoardThermal>;
}
