import { groupBy } from '../group-by.ts';
import type { ResultRow } from '../results.ts';

const BAR = 14;
const GAP = 12;
const LABELS = 190;
const BARS = 360;
const VALUES = 110;
const PANEL = LABELS + BARS + VALUES;
const TITLE = 34;
const MARGIN = 16;
const COLOURS: Readonly<Record<ResultRow['kind'], string>> = { own: '#0b7a4b', wasm: '#4a78c2', native: '#b5b5b5' };
const LEGEND: Readonly<Record<ResultRow['kind'], string>> = { own: 'halfbyte', wasm: 'WASM engines', native: 'native engines' };

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function textAt(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x}" y="${y}"${attributes}>${escape(content)}</text>`;
}

interface Drawing {
  readonly body: string;
  readonly height: number;
}

function bars(rows: readonly ResultRow[], fastest: number, top: number): Drawing {
  const lines = rows.map(({ label, kind, values }, index) => {
    const y = top + index * BAR;
    const { gmacs, medianMs } = values!;
    const width = Math.max(1, (BARS * gmacs) / fastest);
    return textAt(LABELS - 8, y + 11, label, ' text-anchor="end"') +
      `<rect x="${LABELS}" y="${y + 1}" width="${width.toFixed(1)}" height="${BAR - 2}" fill="${COLOURS[kind]}"/>` +
      textAt(Math.round(LABELS + width + 6), y + 11, `${gmacs.toFixed(1)} (${medianMs.toPrecision(3)} ms)`);
  });
  return { body: lines.join('\n'), height: rows.length * BAR };
}

/** One Node and number of threads: for every net a bar for each engine that ran it. */
function panel(title: string, rows: readonly ResultRow[]): Drawing {
  const drawn = rows.filter(({ values }) => values !== undefined && values.gmacs > 0);
  const fastest = Math.max(...drawn.map(({ values }) => values!.gmacs), 1e-9);
  let height = TITLE;
  const parts = [textAt(0, 18, title, ' class="title"')];
  for (const [net, ofNet] of groupBy(drawn, (row) => row.net)) {
    parts.push(textAt(0, height + 12, net, ' class="net"'));
    const { body, height: used } = bars(ofNet, fastest, height + BAR + 4);
    parts.push(body);
    height += BAR + 4 + used + GAP;
  }
  return { body: parts.join('\n'), height };
}

function legend(): string {
  return (Object.keys(LEGEND) as ResultRow['kind'][]).map((kind, index) => `<g transform="translate(${index * 130},0)">` +
    `<rect width="12" height="12" fill="${COLOURS[kind]}"/>${textAt(18, 11, LEGEND[kind])}</g>`).join('');
}

/** GMAC/s of every engine as an SVG picture: Nodes side by side, numbers of threads below each other. */
export function chart(rows: readonly ResultRow[], subtitle: string): string {
  const nodes = [...new Set(rows.map(({ node }) => node))].sort((a, b) => a - b);
  const threads = [...new Set(rows.map((row) => row.threads))].sort((a, b) => a - b);
  let top = 70;
  const panels: string[] = [];
  for (const count of threads) {
    const line = nodes.map((node) => panel(
      `Node ${node}, ${count} core${count === 1 ? '' : 's'}: GMAC/s`, rows.filter((row) => row.node === node && row.threads === count),
    ));
    line.forEach(({ body }, column) => panels.push(`<g transform="translate(${MARGIN + column * (PANEL + MARGIN)},${top})">\n${body}\n</g>`));
    top += Math.max(...line.map(({ height }) => height)) + GAP;
  }
  const width = 2 * MARGIN + nodes.length * (PANEL + MARGIN);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}" viewBox="0 0 ${width} ${top}" ` +
    'font-family="sans-serif" font-size="11">\n' +
    '<style>.title { font-size: 15px; font-weight: bold } .net { font-weight: bold }</style>\n' +
    `<rect width="100%" height="100%" fill="white"/>\n${textAt(MARGIN, 26, 'INT8 inference by engine', ' class="title"')}\n` +
    `${textAt(MARGIN, 42, subtitle)}\n<g transform="translate(${MARGIN},50)">${legend()}</g>\n${panels.join('\n')}\n</svg>\n`;
}
