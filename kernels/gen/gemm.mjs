// Writes the register tiles of gemm and conv2d: per dot-product variant a tile of several rows and one of a single row, over one packed panel.

const VARIANTS = [
  // `lanes`: what the lanes of an accumulator are. `unroll`: steps of a loop iteration. `sums`: accumulators taking turns over the steps.
  { name: 'D16', lanes: 'columns', columns: 8, inputBytes: 4, tiles: [{ rows: 4, unroll: 4, sums: 1 }, { rows: 1, unroll: 4, sums: 2 }] },
  { name: 'Rd', lanes: 'columns', columns: 8, inputBytes: 4, tiles: [{ rows: 6, unroll: 4, sums: 1 }, { rows: 1, unroll: 4, sums: 2 }] },
  { name: 'E16', lanes: 'depth', columns: 4, inputBytes: 16, tiles: [{ rows: 4, unroll: 1, sums: 1 }, { rows: 1, unroll: 1, sums: 1 }] },
];

const range = (count) => [...Array(count).keys()];
const constant = (field) => `v128.load(params, GemmParams.${field})`;
const lines = (count, line) => range(count).map(line).join('\n');

/** Packed weights of a step hold `columns / 4` vectors (lanes over columns) or one vector for each column (lanes over depth). */
function vectorsOf(variant) {
  return variant.lanes === 'columns' ? variant.columns / 4 : variant.columns;
}

function step(variant, tile, index) {
  const vectors = vectorsOf(variant);
  const load = variant.lanes === 'columns' ? 'v128.load32_splat' : 'v128.load';
  const sum = index % tile.sums;
  return [
    ...range(vectors).map((v) => `      const w${v}_${index} = v128.load(w, ${(index * vectors + v) * 16});`),
    ...range(tile.rows).flatMap((r) => [
      `      const a${r}_${index} = ${load}(a${r}, ${index * variant.inputBytes});`,
      ...range(vectors).map((v) => `      c${r}_${v}_${sum} = dot${variant.name}(c${r}_${v}_${sum}, a${r}_${index}, w${v}_${index});`),
    ]),
  ].join('\n');
}

/** The exits between steps also keep the optimizer from merging steps into one expression, which would need more registers than there are. */
function loop(variant, tile) {
  const bytes = vectorsOf(variant) * 16;
  const steps = range(tile.unroll).map((index) => {
    const exit = index < tile.unroll - 1 ? `\n      if (w + ${(index + 1) * bytes} == weightsEnd) break;` : '';
    return step(variant, tile, index) + exit;
  });
  const advance = `      w += ${tile.unroll * bytes};\n${lines(tile.rows, (r) => `      a${r} += ${tile.unroll * variant.inputBytes};`)}`;
  return `    do {\n${steps.join('\n')}\n${advance}\n    } while (w < weightsEnd);`;
}

function start(variant, r, v, sum, corrected) {
  if (variant.lanes !== 'columns' || sum !== 0) return 'i32x4.splat(0)';
  return corrected ? `i32x4.add(v128.load(bias, ${v * 16}), t${r})` : `v128.load(bias, ${v * 16})`;
}

/** Four output columns of row r as one vector of sums. */
function total(variant, tile, r, v, corrected) {
  const begin = corrected ? `i32x4.add(v128.load(bias), t${r})` : 'v128.load(bias)';
  if (variant.lanes === 'depth') return `i32x4.add(${begin}, sumLanes(${range(4).map((column) => `c${r}_${column}_0`).join(', ')}))`;
  return range(tile.sums).map((sum) => `c${r}_${v}_${sum}`).reduce((a, b) => `i32x4.add(${a}, ${b})`);
}

function epilogue(variant, tile, corrected) {
  const quads = variant.columns / 4;
  const codes = range(tile.rows).flatMap((r) => range(quads).map((v) => ({ r, v, name: `q${r}_${v}` })));
  const store = quads === 2 ? ['store64_lane', 2] : ['store32_lane', 1];
  const out = [
    ...range(quads).map((v) => `    const scale${v} = v128.load(scale, ${v * 16});`),
    ...codes.map(({ r, v, name }) =>
      `    const ${name} = requantize(${[total(variant, tile, r, v, corrected), `scale${v}`, ...['MAGIC', 'OFFSET'].map(constant)].join(', ')});`),
  ];
  for (let first = 0; first < codes.length; first += 4) {
    const four = range(4).map((k) => codes[Math.min(first + k, codes.length - 1)].name);
    out.push(`    const o${first} = clampCodes(${[...four, ...['MIN', 'MAX'].map(constant)].join(', ')});`);
    for (let k = 0; k < 4 && first + k < codes.length; k += store[1]) {
      out.push(`    v128.${store[0]}(output + <usize>(${codes[first + k].r} * outputStride), o${first}, ${k / store[1]});`);
    }
  }
  return out.join('\n');
}

/** A corrected tile adds a term of its own to each row: what weights with a zero point take from the row's sum. */
function tileFunction(variant, tile, corrected) {
  const { rows, sums } = tile;
  const starts = range(rows).flatMap((r) => range(vectorsOf(variant)).flatMap((v) =>
    range(sums).map((sum) => `    let c${r}_${v}_${sum} = ${start(variant, r, v, sum, corrected)};`)));
  return `
export function tile${variant.name}x${rows}${corrected ? 'Corrected' : ''}(
  params: usize, input: usize, inputStride: i32, rows: i32,${corrected ? ' terms: usize,' : ''}
  weights: usize, weightsEnd: usize, bias: usize, scale: usize, target: usize, outputStride: i32,
): void {
  for (let row = 0; row < rows; row += ${rows}) {
    const first = ${rows === 1 ? 'row' : `min(row, rows - ${rows})`};
    let a0 = input + <usize>(first * inputStride);
${lines(rows - 1, (r) => `    let a${r + 1} = a${r} + <usize>inputStride;`)}
${corrected ? lines(rows, (r) => `    const t${r} = v128.load32_splat(terms + (<usize>first << 2), ${4 * r});`) : ''}
${starts.join('\n')}
    let w = weights;
${loop(variant, tile)}
    const output = target + <usize>(first * outputStride);
${epilogue(variant, tile, corrected)}
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
      "import { clampCodes, requantize } from '../micro/requantize';",
    ].join('\n');
    return [`gemm-${variant.name.toLowerCase()}.ts`, `${head}\n` + variant.tiles.flatMap((tile) => (
      variant.name === 'D16' ? [false] : [false, true]).map((corrected) => tileFunction(variant, tile, corrected))).join('')];
  }));
}
