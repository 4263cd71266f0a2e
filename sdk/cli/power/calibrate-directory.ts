import { join } from 'node:path';
import { detectBoard } from '../../../devices/detect-board.ts';
import { openSensors } from '../../../devices/open-sensors.ts';
import { calibrateVariants } from '../../variants/calibrate-variants.ts';
import { printJson, progress } from '../output.ts';
import { formatTable } from '../table.ts';
import type { CliContext } from '../types.ts';

/** Options of `power calibrate` after parsing. */
export interface CalibrateOptions {
  readonly profile?: string;
  readonly seconds: number;
  readonly json?: boolean;
}

/** The `power calibrate` command. */
export async function calibrateDirectory(directory: string, options: CalibrateOptions, context: CliContext): Promise<void> {
  const file = options.profile ?? join(directory, 'board-profile.json');
  const board = detectBoard();
  const sensor = openSensors();
  progress(context, `calibrating '${directory}' on ${board.name}, about ${options.seconds} s`);
  const { profile, calibrated, problem } = await calibrateVariants(directory, { board, profile: file, sensor, seconds: options.seconds }).finally(() => {
    progress(context, '');
    sensor.close();
  });
  if (options.json) {
    printJson(context, { file, calibrated, problem: problem ?? null, ...profile });
    return;
  }
  if (problem !== undefined) context.stderr.write(`${problem}\n`);
  context.stdout.write(`${file}: ${profile.board}, ${calibrated ? 'measured now' : 'stored before'}\n${profile.thermalNote}\n\n`);
  context.stdout.write(formatTable([['variant', 'threads', 'ms', 'runs'], ...profile.latencies.map(({ variant, threads, seconds, runs }) => [variant, String(threads), (1000 * seconds).toFixed(2), String(runs)])], [1, 2, 3]));
}
