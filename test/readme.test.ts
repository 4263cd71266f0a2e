import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { operatorRows } from '../sdk/formats/tflite/operators.ts';

const README = join(import.meta.dirname, '../README.md');
const LIST = /(?<=^Operators:\n)[^.]*\.$/m;
const COLUMNS = 140;

/** `names` in lines of at most COLUMNS characters. */
function lines(names: readonly string[]): string {
  const wrapped: string[] = [];
  for (const name of names) {
    const last = wrapped.at(-1);
    if (last === undefined || last.length + name.length + 2 > COLUMNS) wrapped.push(name);
    else wrapped[wrapped.length - 1] = `${last}, ${name}`;
  }
  return `${wrapped.join(',\n')}.`;
}

it('lists the operators that can be read', () => {
  const list = lines(operatorRows.map(({ builtin }) => builtin.replaceAll('"', '`')).sort());
  const text = readFileSync(README, 'utf8');
  expect(text).toMatch(LIST);
  if (process.env['HALFBYTE_GOLDEN'] === '1') writeFileSync(README, text.replace(LIST, () => list));
  expect(LIST.exec(readFileSync(README, 'utf8'))![0]).toBe(list);
});
