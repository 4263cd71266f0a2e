import { scenarios } from '../../../devices/scenarios/index.ts';
import { DeviceError, OptionError } from '../../core/errors.ts';
import type { Contender } from '../../power/simulator/baselines/types.ts';
import { contenders } from '../../power/simulator/contenders.ts';
import { evaluate, type Evaluation, type PolicyResult } from '../../power/simulator/evaluate.ts';
import { withPolicies } from '../../power/simulator/governed.ts';
import { formatPage } from '../../power/simulator/page.ts';
import type { Scenario } from '../../power/simulator/scenario.ts';
import { traceOfLog } from '../../power/simulator/log-trace.ts';
import { parseTrace } from '../../power/simulator/trace.ts';
import { generateWorld, worldOfRows, type World } from '../../power/simulator/world.ts';
import { printJson, progress } from '../output.ts';
import { readFileOption } from '../read-file.ts';
import { formatTable } from '../table.ts';
import type { CliContext } from '../types.ts';
import { checkWritable, writeFileOption } from '../write-file.ts';

const MAX_TRACE_BYTES = 256 << 20;

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

/** A baseline, the governor, or the governor with a policy that goes by its own name or, where a baseline has it too, by `governor-<policy>`. */
function findContender(name: string): Contender {
  const known = [...contenders, ...withPolicies];
  const found = known.find((each) => each.name === name) ?? withPolicies.find((each) => each.name === `governor-${name}`);
  if (found) return found;
  const allowed = new Set(known.flatMap((each) => [each.name, each.name.replace(/^governor-/, '')]));
  throw new OptionError('unknown-policy', `--policy: found ${JSON.stringify(name)}; allowed: ${[...allowed].join(', ')}`);
}

async function worldOf(scenario: Scenario, { trace, seed, days }: SimulateOptions): Promise<World> {
  if (trace === undefined) return generateWorld(scenario, seed, days);
  if (days !== undefined) throw new OptionError('days-of-a-trace', '--days: a trace has its own length; leave out one of --days and --trace');
  const text = new TextDecoder().decode(await readFileOption(trace, '--trace', MAX_TRACE_BYTES));
  if (!text.trimStart().startsWith('{')) return worldOfRows(parseTrace(text, trace), scenario.slotSeconds);
  const { rows, end } = traceOfLog(text.split('\n'), trace, scenario.battery !== undefined);
  return worldOfRows(rows, scenario.slotSeconds, end);
}

const COLUMNS: readonly (readonly [string, (result: PolicyResult) => string])[] = [
  ['policy', ({ name }) => name],
  ['utility', ({ utility }) => utility.toFixed(0)],
  ['of bound', ({ oracleRatio }) => oracleRatio?.toFixed(3) ?? '-'],
  ['s over limit', ({ secondsOverLimit }) => String(secondsOverLimit)],
  ['s below min', ({ secondsBelowMinimum }) => String(secondsBelowMinimum)],
  ['missed %', ({ missRate }) => (100 * missRate).toFixed(2)],
  ['h dark', ({ brownoutHours }) => brownoutHours.toFixed(1)],
  ['Wh/day', ({ whPerDay }) => whPerDay.toFixed(1)],
  ['above idle', ({ dynamicWhPerDay }) => dynamicWhPerDay.toFixed(2)],
];

function print(scenario: Scenario, { policies, bound, obstacle }: Evaluation, context: CliContext): void {
  const limit = bound === null ? 'no offline bound' : `offline bound ${bound.toFixed(0)} s of worth`;
  context.stdout.write(`${scenario.name}: ${scenario.description}\n${limit}${obstacle === null ? '' : `; ${obstacle}`}\n\n`);
  context.stdout.write(formatTable([COLUMNS.map(([title]) => title), ...policies.map((result) => COLUMNS.map(([, cell]) => cell(result)))], COLUMNS.slice(1).map((_, index) => index + 1)));
}

/** With the offline bound where its solver is installed. */
async function evaluateBounded(scenario: Scenario, world: World, chosen: readonly Contender[]): Promise<Evaluation & { readonly unbounded?: string }> {
  try {
    return await evaluate(scenario, world, chosen, { bound: true });
  } catch (error) {
    if (!(error instanceof DeviceError && error.code === 'no-solver')) throw error;
    return { ...await evaluate(scenario, world, chosen, { bound: false }), unbounded: error.message };
  }
}

/** The `power simulate` command. */
export async function simulatePolicies(options: SimulateOptions, context: CliContext): Promise<void> {
  const scenario = findScenario(options.board, options.trace !== undefined);
  const chosen = options.policy === undefined ? contenders : [findContender(options.policy)];
  if (options.html !== undefined) await checkWritable(options.html, '--html');
  const world = await worldOf(scenario, options);
  progress(context, `simulating ${scenario.name}`);
  const { unbounded, ...evaluation } = await evaluateBounded(scenario, world, chosen);
  progress(context, '');
  if (unbounded !== undefined) context.stderr.write(`${unbounded}\n`);
  if (options.html !== undefined) await writeFileOption(options.html, '--html', formatPage([{ scenario, seed: options.trace ?? options.seed, evaluation }]));
  const { bound, obstacle, policies } = evaluation;
  if (options.json) printJson(context, { scenario: scenario.name, seed: options.trace === undefined ? options.seed : null, bound, solvable: obstacle === null, obstacle, policies });
  else print(scenario, evaluation, context);
}
