import { readFile, writeFile } from 'node:fs/promises';
import { scenarios } from '../../../devices/scenarios/index.ts';
import { OptionError } from '../../core/errors.ts';
import { contenders } from '../../power/simulator/contenders.ts';
import { evaluate, type Evaluation, type PolicyResult } from '../../power/simulator/evaluate.ts';
import { formatPage } from '../../power/simulator/page.ts';
import type { Scenario } from '../../power/simulator/scenario.ts';
import { parseTrace } from '../../power/simulator/trace.ts';
import { generateWorld, worldOfRows, type World } from '../../power/simulator/world.ts';
import { printJson, progress } from '../output.ts';
import { formatTable } from '../table.ts';
import type { CliContext } from '../types.ts';

/** Options of `power simulate` after parsing. */
export interface SimulateOptions {
  readonly board: string;
  readonly trace?: string;
  readonly policy?: string;
  readonly days?: number;
  readonly seed: number;
  readonly html?: string;
  readonly json?: boolean;
}

/** The scenario of that name, or the first one of the board: on solar power where a trace is to say when the sun shines. */
function findScenario(name: string, trace: boolean): Scenario {
  const exact = scenarios.find((scenario) => scenario.name === name);
  const ofBoard = scenarios.filter(({ board }) => board === name);
  const found = exact ?? (trace ? ofBoard.find(({ solar }) => solar) : ofBoard.find(({ solar, wake }) => solar && !wake));
  if (found) return found;
  const boards = [...new Set(scenarios.map(({ board }) => board))];
  throw new OptionError('unknown-board', `--board: found ${JSON.stringify(name)}; allowed: ${[...boards, ...scenarios.map((scenario) => scenario.name)].join(', ')}`);
}

async function worldOf(scenario: Scenario, { trace, seed, days }: SimulateOptions): Promise<World> {
  if (trace === undefined) return generateWorld(scenario, seed, days);
  if (days !== undefined) throw new OptionError('days-of-a-trace', '--days: a trace has its own length; leave out one of --days and --trace');
  return worldOfRows(parseTrace(await readFile(trace, 'utf8'), trace), scenario.slotSeconds);
}

const COLUMNS: readonly (readonly [string, (result: PolicyResult) => string])[] = [
  ['policy', ({ name }) => name],
  ['utility', ({ utility }) => utility.toFixed(0)],
  ['of bound', ({ oracleRatio }) => oracleRatio?.toFixed(3) ?? '-'],
  ['s over limit', ({ secondsOverLimit }) => String(secondsOverLimit)],
  ['missed %', ({ missRate }) => (100 * missRate).toFixed(2)],
  ['h dark', ({ brownoutHours }) => brownoutHours.toFixed(1)],
  ['Wh/day', ({ whPerDay }) => whPerDay.toFixed(1)],
  ['above idle', ({ dynamicWhPerDay }) => dynamicWhPerDay.toFixed(2)],
];

function print(scenario: Scenario, { policies, bound, solvable }: Evaluation, context: CliContext): void {
  const limit = bound === null ? 'no offline bound' : `offline bound ${bound.toFixed(0)} s of worth`;
  context.stdout.write(`${scenario.name}: ${scenario.description}\n${limit}${solvable ? '' : '; the minimum rate cannot be kept'}\n\n`);
  context.stdout.write(formatTable([COLUMNS.map(([title]) => title), ...policies.map((result) => COLUMNS.map(([, cell]) => cell(result)))], [1, 2, 3, 4, 5, 6, 7]));
}

/** The `power simulate` command. */
export async function simulatePolicies(options: SimulateOptions, context: CliContext): Promise<void> {
  const scenario = findScenario(options.board, options.trace !== undefined);
  const chosen = options.policy === undefined ? contenders : contenders.filter(({ name }) => name === options.policy);
  if (chosen.length === 0) {
    throw new OptionError('unknown-policy', `--policy: found ${JSON.stringify(options.policy)}; allowed: ${contenders.map(({ name }) => name).join(', ')}`);
  }
  const world = await worldOf(scenario, options);
  progress(context, `simulating ${scenario.name}`);
  const evaluation = await evaluate(scenario, world, chosen, { bound: true });
  progress(context, '');
  if (options.html !== undefined) await writeFile(options.html, formatPage([{ scenario, seed: options.trace ?? options.seed, evaluation }]));
  const { bound, solvable, policies } = evaluation;
  if (options.json) printJson(context, { scenario: scenario.name, seed: options.trace === undefined ? options.seed : null, bound, solvable, policies });
  else print(scenario, evaluation, context);
}
