import { barChart, dotChart, escapeHtml, lineChart } from './chart.ts';
import type { Evaluation, PolicyResult } from './evaluate.ts';
import type { Scenario } from './scenario.ts';
import { POINT_SECONDS } from './timeline.ts';

/** All policies with one seed. */
export interface SeedResult {
  readonly solvable: boolean;
  readonly policies: readonly PolicyResult[];
}

/** One scenario with one seed, or a trace; what other seeds came to where there are any. */
export interface PageEntry {
  readonly scenario: Scenario;
  readonly seed: number | string;
  readonly evaluation: Evaluation;
  readonly seeds?: readonly SeedResult[];
}

const STYLE = 'body{font:14px system-ui,sans-serif;margin:2em auto;max-width:960px}svg{font:11px system-ui,sans-serif;width:100%;margin:6px 0}'
  + 'table{border-collapse:collapse}td,th{padding:2px 10px;text-align:right}td:first-child,th:first-child{text-align:left}summary{font-size:17px;cursor:pointer}';

const COLUMNS: readonly (readonly [string, (result: PolicyResult) => string])[] = [
  ['policy', ({ name }) => escapeHtml(name)],
  ['utility / bound', ({ oracleRatio }) => oracleRatio?.toFixed(3) ?? ''],
  ['s over the limit', ({ secondsOverLimit }) => String(secondsOverLimit)],
  ['s below the minimum rate', ({ secondsBelowMinimum }) => String(secondsBelowMinimum)],
  ['missed', ({ missRate }) => `${(100 * missRate).toFixed(2)} %`],
  ['h without power', ({ brownoutHours }) => brownoutHours.toFixed(1)],
  ['Wh a day', ({ whPerDay }) => whPerDay.toFixed(1)],
  ['of it above idle', ({ dynamicWhPerDay }) => dynamicWhPerDay.toFixed(2)],
  ['recall', ({ eventRecall }) => eventRecall.toFixed(3)],
  ['switches a minute', ({ switchesPerMinute }) => String(switchesPerMinute)],
];

/** Utility against the bound of every solvable seed. */
function seedChart(seeds: readonly SeedResult[]): string {
  const solvable = seeds.filter((each) => each.solvable);
  const ratios = (index: number) => solvable.flatMap(({ policies }) => policies[index]!.oracleRatio ?? []);
  const title = `utility against the offline bound of each seed that can keep the minimum rate (${solvable.length} of ${seeds.length}), and the mean`;
  return dotChart(title, seeds[0]!.policies.map(({ name }, index) => ({ label: name, values: ratios(index) })));
}

function section({ scenario, seed, evaluation, seeds = [] }: PageEntry): string {
  const { bound, simulations, descriptions } = evaluation.course;
  const { policies } = evaluation;
  const days = simulations[0]!.seconds / 86400;
  const { battery } = scenario;
  const lines = (of: (index: number) => ArrayLike<number>) => simulations.map(({ controller }, index) => ({ label: controller, values: of(index) }));
  const shared = bound === undefined || evaluation.bound === null ? [] : [bound];
  const charts = [
    lineChart('temperature', '°C', days, lines((index) => simulations[index]!.timeline.temperature), scenario.thermal.limit),
    lineChart('power', 'W', days, [...lines((index) => simulations[index]!.timeline.watts), ...shared.map(({ energy }) => ({ label: 'bound', values: energy.map((joules) => joules / POINT_SECONDS) }))]),
    ...(battery ? [lineChart('battery', '%', days, lines((index) => simulations[index]!.timeline.charge.map((joules) => 100 * joules / battery.capacity)))] : []),
    lineChart('chosen candidate', 'index by variant, threads and rate; -1 not on', days, lines((index) => simulations[index]!.timeline.chosen)),
    lineChart('worth', 'a second', days, [...lines((index) => simulations[index]!.timeline.worth), ...shared.map(({ worth }) => ({ label: 'bound', values: worth.map((seconds) => seconds / POINT_SECONDS) }))]),
    barChart(evaluation.bound === null ? 'utility' : 'utility against the offline bound', policies.map(({ name, oracleRatio, utility }) => ({ label: name, values: [oracleRatio ?? utility] }))),
  ];
  const table = `<table><tr>${COLUMNS.map(([title]) => `<th>${title}</th>`).join('')}</tr>${policies
    .map((result) => `<tr>${COLUMNS.map(([, cell]) => `<td>${cell(result)}</td>`).join('')}</tr>`).join('')}</table>`;
  const legend = `<ul>${policies.map(({ name }, index) => `<li>${escapeHtml(name)}: ${escapeHtml(descriptions[index]!)}</li>`).join('')}</ul>`;
  const obstacle = evaluation.obstacle === null ? '' : ` – ${evaluation.obstacle}`;
  return `<details open><summary>${escapeHtml(scenario.name)}, seed ${escapeHtml(String(seed))}${obstacle}</summary><p>${escapeHtml(scenario.description)}</p>${seeds.length > 1 ? seedChart(seeds) : ''}${table}${legend}${charts.join('')}</details>`;
}

/** One self-contained page. */
export function formatPage(entries: readonly PageEntry[]): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Power simulation</title><style>${STYLE}</style><h1>Power simulation</h1>${entries.map(section).join('')}</html>\n`;
}
