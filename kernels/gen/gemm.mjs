// Writes the register tiles of gemm and conv2d: per dot-product variant a tile of several rows and one of a single row, over one packed panel.

const VARIANTS = [
  // `corrects`: weights may have a zero point that is not in them. `lanes`: what the lanes of an accumulator are.
  // `unroll`: steps of a loop iteration. `sums`: accumulators taking turns over the steps.
  // `panels`: adjacent panels of a tile: two halve the broadcasts of inputs, but need more registers than x86 has.
  { name: 'D16', lanes: 'columns', columns: 8, inputBytes: 4, tiles: [{ rows: 4, unroll: 4, sums: 1 }, { rows: 1, unroll: 4, sums: 2 }] },
  {
    name: 'Rd', corrects: true, lanes: 'columns', columns: 8, inputBytes: 4,
    tiles: [{ rows: 6, unroll: 4, sums: 1 }, { rows: 4, panels: 2, unroll: 2, sums: 1 }, { rows: 1, unroll: 4, sums: 2 }],
  },
  {
    name: 'E16', corrects: true, lanes: 'depth', columns: 4, inputBytes: 16,
    tiles: [{ rows: 4, unroll: 1, sums: 1 }, { rows: 1, unroll: 1, sums: 1 }],
  },
];

const range = (count) => [...Array(count).keys()];
const constant = (field) => `v128.load(params, GemmParams.${field})`;
const lines = (count, line) => range(count).map(line).join('\n');

/** Pointers to the weights of a tile's panels. */
function panelPointers({ panels = 1 }) {
  return ['w', 'next'].slice(0, panels);
}

/** Packed weights of a step of a panel hold `columns / 4` vectors (lanes over columns) or one vector for each column (lanes over depth). */
function vectorsOf(variant) {
  return variant.lanes === 'columns' ? variant.columns / 4 : variant.columns;
}

function step(variant, tile, index) {
  const vectors = vectorsOf(variant);
  const pointers = panelPointers(tile);
  const load = variant.lanes === 'columns' ? 'v128.load32_splat' : 'v128.load';
  const sum = index % tile.sums;
  return [
    ...pointers.flatMap((pointer, p) =>
      range(vectors).map((v) => `      const w${p * vectors + v}_${index} = v128.load(${pointer}, ${(index * vectors + v) * 16});`)),
    ...range(tile.rows).flatMap((r) => [
      `      const a${r}_${index} = ${load}(a${r}, ${index * variant.inputBytes});`,
      ...range(vectors * pointers.length).map((v) =>
        `      c${r}_${v}_${sum} = dot${variant.name}(c${r}_${v}_${sum}, a${r}_${index}, w${v}_${index});`),
    ]),
  ].join('\n');
}

/**
 * The loop over a line of a window, in one over its lines. The exits between steps also keep the optimizer from merging steps into one expression,
 * which would need more registers than there are.
 */
function loop(variant, tile) {
  const bytes = vectorsOf(variant) * 16;
  const steps = range(tile.unroll).map((index) => {
    const exit = index < tile.unroll - 1 ? `\n        if (w + ${(index + 1) * bytes} == lineEnd) break;` : '';
    return step(variant, tile, index) + exit;
  });
  const others = panelPointers(tile).slice(1);
  return `    let w = weights;${others.map((pointer) => ` let ${pointer} = weightsEnd;`).join('')}
    let lineEnd = weights + <usize>lineBytes;
    for (;;) {
      do {
${steps.join('\n')}
${panelPointers(tile).map((pointer) => `        ${pointer} += ${tile.unroll * bytes};`).join('\n')}
${lines(tile.rows, (r) => `        a${r} += ${tile.unroll * variant.inputBytes};`)}
      } while (w < lineEnd);
      if (lineEnd == weightsEnd) break;
      lineEnd += <usize>lineBytes;
${lines(tile.rows, (r) => `      a${r} += <usize>skip;`)}
    }`;
}

/** What weights with a zero point take from the row's sum is a term of its own of each row. */
function correction(variant, tile, names) {
  if (!variant.corrects) return '';
  const add = (r) => names(r).map((name) => `${name} = i32x4.add(${name}, t${r});`).join(' ');
  return `    if (terms) {
      const at = terms + (<usize>first << 2);
${lines(tile.rows, (r) => `      const t${r} = v128.load32_splat(at, ${4 * r}); ${add(r)}`)}
    }
`;
}

