// Governor, baselines and the offline bound over scenarios and seeds: npm run simulate -- --help
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { genericLinux } from '../../devices/boards/generic-linux.ts';
import { contenders } from '../../sdk/power/simulator/contenders.ts';
import { evaluate, type Evaluation } from '../../sdk/power/simulator/evaluate.ts';
import { ablations, governed } from '../../sdk/power/simulator/governed.ts';
import { formatPage, type PageEntry } from '../../sdk/power/simulator/page.ts';
import type { Scenario } from '../../sdk/power/simulator/scenario.ts';
import { generateWorld } from '../../sdk/power/simulator/world.ts';
import { formatTable } from '../../sdk/cli/table.ts';
import { onAllProcessors, serveTasks } from './pool.ts';
import { parseSimulateOptions, USAGE, type SimulateOptions } from './options.ts';
import { summarize, type Run, type Summary } from './summary.ts';

/** As on a board that nobody knows and that was not calibrated; what wakes it is known. */
const uncalibrated = ({ power: { off } }: Scenario) => governed('governor-no-calibration', 'with the values of an unknown board', {
  board: { thermal: genericLinux.thermal.value, power: { ...genericLinux.power.value, off } },
});

interface Task {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly days: number | undefined;
  /** Its course is for the page. */
  readonly shown: boolean;
}

interface Outcome {
  readonly run: Run;
  readonly evaluation: Evaluation | undefined;
  readonly seconds: number;
}

async function perform({ scenario, seed, days, shown }: Task): Promise<Outcome> {
  const begun = performance.now();
  const evaluation = await evaluate(scenario, generateWorld(scenario, seed, days), [...contenders, ...ablations, uncalibrated(scenario)], { bound: true })
    .catch((cause: unknown) => { throw new Error(`${scenario.name}, seed ${seed}: ${String(cause)}`, { cause }); });
  const { obstacle, bound, policies } = evaluation;
  return { run: { scenario: scenario.name, seed, solvable: obstacle === null, bound, policies }, evaluation: shown ? evaluation : undefined, seconds: (performance.now() - begun) / 1000 };
}

async function runAll({ scenarios, seeds, days }: SimulateOptions): Promise<{ runs: Run[]; entries: PageEntry[] }> {
  const tasks = scenarios.flatMap((scenario): Task[] => {
    const [first, last] = scenario.seeds.judging;
    const own = seeds ?? Array.from({ length: last - first + 1 }, (_, index) => first + index);
    return own.map((seed, index) => ({ scenario, seed, days, shown: index === 0 }));
  });
  let done = 0;
  const outcomes = await onAllProcessors<Task, Outcome>(new URL(import.meta.url), tasks, ({ scenario, seed }, { seconds }) => {
    const text = `${++done} of ${tasks.length}: ${scenario.name}, seed ${seed}, ${seconds.toFixed(0)} s`;
    process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  const runs = outcomes.map(({ run }) => run);
  const entries = outcomes.flatMap(({ evaluation }, index) => {
    const { scenario, seed } = tasks[index]!;
    return evaluation ? [{ scenario, seed, evaluation, seeds: runs.filter((run) => run.scenario === scenario.name) }] : [];
  });
  return { runs, entries };
}

function tableOf(summaries: readonly Summary[]): string {
  const rows = summaries.map(({ scenario, policy, seeds, solvable, meanRatio, worstRatio, secondsOverLimit, secondsBelowMinimum, brownoutHours, missRate, switchesPerMinute, dynamicSaving }) => [
    scenario, policy, `${solvable}/${seeds}`, meanRatio?.toFixed(3) ?? '-', worstRatio?.toFixed(3) ?? '-', String(secondsOverLimit), String(secondsBelowMinimum), brownoutHours.toFixed(1),
    (100 * missRate).toFixed(2), String(switchesPerMinute), (100 * dynamicSaving).toFixed(0),
  ]);
  return formatTable([['scenario', 'policy', 'solvable', 'mean', 'worst', 's hot', 's below min', 'h dark', 'missed %', 'switches/min', 'saved %'], ...rows], [2, 3, 4, 5, 6, 7, 8, 9, 10]);
}

async function main(): Promise<void> {
  const options = parseSimulateOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  mkdirSync(options.output, { recursive: true });
  const { runs, entries } = await runAll(options);
  const summaries = summarize(runs);
  writeFileSync(join(options.output, 'simulate.json'), `${JSON.stringify({ summaries, runs }, undefined, 1)}\n`);
  writeFileSync(join(options.output, 'simulate.html'), formatPage(entries));
  process.stdout.write(`${tableOf(summaries)}\n${join(options.output, 'simulate.json')} and simulate.html written; hot, below min, dark, missed and switches are of the worst seed\n`);
}

try {
  if (!serveTasks(perform)) await main();
} catch (error) {
  process.stderr.write(`simulate: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
