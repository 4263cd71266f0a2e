import { Governor } from '../governor/governor.ts';
import { readLog } from '../governor/log.ts';
import { LEAST_TRUST } from '../governor/trust.ts';
import type { Reading } from '../types.ts';
import { addRow, invalidTrace } from './trace.ts';
import type { TraceRow } from './world.ts';

/** Watts taken from the panel or charger, or undefined where no reading that is to be trusted tells. */
function harvestOf(readings: readonly Reading[]): number | undefined {
  return readings.find(({ quantity, value, trust }) => quantity === 'harvest-power' && value >= 0 && trust >= LEAST_TRUST)?.value;
}

/**
 * What happened to a board by the log of its governor, a row for each slot between two decisions: the surroundings as the governor estimated them, heat from
 * elsewhere included, harvest as measured (the last known, 0 before), motion as seen (as expected where nobody looked). From one governor to the next the row
 * before holds, for the seconds that the next one was told of.
 * @param file name in messages
 * @param harvests whether the board to be simulated lives on its harvest
 * @throws OptionError for a log that is broken, of fewer than two decisions or more than a year, or without the harvest
 */
export function traceOfLog(lines: readonly string[], file: string, harvests: boolean): TraceRow[] {
  const rows: TraceRow[] = [];
  let harvest: number | undefined;
  let end = -Infinity;
  let shift = 0;
  for (const { options, observations } of readLog(lines)) {
    const governor = new Governor(options);
    for (const [index, observation] of observations.entries()) {
      governor.decide(observation);
      const { time, meanAmbient } = governor.decision;
      const { motion, weight, readings } = observation;
      harvest = harvestOf(readings) ?? harvest;
      // One that resumes goes on in the time of the one before; the clock of another one may begin anew.
      if (index === 0 && !(options.resume && time + shift > end)) shift = time > end ? 0 : end + (options.slot ?? 1) - time;
      // A clock that stands still or is set back.
      if (!(time + shift > end)) continue;
      if (index > 0) {
        const values = [end, meanAmbient, harvest ?? 0, motion >= 0 && motion <= 1 ? motion : governor.memory().motion.last, weight >= 0 ? weight : 1, 0];
        addRow(rows, values, values.map(String), `${file}, decision at ${time} s`);
      }
      end = time + shift;
    }
  }
  if (rows.length === 0) throw invalidTrace(file, 'a log of fewer than two decisions', 'that of a governor that ran for some time');
  if (harvests && harvest === undefined) throw invalidTrace(file, 'no reading of harvest-power to be trusted', 'a log with it, or a scenario on mains with --board');
  return rows;
}
