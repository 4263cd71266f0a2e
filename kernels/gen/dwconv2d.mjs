// Writes depthwise kernels of three columns and three rows that slide along a row of output pixels, block of channels by block of channels:
// what was loaded and interleaved of an input column serves up to three outputs of a row, and where that pays, two rows.

const range = (count) => [...Array(count).keys()];

/**
 * What is kept of input column `c`, the code that loads it from r0, r1, r2, and the code that accumulates three columns.
 * A tap that meets a zero weight is any other vector: interleaving one with itself is a table lookup in V8.
 */
const VARIANTS = {
  D16: {
    channels: 8,
    weights: 10,
    imports: ["import { dotD16 } from '../micro/dot';", "import { zipHigh16, zipLow16 } from '../micro/zip';"],
    column: ['low', 'high', 'last'],
    loadColumn: (c) => `
        const top${c} = v128.load8x8_s(r0), middle${c} = v128.load8x8_s(r1);
        low${c} = zipLow16(top${c}, middle${c});
        high${c} = zipHigh16(top${c}, middle${c});
        last${c} = v128.load8x8_s(r2);`,
    sums: 2,
    accumulate: `
        c0 = dotD16(c0, low0, w0); c1 = dotD16(c1, high0, w1);
        c0 = dotD16(c0, low1, w2); c1 = dotD16(c1, high1, w3);
        c0 = dotD16(c0, low2, w4); c1 = dotD16(c1, high2, w5);
        c0 = dotD16(c0, zipLow16(last0, last1), w6); c1 = dotD16(c1, zipHigh16(last0, last1), w7);
        c0 = dotD16(c0, zipLow16(last2, last1), w8); c1 = dotD16(c1, zipHigh16(last2, last1), w9);`,
  },
  Rd: {
    channels: 8,
    weights: 6,
    imports: ["import { dotRd } from '../micro/dot';", "import { zipHigh16, zipLow16, zipLow8 } from '../micro/zip';"],
    column: ['low', 'high'],
    loadColumn: (c) => `
        const middle${c} = v128.load64_zero(r1);
        const upper${c} = v128.xor(zipLow8(v128.load64_zero(r0), middle${c}), flip);
        const lower${c} = v128.xor(zipLow8(v128.load64_zero(r2), middle${c}), flip);
        low${c} = zipLow16(upper${c}, lower${c});
        high${c} = zipHigh16(upper${c}, lower${c});`,
    sums: 2,
    accumulate: range(3).map((c) => `
        c0 = dotRd(c0, low${c}, w${2 * c}); c1 = dotRd(c1, high${c}, w${2 * c + 1});`).join(''),
  },
  // Two output rows share what is interleaved of their four input rows; the second one's weights are shifted by a tap.
  RdPair: {
    strides: [1],
    rows: 2,
    channels: 8,
    weights: 6,
    derived: range(6).map((i) => `const v${i} = i32x4.shl(w${i}, 8);`).join(' '),
    column: ['low', 'high'],
    loadColumn: (c) => `
        const upper${c} = v128.xor(zipLow8(v128.load64_zero(r0), v128.load64_zero(r1)), flip);
        const lower${c} = v128.xor(zipLow8(v128.load64_zero(r2), v128.load64_zero(r3)), flip);
        low${c} = zipLow16(upper${c}, lower${c});
        high${c} = zipHigh16(upper${c}, lower${c});`,
    sums: 2,
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

function output({ channels, sums, rows = 1 }) {
  const four = range(4).map((i) => `q${i % (sums * rows)}`).join(', ');
  const second = rows === 2 ? '\n        v128.store64_lane(pixel + rowBytes, codes, 1);' : '';
  return `
${range(sums * rows).map((i) => `        const q${i} = requantize(c${i}, scale${i % sums}, magic, offset);`).join('\n')}
        const codes = clampCodes(${four}, least, most);
        ${channels === 16 ? 'v128.store(pixel, codes);' : 'v128.store64_lane(pixel, codes, 0);'}${second}
        pixel += pixelBytes;`;
}

function slideFunction(name, stride) {
  const variant = VARIANTS[name];
  const { sums, rows = 1, strides = [1, 2], derived = '' } = variant;
  const sources = ['top', 'middle', 'bottom', 'below'].slice(0, rows + 2);
  const pointers = range(rows + 2).map((r) => `r${r}`);
  const usesFlip = name.startsWith('Rd');
  const parts = (c) => variant.column.map((part) => `${part}${c} = zero`).join(', ');
  const column = (c) => `${variant.loadColumn(c)}
        ${pointers.map((r) => `${r} += channels;`).join(' ')}`;
  const padded = (c) => `
        ${pointers.map((r) => `${r} = pad;`).join(' ')}${variant.loadColumn(c)}`;
  const body = `
        ${range(sums * rows).map((i) => `let c${i} = bias${i % sums};`).join(' ')}${variant.accumulate}${output(variant)}`;
  const second = stride === 1 ? '' : `{${column(1)}\n      }`;
  return `
/**
 * \`blocks\` blocks of ${variant.channels} channels of ${rows === 1 ? 'one output row' : 'two output rows'} with stride ${stride}.
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
  const least = v128.load(params, Dwconv2dParams.MIN);
  const most = v128.load(params, Dwconv2dParams.MAX);
${usesFlip ? '  const flip = v128.load(params, Dwconv2dParams.FLIP);\n' : ''}  for (; blocks > 0; blocks--) {
${range(variant.weights).map((i) => `    const w${i} = v128.load(weights, ${16 * i});`).join('\n')}
    ${derived}
    ${range(sums).map((i) => `const bias${i} = v128.load(bias, ${16 * i}), scale${i} = v128.load(scale, ${16 * i});`).join(' ')}
    let ${sources.map((row, r) => `r${r} = ${row}`).join(', ')};
    let pixel = target;
    let ${parts(0)};
    let ${parts(1)};
    let ${parts(2)};
    if (padLeft) {
      {${padded(0)}
      }
      ${sources.map((row, r) => `r${r} = ${row};`).join(' ')}
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
      {${padded(2)}
      }
      {${body}
      }
    }
    ${sources.map((row) => `${row} += ${variant.channels};`).join(' ')} target += ${variant.channels};
    weights += ${variant.weights * 16}; bias += ${variant.channels * 4}; scale += ${variant.channels * 4};
  }
}
`;
}

/** Generated source files by name. */
export function generate() {
  return Object.fromEntries([['D16'], ['Rd', 'RdPair'], ['E16']].map((names) => {
    const { imports } = VARIANTS[names[0]];
    const head = ["import { Dwconv2dParams } from '../abi/dwconv2d';", ...imports, "import { clampCodes, requantize } from '../micro/requantize';"].join('\n');
    const functions = names.flatMap((name) => (VARIANTS[name].strides ?? [1, 2]).map((stride) => slideFunction(name, stride)));
    return [`dwconv2d-${names[0].toLowerCase()}.ts`, `${head}\n${functions.join('')}`];
  }));
}
