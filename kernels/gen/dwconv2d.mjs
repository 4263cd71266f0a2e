// Writes depthwise kernels of three columns and three rows that slide along a row of output pixels, block of channels by block of channels:
// what was loaded and interleaved of an input column serves up to three outputs of a row, and where that pays, two rows.

const range = (count) => [...Array(count).keys()];

/** Code that interleaves row `pointer` of column `c` with the column before it. */
function zipWithLast(row, pointer, c) {
  return `
        const ${row}${c} = v128.load8x8_s(${pointer});
        ${row}Low${c} = zipLow16(${row}${c}, ${row});
        ${row}High${c} = zipHigh16(${row}${c}, ${row});
        ${row} = ${row}${c};`;
}

/** Two shared rows of the window, and one that is interleaved with the column before it. */
const D16 = {
  channels: 8,
  weights: 10,
  sums: 2,
  padding: 'i16x8.splat(code)',
  loadColumn: (c) => `
        const middle${c} = v128.load8x8_s(r1), bottom${c} = v128.load8x8_s(r2);
        low${c} = zipLow16(middle${c}, bottom${c});
        high${c} = zipHigh16(middle${c}, bottom${c});`,
  accumulate: (sum, weight, [low1, high1, low2, high2]) => [['low0', 'high0'], ['low1', 'high1'], ['low2', 'high2'], [low1, high1], [low2, high2]]
    .map(([low, high], i) => `
        c${sum} = dotD16(c${sum}, ${low}, ${weight}${2 * i}); c${sum + 1} = dotD16(c${sum + 1}, ${high}, ${weight}${2 * i + 1});`).join(''),
};

const RD = {
  channels: 8,
  weights: 6,
  sums: 2,
  reads: true,
  padding: 'v128.xor(i8x16.splat(code), flip)',
  constants: 'const flip = v128.load(params, Dwconv2dParams.FLIP);',
  column: ['low', 'high'],
};

/**
 * What is kept of input column `c`, the code that loads it from r0, r1, r2, and the code that accumulates three columns.
 * `carried` is kept of the last column only.
 * A variant that needs more registers than x86 has `reads` bias and scale for each output.
 * A tap that meets a zero weight is any other vector: interleaving one with itself is a table lookup in V8.
 */
