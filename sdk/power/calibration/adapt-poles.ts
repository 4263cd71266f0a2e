import type { ThermalPole } from '../types.ts';
import { known, type Estimate } from './estimate.ts';
import { fitScale } from './fit-scale.ts';
import { fitThermal } from './fit-thermal.ts';
import { prepare, type ThermalSample } from './thermal-recording.ts';

/** Time constants that a recording must last for its resistance to count as the whole one. */
const WHOLE = 3;
/** Scales of the board's capacity beyond which something else is wrong: the board, its watts or the thermometer. */
const LEAST_SCALE = 0.5;
const MOST_SCALE = 2;

/** Poles to go on with, and what was learnt, in words. */
export interface AdaptedPoles {
  readonly poles: readonly ThermalPole[];
  /** K/W of all poles together, and J/K that the first minute heats without the die, where they were fitted. */
  readonly resistance?: Estimate;
  readonly capacity?: Estimate;
  readonly note: string;
}

function describe({ value, low, high }: Estimate, unit: string): string {
  return `${value.toFixed(1)} ${unit} (${low.toFixed(1)} to ${high.toFixed(1)})`;
}

/**
 * Poles after a recording. The fitted ones replace the board's where the recording lasted three times the slowest of both; a shorter one tells how
 * fast the board heats at first: the board's time constants are scaled to it and its resistances stay.
 * @param settled the board had been at its first watts for several time constants when the recording began
 */
export function adaptPoles(board: readonly ThermalPole[], recording: readonly ThermalSample[], settled: boolean): AdaptedPoles {
  const stay = (why: string): AdaptedPoles => ({ poles: board, note: `${why}; the poles are those of the board` });
  const prepared = prepare(recording);
  if (prepared === undefined) return stay('the temperature did not move enough to fit anything');
  const seconds = prepared.samples.at(-1)!.seconds - prepared.samples[0]!.seconds;
  const wholeOf = (poles: readonly ThermalPole[]): boolean => seconds >= WHOLE * Math.max(...poles.map((pole) => pole.seconds));
  const fit = wholeOf(board) ? fitThermal(recording, settled) : undefined;
  if (fit?.resistance !== undefined && wholeOf(fit.poles)) return { poles: fit.poles, resistance: fit.resistance, note: `resistance ${describe(fit.resistance, 'K/W')} fitted` };

  const scale = fitScale(prepared, board, settled);
  if (scale === undefined || known(scale) === undefined) {
    return stay(`neither resistance nor capacity could be fitted in ${seconds.toFixed(0)} s, longer or after minutes of idle more can be told`);
  }
  const assumed = 1 / board.reduce((slope, pole) => slope + pole.resistance / pole.seconds, 0);
  const capacity = { value: assumed * scale.value, low: assumed * scale.low, high: assumed * scale.high };
  if (scale.value < LEAST_SCALE || scale.value > MOST_SCALE) {
    return stay(`capacity not fitted: ${describe(capacity, 'J/K')} is ${scale.value.toFixed(1)} times the ${assumed.toFixed(1)} J/K assumed of the board, `
      + `outside ${LEAST_SCALE} to ${MOST_SCALE} the board, its watts or the thermometer are taken to be others`);
  }
  return {
    poles: board.map((pole) => ({ resistance: pole.resistance, seconds: pole.seconds * scale.value })),
    capacity,
    note: `capacity ${describe(capacity, 'J/K')} fitted; the resistance could not be in ${seconds.toFixed(0)} s and stays the board's`,
  };
}
