import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compile } from '../../sdk/compile/compile.ts';
import { ModelError } from '../../sdk/core/errors.ts';
import { detectFormat } from '../../sdk/formats/index.ts';
import { assets } from '../assets.ts';
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

/** Every model of the assets that halfbyte can compile; those named `required` must be. */
export function boardAssets(required: readonly string[] = []): BoardModel[] {
  if (assets === undefined) return [];
  const folder = join(assets, 'models');
  return readdirSync(folder).sort().flatMap((file) => {
    try {
      return [boardModel(join(folder, file))];
    } catch (error) {
      if (error instanceof ModelError && !required.includes(file)) return [];
      throw error;
    }
  });
}
