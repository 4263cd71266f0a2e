import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { compile } from '../../sdk/compile/compile.ts';
import { detectFormat } from '../../sdk/formats/index.ts';
import { type PlanFile, writePlan } from './plans.ts';

/** A model file and its plan for the boards. */
export interface BoardModel extends PlanFile {
  readonly name: string;
  readonly path: string;
}

export function boardModel(path: string): BoardModel {
  const bytes = readFileSync(path);
  const name = basename(path);
  const graph = detectFormat(bytes, name).read(bytes, name);
  return { name, path, ...writePlan(name, graph, compile(graph)) };
}
