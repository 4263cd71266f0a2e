import type { ThermalPole } from '../types.ts';
import type { ThermalFit } from './fit-thermal.ts';

/** Time constants that a recording must last for its resistance to count as the whole one. */
const WHOLE = 3;

/** Poles to go on with, and what was learnt, in words. */
export interface AdaptedPoles {
  readonly poles: readonly ThermalPole[];
  readonly note: string;
}

/**
 * Poles after a recording of `seconds`. The fitted ones replace the board's where the recording lasted three times the slowest of both;
 * a shorter one tells how fast the board heats at first: the board's time constants are scaled to it and its resistances stay.
 */
export function adaptPoles(board: readonly ThermalPole[], fit: ThermalFit | undefined, seconds: number): AdaptedPoles {
  if (fit === undefined) return { poles: board, note: 'the temperature did not move enough to fit anything; the poles are those of the board' };
  const slowest = Math.max(...[...board, ...fit.poles].map((pole) => pole.seconds));
  if (fit.resistance !== undefined && seconds >= WHOLE * slowest) {
    return { poles: fit.poles, note: `resistance ${fit.resistance.value.toFixed(1)} K/W (${fit.resistance.low.toFixed(1)} to ${fit.resistance.high.toFixed(1)}) fitted` };
  }
  const why = fit.resistance === undefined ? 'the rise bends too little' : 'slower parts have not warmed up';
  if (fit.capacity === undefined) return { poles: board, note: `neither resistance nor capacity could be fitted in ${seconds.toFixed(0)} s; the poles are those of the board. Longer, or after minutes of idle, more can be told` };
  const boardCapacity = 1 / board.reduce((slope, pole) => slope + pole.resistance / pole.seconds, 0);
  const scale = fit.capacity.value / boardCapacity;
  return {
    poles: board.map((pole) => ({ resistance: pole.resistance, seconds: pole.seconds * scale })),
    note: `capacity ${fit.capacity.value.toFixed(1)} J/K (${fit.capacity.low.toFixed(1)} to ${fit.capacity.high.toFixed(1)}) fitted; `
      + `the resistance could not be in ${seconds.toFixed(0)} s (${why}) and stays the board's`,
  };
}
