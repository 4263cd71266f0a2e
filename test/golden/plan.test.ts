import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import { optimize } from '../../sdk/compile/optimize.ts';
import { printGraph } from '../../sdk/ir/print.ts';
import { encode } from '../../sdk/plan/encode.ts';
import { residualNet } from '../ops/graphs.ts';

const FILE = join(import.meta.dirname, 'residual-net.txt');

it('compiles the residual net to the graph and plan kept in residual-net.txt', () => {
  const graph = residualNet();
  const plan = JSON.stringify(JSON.parse(encode(compile(graph))), undefined, 1);
  const text = `${printGraph(optimize(graph))}plan\n${plan}\n`;
  if (process.env['HALFBYTE_GOLDEN'] === '1') writeFileSync(FILE, text);
  expect(text).toBe(readFileSync(FILE, 'utf8'));
});
