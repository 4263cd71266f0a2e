import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { operatorRows } from '../sdk/formats/tflite/operators.ts';
import { VARIABLE_OPERATORS } from '../sdk/formats/tflite/variables.ts';

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
  const list = lines([...operatorRows.map(({ builtin }) => builtin.replaceAll('"', '`')), ...VARIABLE_OPERATORS].sort());
  const text = readFileSync(README, 'utf8');
  expect(text).toMatch(LIST);
  if (process.env['HALFBYTE_GOLDEN'] === '1') writeFileSync(README, text.replace(LIST, () => list));
  expect(LIST.exec(readFileSync(README, 'utf8'))![0]).toBe(list);
});

it('writes a manifest of variants that can be opened', () => {
  const [, program] = /```js\n((?:(?!```)[^])*describeVariant[^]*?)```/.exec(readFileSync(README, 'utf8'))!;
  const folder = mkdtempSync(join(tmpdir(), 'halfbyte-readme-'));
  try {
    for (const [name, fixture] of [['large', 'classifier-v2'], ['small', 'classifier-v1']] as const) {
      copyFileSync(join(import.meta.dirname, `fixtures/${fixture}.tflite`), join(folder, `${name}.tflite`));
    }
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program!.replaceAll("'models", `'${folder}`)], { encoding: 'utf8', cwd: dirname(README) });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { variants } = JSON.parse(readFileSync(join(folder, 'variants.json'), 'utf8')) as { variants: object[] };
    expect(variants.map((row) => Object.keys(row).sort())).toEqual(Array(2).fill(['accuracy', 'bytes', 'file', 'inputShape', 'name', 'precision', 'sha256']));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
