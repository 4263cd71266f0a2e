import { formatMs, formatTable } from '../../../sdk/cli/table.ts';
import { comparisons } from '../compare.ts';
import { groupBy } from '../group-by.ts';
import { partsOf } from '../parts.ts';
import type { Profile } from '../peers/types.ts';
import type { ResultRow, ResultValues } from '../results.ts';

interface Setting {
  readonly node: number;
  readonly threads: number;
}

const ABSENT = '-';
/** Marks a result whose strongest output is another one than the reference's. */
const DIFFERS = '!';

function settings(rows: readonly ResultRow[]): Setting[] {
  return [...new Map(rows.map(({ node, threads }) => [`${node} ${threads}`, { node, threads }])).values()]
    .sort((a, b) => a.threads - b.threads || a.node - b.node);
}

function titleOf({ node, threads }: Setting): string {
  return `Node ${node}, ${threads} core${threads === 1 ? '' : 's'}`;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

interface LastColumn {
  readonly title: string;
  cell(net: string): string;
}

/** Nets down, engines across. */
function pivot(rows: readonly ResultRow[], cell: (values: ResultValues) => string, last: LastColumn): string {
  const labels = unique(rows.map(({ label }) => label));
  const lines = unique(rows.map(({ net }) => net)).map((net) => [
    net,
    ...labels.map((label) => {
      const row = rows.find((candidate) => candidate.net === net && candidate.label === label);
      if (row?.error) return row.error.code;
      return row?.values ? `${cell(row.values)}${row.values.sameTop ? '' : DIFFERS}` : ABSENT;
    }),
    last.cell(net),
  ]);
  const header = ['', ...labels, last.title];
  return formatTable([header, ...lines], header.map((_, column) => column).slice(1));
}

function latencyTables(rows: readonly ResultRow[]): string {
  const compared = comparisons(rows);
  return settings(rows).map((setting) => {
    const own = rows.filter(({ node, threads }) => node === setting.node && threads === setting.threads);
    const faster = (field: 'ratio' | 'coldRatio'): LastColumn => ({
      title: 'faster',
      cell: (net) => {
        const found = compared.find((one) => one.net === net && one.node === setting.node && one.threads === setting.threads);
        return found ? `${found[field].toFixed(2)}x` : ABSENT;
      },
    });
    return `${titleOf(setting)}: median ms, and how many times faster halfbyte is than the fastest WASM engine\n` +
      `${pivot(own, ({ medianMs }) => formatMs(medianMs), faster('ratio'))}\n` +
      `${titleOf(setting)}: cold start ms / peak resident MB, and how many times sooner halfbyte answers\n` +
      pivot(own, ({ coldMs, rssBytes }) => `${coldMs.toFixed(0)} / ${(rssBytes / 1e6).toFixed(0)}`, faster('coldRatio'));
  }).join('\n');
}

/** Dot products of the steps: weights that the chosen one cannot take exactly use another. */
function dotsOf({ steps }: Profile): string {
  return unique(steps.flatMap(({ kernel }) => /_(d16|e16|rd)$/.exec(kernel)?.[1] ?? [])).join('+') || ABSENT;
}

function profileTable(rows: readonly ResultRow[]): string {
  const lines = rows.flatMap(({ net, node, values }) => {
    const profile = values?.profile;
    if (!profile) return [];
    const run = rows.find((row) => row.peer === 'halfbyte-run' && row.net === net && row.node === node && row.threads === 1)?.values;
    const total = [
      net, String(node), profile.kernel, dotsOf(profile), profile.peakGmacs.toFixed(1), 'runSync', formatMs(values.medianMs), values.gmacs.toFixed(1),
      `${((100 * values.gmacs) / profile.peakGmacs).toFixed(0)} %`, run ? `${(1000 * (run.medianMs - values.medianMs)).toFixed(0)} us` : ABSENT,
    ];
    return [total, ...partsOf(profile).map(({ part, ms, gmacs, peakPercent, macs }) => [
      '', '', '', '', '', part, formatMs(ms), macs === 0 ? ABSENT : gmacs.toFixed(1), macs === 0 ? ABSENT : `${peakPercent.toFixed(0)} %`, '',
    ])];
  });
  if (lines.length === 0) return '';
  const header = ['', 'Node', 'kernels', 'dot', 'peak GMAC/s', 'part', 'ms', 'GMAC/s', 'of peak', 'run() adds'];
  const title = 'halfbyte on one core: parts of a profiled run, in GMAC/s and percent of the register-only loop in the same process';
  return `\n${title}\n${formatTable([header, ...lines], [1, 4, 6, 7, 8, 9])}`;
}

function failureList(rows: readonly ResultRow[]): string {
  const failed = rows.flatMap(({ net, label, error }) => (error ? [{ label, failure: `${net}: ${error.code}: ${error.message}` }] : []));
  if (failed.length === 0) return '';
  const lines = [...groupBy(failed, ({ failure }) => failure)].map(
    ([failure, group]) => `- ${failure} (${unique(group.map(({ label }) => label)).join(', ')})\n`,
  );
  return `\nNot measured\n${lines.join('')}`;
}

/** Everything as text. */
export function formatReport(rows: readonly ResultRow[]): string {
  const differing = rows.some(({ values }) => values?.sameTop === false);
  return `${latencyTables(rows)}${differing ? `${DIFFERS} another strongest output than TFLite's\n` : ''}${profileTable(rows)}${failureList(rows)}`;
}
