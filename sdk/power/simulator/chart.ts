/** A line of a chart; points are five minutes apart or as many as are given over the same time. */
export interface Line {
  readonly label: string;
  readonly values: ArrayLike<number>;
}

const WIDTH = 900;
const HEIGHT = 170;
const LEFT = 56;
const BOTTOM = 24;
const MOST_POINTS = 600;
const COLOURS = ['#4e79a7', '#e15759', '#59a14f', '#f28e2b', '#b07aa1', '#76b7b2', '#9c755f', '#edc948'];

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** At most MOST_POINTS means. */
function thinned(values: ArrayLike<number>): number[] {
  const step = Math.max(1, Math.ceil(values.length / MOST_POINTS));
  return Array.from({ length: Math.ceil(values.length / step) }, (_, index) => {
    let [sum, count] = [0, 0];
    for (let at = index * step; at < Math.min(values.length, (index + 1) * step); at++) [sum, count] = [sum + values[at]!, count + 1];
    return sum / count;
  });
}

/** An SVG of lines over days with their legend, and a dashed level where there is one. */
export function lineChart(title: string, unit: string, days: number, lines: readonly Line[], level?: number): string {
  const drawn = lines.map(({ label, values }) => ({ label, values: thinned(values) }));
  const all = drawn.flatMap(({ values }) => values.filter(Number.isFinite)).concat(level ?? []);
  const low = Math.min(0, ...all);
  const high = Math.max(low + 1e-9, ...all) * 1.02;
  const y = (value: number): string => (HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - BOTTOM - 20)).toFixed(1);
  const x = (share: number): string => (LEFT + share * (WIDTH - LEFT - 8)).toFixed(1);
  const paths = drawn.map(({ values }, index) => `<polyline fill="none" stroke="${COLOURS[index % COLOURS.length]!}" points="${values
    .map((value, at) => `${x(at / Math.max(1, values.length - 1))},${y(Number.isFinite(value) ? value : low)}`).join(' ')}"/>`);
  const grid = Array.from({ length: Math.floor(days) + 1 }, (_, day) => `<text x="${x(day / days)}" y="${HEIGHT - 8}" text-anchor="middle">${day} d</text>`
    + `<line x1="${x(day / days)}" x2="${x(day / days)}" y1="20" y2="${HEIGHT - BOTTOM}" stroke="#ddd"/>`);
  const scale = [low, (low + high) / 2, high].map((value) => `<text x="${LEFT - 6}" y="${y(value)}" text-anchor="end">${value.toPrecision(3)}</text>`);
  const dashes = level === undefined ? '' : `<line x1="${x(0)}" x2="${x(1)}" y1="${y(level)}" y2="${y(level)}" stroke="#000" stroke-dasharray="4 4"/>`;
  const legend = drawn.map(({ label }, index) => `<tspan fill="${COLOURS[index % COLOURS.length]!}" dx="12">${escapeHtml(label)}</tspan>`).join('');
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"><text x="0" y="12" font-weight="bold">${escapeHtml(title)} (${escapeHtml(unit)})${legend}</text>`
    + `${grid.join('')}${scale.join('')}${dashes}${paths.join('')}</svg>`;
}

/** An SVG of horizontal bars. */
export function barChart(title: string, bars: readonly Line[]): string {
  const most = Math.max(1e-9, ...bars.map(({ values }) => values[0]!));
  const rows = bars.map(({ label, values }, index) => `<text x="170" y="${36 + index * 18}" text-anchor="end">${escapeHtml(label)}</text>`
    + `<rect x="176" y="${25 + index * 18}" width="${(Math.max(0, values[0]!) / most * 600).toFixed(1)}" height="13" fill="${COLOURS[index % COLOURS.length]!}"/>`
    + `<text x="${(182 + Math.max(0, values[0]!) / most * 600).toFixed(1)}" y="${36 + index * 18}">${values[0]!.toPrecision(3)}</text>`);
  return `<svg viewBox="0 0 ${WIDTH} ${30 + bars.length * 18}" role="img"><text x="0" y="12" font-weight="bold">${escapeHtml(title)}</text>${rows.join('')}</svg>`;
}

/** An SVG of a row of dots for each line, on a scale from 0 to 1 or what is more, and the mean of each as a stroke; below 0 they are at 0. */
export function dotChart(title: string, rows: readonly Line[]): string {
  const high = Math.max(1, ...rows.flatMap(({ values }) => Array.from(values)));
  const x = (value: number): string => (176 + (Math.max(0, value) / high) * 700).toFixed(1);
  const bottom = 24 + rows.length * 18;
  const scale = [0, 0.25, 0.5, 0.75, 1].map((value) => `<line x1="${x(value)}" x2="${x(value)}" y1="20" y2="${bottom}" stroke="#ddd"/>`
    + `<text x="${x(value)}" y="${bottom + 14}" text-anchor="middle">${value}</text>`);
  const drawn = rows.map(({ label, values }, index) => {
    const y = 33 + index * 18;
    const each = Array.from(values);
    const mean = each.reduce((sum, value) => sum + value, 0) / each.length;
    const colour = COLOURS[index % COLOURS.length]!;
    const dots = each.map((value) => `<circle cx="${x(value)}" cy="${y}" r="3" fill="${colour}" fill-opacity="0.5"/>`).join('');
    return `<text x="170" y="${y + 4}" text-anchor="end">${escapeHtml(label)}</text>${dots}`
      + (each.length > 0 ? `<line x1="${x(mean)}" x2="${x(mean)}" y1="${y - 7}" y2="${y + 7}" stroke="${colour}" stroke-width="2"/>` : '');
  });
  return `<svg viewBox="0 0 ${WIDTH} ${bottom + 20}" role="img"><text x="0" y="12" font-weight="bold">${escapeHtml(title)}</text>${scale.join('')}${drawn.join('')}</svg>`;
}
