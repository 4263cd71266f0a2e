import { OptionError } from '../../core/errors.ts';
import { readFileOption } from '../read-file.ts';

const MAX_LABELS_BYTES = 2 ** 22;

/** One class name a line; a last line break is no further class. @throws OptionError for unreadable and empty files */
export async function readLabels(path: string): Promise<string[]> {
  const text = new TextDecoder().decode(await readFileOption(path, '--labels', MAX_LABELS_BYTES));
  const labels = text.replace(/\r?\n$/, '').split(/\r?\n/);
  if (labels.every((label) => label.trim() === '')) throw new OptionError('empty-labels', `--labels '${path}': has no class names; write one a line`);
  return labels.map((label) => label.trim());
}