const VARIANTS = {
  D16: {
    ...D16,
    strides: [2],
    imports: ["import { dotD16 } from '../micro/dot';", "import { zipHigh16, zipLow16 } from '../micro/zip';"],
    column: ['low', 'high', 'first'],
    loadColumn: (c) => `${D16.loadColumn(c)}
        first${c} = v128.load8x8_s(r0);`,
    accumulate: D16.accumulate(0, 'w', [
      'zipLow16(first1, first0)', 'zipHigh16(first1, first0)', 'zipLow16(first2, first1)', 'zipHigh16(first2, first1)',
    ]),
  },
  D16Single: {
    ...D16,
    strides: [1],
    column: ['low', 'high', 'firstLow', 'firstHigh'],
    carried: ['first'],
    loadColumn: (c) => D16.loadColumn(c) + zipWithLast('first', 'r0', c),
    accumulate: D16.accumulate(0, 'w', ['firstLow1', 'firstHigh1', 'firstLow2', 'firstHigh2']),
  },
  // Two output rows share the two input rows that both of them reach; the second one has the weights of the first in another order.
  D16Pair: {
    ...D16,
    strides: [1],
    rows: 2,
    constants: 'const lower = i32x4.splat(0xffff);',
    derived: range(2).map((h) => `const
      v${h} = v128.or(i32x4.shl(w${h}, 16), i32x4.shr_u(w${6 + h}, 16)), v${2 + h} = v128.or(i32x4.shl(w${2 + h}, 16), v128.and(w${6 + h}, lower)),
      v${4 + h} = v128.or(i32x4.shl(w${4 + h}, 16), w${8 + h}), v${6 + h} = v128.or(i32x4.shr_u(w${2 + h}, 16), v128.andnot(w${h}, lower)),
      v${8 + h} = i32x4.shr_u(w${4 + h}, 16);`).join('\n    '),
    column: ['low', 'high', 'firstLow', 'firstHigh', 'lastLow', 'lastHigh'],
    carried: ['first', 'last'],
    loadColumn: (c) => D16.loadColumn(c) + zipWithLast('first', 'r0', c) + zipWithLast('last', 'r3', c),
    accumulate: D16.accumulate(0, 'w', ['firstLow1', 'firstHigh1', 'firstLow2', 'firstHigh2'])
      + D16.accumulate(2, 'v', ['lastLow1', 'lastHigh1', 'lastLow2', 'lastHigh2']),
  },
  Rd: {
    ...RD,
    imports: ["import { dotRd } from '../micro/dot';", "import { zipHigh16, zipLow16, zipLow8 } from '../micro/zip';"],
    loadColumn: (c) => `
        const middle${c} = v128.load64_zero(r1);
        const upper${c} = v128.xor(zipLow8(v128.load64_zero(r0), middle${c}), flip);
        const lower${c} = v128.xor(zipLow8(v128.load64_zero(r2), middle${c}), flip);
        low${c} = zipLow16(upper${c}, lower${c});
        high${c} = zipHigh16(upper${c}, lower${c});`,
    accumulate: range(3).map((c) => `
        c0 = dotRd(c0, low${c}, w${2 * c}); c1 = dotRd(c1, high${c}, w${2 * c + 1});`).join(''),
  },
  // Two output rows share what is interleaved of their four input rows; the second one's weights are shifted by a tap.
  RdPair: {
    ...RD,
    strides: [1],
    rows: 2,
    derived: range(6).map((i) => `const v${i} = i32x4.shl(w${i}, 8);`).join(' '),
    loadColumn: (c) => `
        const upper${c} = v128.xor(zipLow8(v128.load64_zero(r0), v128.load64_zero(r1)), flip);
        const lower${c} = v128.xor(zipLow8(v128.load64_zero(r2), v128.load64_zero(r3)), flip);
        low${c} = zipLow16(upper${c}, lower${c});
        high${c} = zipHigh16(upper${c}, lower${c});`,
    accumulate: range(3).map((c) => `
        c0 = dotRd(c0, low${c}, w${2 * c}); c1 = dotRd(c1, high${c}, w${2 * c + 1});
        c2 = dotRd(c2, low${c}, v${2 * c}); c3 = dotRd(c3, high${c}, v${2 * c + 1});`).join(''),
  },
  E16: {
    channels: 16,
    weights: 10,
    imports: ["import { zipHigh8, zipLow8 } from '../micro/zip';"],
    column: ['low', 'high', 'last'],
    loadColumn: (c) => `
        const top${c} = v128.load(r0), middle${c} = v128.load(r1);
        low${c} = zipLow8(top${c}, middle${c});
        high${c} = zipHigh8(top${c}, middle${c});
        last${c} = v128.load(r2);`,
    padding: 'i8x16.splat(code)',
    sums: 4,
    accumulate: ['low', 'high'].flatMap((half, h) => {
      const zip = half === 'low' ? 'zipLow8' : 'zipHigh8';
      const pairs = [`${half}0`, `${half}1`, `${half}2`, `${zip}(last0, last1)`, `${zip}(last2, last1)`];
      return ['low', 'high'].map((part, k) => {
        const product = (pair) => `i16x8.extmul_${part}_i8x16_s(${pairs[pair]}, w${2 * pair + h})`;
        const sums = [`i16x8.add(${product(0)}, ${product(1)})`, `i16x8.add(${product(2)}, ${product(3)})`, product(4)];
        return sums.map((sum) => `
        c${2 * h + k} = i32x4.add(c${2 * h + k}, i32x4.extadd_pairwise_i16x8_s(${sum}));`).join('');
      });
    }).join(''),
  },
};

/** Code that makes column 2 columns 0 or 1 of the next output. */
function slide(variant, stride) {
  return variant.column.map((part) => (stride === 1 ? `${part}0 = ${part}1; ${part}1 = ${part}2;` : `${part}0 = ${part}2;`)).join(' ');
}

/** Vector `index` of the bias or scale: in a variable, or read from memory. */
function constant(name, index, reads) {
  return reads ? `v128.load(${name}, ${16 * index})` : `${name}${index}`;
}

function output({ channels, sums, rows = 1, reads }) {
  const four = range(4).map((i) => `q${i % (sums * rows)}`).join(', ');
  const second = rows === 2 ? '\n        v128.store64_lane(pixel + rowBytes, codes, 1);' : '';
  return `
${range(sums * rows).map((i) => `        const q${i} = requantize(c${i}, ${constant('scale', i % sums, reads)}, magic, offset);`).join('\n')}
        let codes = narrowCodes(${four});
        if (bounded) codes = clampCodes(codes, bounds);
        ${channels === 16 ? 'v128.store(pixel, codes);' : 'v128.store64_lane(pixel, codes, 0);'}${second}
        pixel += pixelBytes;`;
}

