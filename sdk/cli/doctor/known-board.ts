import type { Board } from '../../../devices/boards/types.ts';
import { formatBytes } from '../table.ts';
import { workableAmbient } from './missing.ts';

/** The name of a board, what it draws and how hot it may be. */
export function knownAs(board: Board): string {
  const { name, power, thermal } = board;
  const guessed = [power, thermal].some(({ verified }) => !verified) ? '; in part estimated: calibrate' : '';
  return `${name} (${power.value.idle} W idle, ${power.value.core} W a busy core, at most ${thermal.value.limit} °C, idle only above ${workableAmbient(board)} °C around${guessed})`;
}

/** Processor, clocks and memory of a board; undefined where they are not known. */
export function hardwareOf({ processor, clocks, memory, bandwidth }: Board): string | undefined {
  if (clocks.value.length === 0) return undefined;
  const range = [...new Set([clocks.value[0]!, clocks.value.at(-1)!])].map((hertz) => hertz / 1e6).join(' to ');
  const sizes = memory.map((bytes) => bytes / 2 ** 30).join(', ').replace(/, ([^,]+)$/, ' or $1');
  return `${processor}, ${range} MHz, sold with ${sizes} GiB, memcpy ${formatBytes(bandwidth.value)}/s`;
}
