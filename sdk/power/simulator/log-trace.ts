import { MOST_AGE } from '../governor/energy-state.ts';
import type { Decision } from '../governor/explain.ts';
import { Governor } from '../governor/governor.ts';
import { readLog } from '../governor/log.ts';
import { governorSettings } from '../governor/options.ts';
import { LEAST_TRUST } from '../governor/trust.ts';
import type { Reading } from '../types.ts';
import { addRow, invalidTrace } from './trace.ts';
import type { TraceRow } from './world.ts';

/** A running governor decides more often: where its clock says otherwise, the clock was set. */
const LONGEST_SLOT = 86_400;
/** Seconds after a gap without a trusted temperature in which the mean of the surroundings finds back from their bound. */
const SETTLING = 120;

/** Watts taken from the panel or charger, or undefined where no reading that is to be trusted tells. */
function harvestOf(readings: readonly Reading[]): number | undefined {
  const fresh = ({ quantity, value, age, trust }: Reading): boolean => quantity === 'harvest-power' && value >= 0 && age <= MOST_AGE && trust >= LEAST_TRUST;
  return readings.findLast(fresh)?.value;
}

/** Surroundings that were measured, not what is acted for while no temperature is trusted. */
class Surroundings {
  /** Degrees Celsius, undefined before the first. */
  known: number | undefined;
  #lostAt = -Infinity;

  see({ time, trusted, meanAmbient }: Decision): void {
    if (trusted === 0) this.#lostAt = time;
    else if (this.known === undefined || !(time - this.#lostAt < SETTLING)) this.known = meanAmbient;
  }
}

/** A slot between two decisions. */
interface Passed {
  readonly from: number;
  readonly ambient: number | undefined;
  readonly harvest: number;
  readonly motion: number;
  readonly weight: number;
  /** Of the decision at its end, as the log has it. */
  readonly time: number;
}

/** Rows of a trace and the seconds at which the last one ends. */
export interface Trace {
  readonly rows: readonly TraceRow[];
  readonly end: number;
}

/**
 * What happened to a board by the log of its governor, a row for each slot between two decisions, in seconds since the first one: the surroundings as the
 * governor estimated them, heat from elsewhere included (the last known while no temperature is trusted, before the first that one), harvest as measured (the
 * last known, 0 before), motion as seen (as expected where nobody looked). From one governor to the next the row before holds, for the seconds that the next one
 * was told of. A step of more than a day between two decisions of a governor is one of its clock.
 * @param file name in messages
 * @param harvests whether the board to be simulated lives on its harvest
 * @throws OptionError for a log that is broken, of fewer than two decisions or more than a year, without a temperature or without the harvest
 */
export function traceOfLog(lines: readonly string[], file: string, harvests: boolean): Trace {
  const passed: Passed[] = [];
  let harvest: number | undefined;
  let clock = NaN;
  let end = 0;
  for (const { options, observations } of readLog(lines, { where: file })) {
    const governor = new Governor(options);
    const { slot } = governorSettings(options);
    const surroundings = new Surroundings();
    let begun = false;
    for (const observation of observations) {
      governor.decide(observation);
      const { decision } = governor;
      const { time } = decision;
      const { motion, weight, readings } = observation;
      surroundings.see(decision);
      harvest = harvestOf(readings) ?? harvest;
      const step = time - clock;
      if (Number.isNaN(time) || (begun && !(step > 0))) continue;
      clock = time;
      const from = end;
      if (begun ? step > LONGEST_SLOT : step <= 0) end += slot;
      else if (step > 0) end += step;
      if (begun) {
        const seen = motion >= 0 && motion <= 1 ? motion : governor.memory().motion.last;
        passed.push({ time, from, ambient: surroundings.known, harvest: harvest ?? 0, motion: seen, weight: weight >= 0 ? weight : 1 });
      }
      begun = true;
    }
  }
  if (passed.length === 0) throw invalidTrace(file, 'a log of fewer than two decisions', 'that of a governor that ran for some time');
  let around = passed.find(({ ambient }) => ambient !== undefined)?.ambient;
  if (around === undefined) throw invalidTrace(file, 'no temperature to be trusted', 'the log of a board with a thermometer');
  if (harvests && harvest === undefined) throw invalidTrace(file, 'no reading of harvest-power to be trusted', 'a log with it, or a scenario on mains with --board');
  const rows: TraceRow[] = [];
  for (const { time, from, ambient, harvest: watts, motion, weight } of passed) {
    around = ambient ?? around;
    const values = [from, around, watts, motion, weight, 0];
    addRow(rows, values, values.map(String), `${file}, decision at ${time} s`);
  }
  return { rows, end };
}