function starts(variant, tile) {
  const { panels = 1 } = tile;
  return range(tile.rows).flatMap((r) => range(vectorsOf(variant) * panels).flatMap((v) => range(tile.sums).map((sum) => (
    `    let c${r}_${v}_${sum} = ${variant.lanes === 'columns' && sum === 0 ? `v128.load(bias, ${v * 16})` : 'i32x4.splat(0)'};`)))).join('\n');
}

/** Sums of four output columns of row r as vectors `s`. */
function totals(variant, tile, codes) {
  const total = variant.lanes === 'columns'
    ? ({ r, v }) => range(tile.sums).map((k) => `c${r}_${v}_${k}`).reduce((a, b) => `i32x4.add(${a}, ${b})`)
    : ({ r }) => `i32x4.add(v128.load(bias), sumLanes(${range(4).map((column) => `c${r}_${column}_0`).join(', ')}))`;
  const all = codes.map((code) => `    let ${code.sum} = ${total(code)};`);
  return `${all.join('\n')}\n${correction(variant, tile, (r) => codes.filter((code) => code.r === r).map(({ sum }) => sum))}`;
}

function epilogue(variant, tile) {
  const { panels = 1 } = tile;
  const quads = (variant.columns / 4) * panels;
  const codes = range(tile.rows).flatMap((r) => range(quads).map((v) => ({ r, v, sum: `s${r}_${v}`, name: `q${r}_${v}` })));
  const store = { 1: 'store32_lane', 2: 'store64_lane', 4: 'store' }[quads];
  const out = [
    totals(variant, tile, codes),
    ...range(quads).map((v) => `    const scale${v} = v128.load(scale, ${v * 16});`),
    ...codes.map(({ v, sum, name }) => `    const ${name} = requantize(${sum}, scale${v}, ${constant('MAGIC')}, ${constant('OFFSET')});`),
  ];
  for (let first = 0; first < codes.length; first += 4) {
    const four = range(4).map((k) => codes[Math.min(first + k, codes.length - 1)].name);
    out.push(`    const o${first} = clampCodes(narrowCodes(${four.join(', ')}), bounds);`);
    for (let k = 0; k < 4 && first + k < codes.length; k += quads) {
      const lane = quads === 4 ? '' : `, ${k / quads}`;
      out.push(`    v128.${store}(output + <usize>(${codes[first + k].r} * outputStride), o${first}${lane});`);
    }
  }
  return out.join('\n');
}

function tileFunction(variant, tile) {
  const { rows, panels = 1 } = tile;
  return `
/**
 * Outputs of ${panels === 1 ? 'one packed panel' : 'two adjacent packed panels, of which \`weightsEnd\` ends the first'}.
 * Inputs are \`rows\` rows \`inputStride\` bytes apart, or where \`offsets\` is not 0, windows that start at these offsets. Each line of a window
 * meets \`lineBytes\` bytes of weights, and ends \`skip\` bytes before the next one starts.
 */
export function tile${variant.name}x${rows}${panels === 1 ? '' : 'Two'}(
  params: usize, input: usize, inputStride: i32, rows: i32,${variant.corrects ? ' terms: usize,' : ''} offsets: usize, skip: i32, lineBytes: i32,
  weights: usize, weightsEnd: usize, bias: usize, scale: usize, target: usize, outputStride: i32,
): void {
  const bounds = params + GemmParams.MIN;
  for (let row = 0; row < rows; row += ${rows}) {
    const first = ${rows === 1 ? 'row' : `min(row, rows - ${rows})`};
    let a0 = input + <usize>(first * inputStride);
${lines(rows - 1, (r) => `    let a${r + 1} = a${r} + <usize>inputStride;`)}
    if (offsets) {
      const at = offsets + (<usize>first << 2);
${lines(rows, (r) => `      a${r} = input + load<usize>(at, ${4 * r});`)}
    }
${starts(variant, tile)}
${loop(variant, tile)}
    const output = target + <usize>(first * outputStride);
${epilogue(variant, tile)}
  }
}
`;
}

/** Generated source files by name. */
export function generate() {
  return Object.fromEntries(VARIANTS.map((variant) => {
    const reduce = variant.lanes === 'depth' ? ', sumLanes' : '';
    const head = [
      "import { GemmParams } from '../abi/gemm';",
      `import { dot${variant.name}${reduce} } from '../micro/dot';`,
      "import { clampCodes, narrowCodes, requantize } from '../micro/requantize';",
    ].join('\n');
    return [`gemm-${variant.name.toLowerCase()}.ts`, `${head}\n${variant.tiles.map((tile) => tileFunction(variant, tile)).join('')}`];
  }));
}