function slideFunction(name, stride) {
  const variant = VARIANTS[name];
  const { channels, sums, rows = 1, strides = [1, 2], carried = [], constants = '', derived = '', reads } = variant;
  const sources = ['top', 'middle', 'bottom', 'below'].slice(0, rows + 2);
  const pointers = range(rows + 2).map((r) => `r${r}`);
  const column = (c) => `${variant.loadColumn(c)}
        ${pointers.map((r) => `${r} += channels;`).join(' ')}`;
  const body = `
        ${range(sums * rows).map((i) => `let c${i} = ${constant('bias', i % sums, reads)};`).join(' ')}${variant.accumulate}${output(variant)}`;
  const kept = [...range(3).flatMap((c) => variant.column.map((part) => `${part}${c}`)), ...carried];
  const second = stride === 1 ? '' : `{${column(1)}\n      }`;
  return `
/**
 * \`blocks\` blocks of ${channels} channels of ${rows === 1 ? 'one output row' : 'two output rows'} with stride ${stride}.
 * Input rows are ${sources.join(', ')}; \`pad\` is a row of padding, at most one column on each side. Output pixels are \`pixelBytes\` apart.
 */
export function slide${name}${strides.length > 1 ? `s${stride}` : ''}(
  params: usize, ${sources.map((row) => `${row}: usize,`).join(' ')} pad: usize,
  weights: usize, bias: usize, scale: usize, target: usize, pixelBytes: i32, blocks: i32,
): void {
  const channels = load<usize>(params, Dwconv2dParams.CHANNELS);
  const count = load<i32>(params, Dwconv2dParams.OUTPUT_WIDTH);
  const padLeft = load<i32>(params, Dwconv2dParams.PAD_LEFT);
  const padRight = (count - 1) * ${stride} - padLeft + 2 == load<i32>(params, Dwconv2dParams.INPUT_WIDTH);
  const inner = count - <i32>padRight;
${rows === 2 ? '  const rowBytes = <usize>(pixelBytes * count);\n' : ''}  const zero = i32x4.splat(0);
  const magic = v128.load(params, Dwconv2dParams.MAGIC);
  const offset = v128.load(params, Dwconv2dParams.OFFSET);
  const bounds = params + Dwconv2dParams.MIN;
  const bounded = isBounded(bounds);
${constants ? `  ${constants}\n` : ''}  for (; blocks > 0; blocks--) {
${range(variant.weights).map((i) => `    const w${i} = v128.load(weights, ${16 * i});`).join('\n')}
    ${derived}
    ${reads ? '' : range(sums).map((i) => `const bias${i} = v128.load(bias, ${16 * i}), scale${i} = v128.load(scale, ${16 * i});`).join(' ')}
    let ${sources.map((row, r) => `r${r} = ${row}`).join(', ')};
    let pixel = target;
    let ${kept.map((part) => `${part} = zero`).join(', ')};
    if (padLeft) {
      const code = load<i8>(params, Dwconv2dParams.PAD_VALUE);
      const padding = ${variant.padding};
      ${[...variant.column.map((part) => `${part}0`), ...carried].map((part) => `${part} = padding;`).join(' ')}
    } else {${column(0)}
    }
${stride === 1 ? `    {${column(1)}\n    }\n` : ''}    for (let i = inner; i > 0; i--) {
      ${second}
      {${column(2)}
      }
      {${body}
      }
      ${slide(variant, stride)}
    }
    if (padRight) {
      ${second}
      {
        ${pointers.map((r) => `${r} = pad;`).join(' ')}${variant.loadColumn(2)}
      }
      {${body}
      }
    }
    ${sources.map((row) => `${row} += ${channels};`).join(' ')} target += ${channels};
    weights += ${variant.weights * 16}; bias += ${channels * 4}; scale += ${channels * 4};
  }
}
`;
}

/** Generated source files by name. */
export function generate() {
  return Object.fromEntries([['D16', 'D16Single', 'D16Pair'], ['Rd', 'RdPair'], ['E16']].map((names) => {
    const { imports } = VARIANTS[names[0]];
    const head = [
      "import { Dwconv2dParams } from '../abi/dwconv2d';",
      ...imports,
      "import { clampCodes, isBounded, narrowCodes, requantize } from '../micro/requantize';",
    ].join('\n');
    const functions = names.flatMap((name) => (VARIANTS[name].strides ?? [1, 2]).map((stride) => slideFunction(name, stride)));
    return [`dwconv2d-${names[0].toLowerCase()}.ts`, `${head}\n${functions.join('')}`];
  }));
}
