import { formatTable } from '../table.ts';
import type { CliContext } from '../types.ts';
import type { Answer } from './read-answer.ts';

/** Prints what the outputs mean as a table. */
export function printAnswer({ top, objects, keypoints }: Answer, { stdout }: CliContext): void {
  const tables: string[] = [];
  if (top) {
    const rows = top.map(({ index, label, score }) => [String(index), score.toFixed(4), label ?? '']);
    tables.push(formatTable([['class', 'score', 'label'], ...rows], [0, 1]));
  }
  if (objects) {
    const rows = objects.map(({ index, label, score, box }) => [String(index), score.toFixed(4), ...box.map((place) => place.toFixed(4)), label ?? '']);
    tables.push(formatTable([['class', 'score', 'left', 'top', 'right', 'bottom', 'label'], ...rows], [0, 1, 2, 3, 4, 5]));
  }
  if (keypoints) {
    const rows = keypoints.map(({ index, label, score, x, y }) => [String(index), score.toFixed(4), x.toFixed(4), y.toFixed(4), label ?? '']);
    tables.push(formatTable([['keypoint', 'score', 'x', 'y', 'label'], ...rows], [0, 1, 2, 3]));
  }
  for (const table of tables) stdout.write(`${table}\n`);
}
