import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FOLDER } from '../../scripts/arm64/parts.mjs';
import type { Graph } from '../../sdk/ir/graph.ts';
import { encode } from '../../sdk/plan/encode.ts';
import type { Plan, PlanConstant } from '../../sdk/plan/types.ts';

/** An encoded plan that carries all its constants. */
export interface PlanFile {
  readonly plan: Plan;
  readonly file: string;
}

function withData(constant: PlanConstant, graph: Graph): PlanConstant {
  if (constant.tensor === undefined) return constant;
  const { tensor, ...rest } = constant;
  const data = graph.tensors[tensor]?.data;
  if (data === undefined) throw new TypeError(`constant '${constant.name}' is tensor ${tensor}, which has no data`);
  return { ...rest, data };
}

/** Writes the plan of a graph for the boards. */
export function writePlan(name: string, graph: Graph, compiled: Plan): PlanFile {
  const plan = { ...compiled, constants: compiled.constants.map((constant) => withData(constant, graph)) };
  mkdirSync(join(FOLDER, 'plans'), { recursive: true });
  const file = join(FOLDER, 'plans', `${name}.json`);
  writeFileSync(file, encode(plan));
  return { plan, file };
}
