import { parseArgs } from 'node:util';
import { scenarios } from '../../devices/scenarios/index.ts';
import type { Scenario } from '../../sdk/power/simulator/scenario.ts';

export const USAGE = `npm run simulate -- [options]
  --seeds A-B[,C…]   seeds; default: the judging seeds of each scenario
  --scenarios NAMES  scenarios whose name contains one of these, separated by commas; default: all
  --days N           days; default: those of the scenario
  --output DIR       where simulate.json and simulate.html go; default: build/simulate`;

export interface SimulateOptions {
  readonly seeds: readonly number[] | undefined;
  readonly scenarios: readonly Scenario[];
  readonly days: number | undefined;
  readonly output: string;
}

/** 1-3,7 -> 1, 2, 3, 7. */
function parseSeeds(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? [];
    if (first === undefined || Number(last) < Number(first)) throw new Error(`--seeds: found ${JSON.stringify(part)}; allowed: N or FIRST-LAST, separated by commas`);
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index);
  });
}

export function parseSimulateOptions(args: readonly string[]): SimulateOptions | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { seeds: text, scenarios: text, days: text, output: text, help: { type: 'boolean' } } });
  if (values.help) return undefined;
  const wanted = values.scenarios?.split(',');
  const chosen = wanted ? scenarios.filter(({ name }) => wanted.some((part) => name.includes(part))) : scenarios;
  if (chosen.length === 0) throw new Error(`--scenarios: found ${values.scenarios!}; allowed: parts of ${scenarios.map(({ name }) => name).join(', ')}`);
  const days = values.days === undefined ? undefined : Number(values.days);
  if (days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= 365)) throw new Error(`--days: found ${values.days!}; allowed: 1 to 365`);
  return { seeds: values.seeds === undefined ? undefined : parseSeeds(values.seeds), scenarios: chosen, days, output: values.output ?? 'build/simulate' };
}
