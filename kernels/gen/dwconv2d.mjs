// Writes depthwise kernels of three columns and three rows that slide along a row of output pixels, block of channels by block of channels:
// what was loaded and interleaved of an input column serves up to three outputs.

const range = (count) => [...Array(count).keys()];

/** What is kept of input column `c`, the code that loads it from r0, r1, r2, and the code that accumulates three columns. */
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
        c0 = dotD16(c0, zipLow16(last2, last2), w8); c1 = dotD16(c1, zipHigh16(last2, last2), w9);`,
  },
  Rd: {
    channels: 8,
    weights: 6,
    imports: ["import { dotRd } from '../micro/dot';", "import { zipHigh16, zipLow16, zipLow8 } from '../micro/zip';"],
    column: ['low', 'high'],
    loadColumn: (c) => `
        const last${c} = v128.load64_zero(r2);
        const upper${c} = v128.xor(zipLow8(v128.load64_zero(r0), v128.load64_zero(r1)), flip), lower${c} = v128.xor(zipLow8(last${c}, last${c}), flip);
        low${c} = zipLow16(upper${c}, lower${c});
        high${c} = zipHigh16(upper${c}, lower${c});`,
    sums: 2,
    accumulate: range(3).map((c) => `
        c0 = dotRd(c0, low${c}, w${2 * c}); c1 = dotRd(c1, high${c}, w${2 * c + 1});`).join(''),
  },
  E16: {
    channels: 16,
    weights: 10,
    imports: [],
    column: ['top', 'middle', 'last'],
    loadColumn: (c) => `
        top${c} = v128.load(r0);
        middle${c} = v128.load(r1);
        last${c} = v128.load(r2);`,
    sums: 4,
    accumulate: [['top0', 0, 'middle0', 3], ['top1', 1, 'middle1', 4], ['top2', 2, 'middle2', 5], ['last0', 6, 'last1', 7], ['last2', 8]].map(
      ([a, i, b, j]) => ['low', 'high'].map((half, k) => {
        const product = (x, t) => `i16x8.extmul_${half}_i8x16_s(${x}, w${t})`;
        const pair = b === undefined ? product(a, i) : `i16x8.add(${product(a, i)}, ${product(b, j)})`;
        return `
        const ${half}${i} = ${pair};
        c${2 * k} = i32x4.add(c${2 * k}, i32x4.extend_low_i16x8_s(${half}${i})); c${2 * k + 1} = i32x4.add(c${2 * k + 1}, i32x4.extend_high_i16x8_s(${half}${i}));`;
      }).join('')).join(''),
  },
};

/** Code that makes column 2 columns 0 or 1 of the next output. */
function slide(variant, stride) {
  return variant.column.map((part) => (stride === 1 ? `${part}0 = ${part}1; ${part}1 = ${part}2;` : `${part}0 = ${part}2;`)).join(' ');
}

function output(variant) {
  const four = range(4).map((i) => `q${i % variant.sums}`).join(', ');
  return `
${range(variant.sums).map((i) => `        const q${i} = requantize(c${i}, scale${i}, magic, offset);`).join('\n')}
        const codes = clampCodes(${four}, least, most);
        ${variant.sums === 4 ? 'v128.store(pixel, codes);' : 'v128.store64_lane(pixel, codes, 0);'}
        pixel += pixelBytes;`;
}

function slideFunction(name, stride) {
  const variant = VARIANTS[name];
  const { sums } = variant;
  const perSum = (line) => range(sums).map(line).join(' ');
  const parts = (c) => variant.column.map((part) => `${part}${c} = zero`).join(', ');
  const column = (c) => `${variant.loadColumn(c)}
        r0 += channels; r1 += channels; r2 += channels;`;
  const padded = (c) => `
        r0 = pad; r1 = pad; r2 = pad;${variant.loadColumn(c)}`;
  const body = `
        ${perSum((i) => `let c${i} = bias${i};`)}${variant.accumulate}${output(variant)}`;
  const second = stride === 1 ? '' : `{${column(1)}\n      }`;
  return `
/**
 * \`blocks\` blocks of ${variant.channels} channels of one output row with stride ${stride}. \`top\`, \`middle\` and \`bottom\` are input rows, \`pad\` a row of padding.
 * At most one column of padding on each side. Output pixels are \`pixelBytes\` apart.
 */
export function slide${name}s${stride}(
  params: usize, top: usize, middle: usize, bottom: usize, pad: usize, weights: usize, bias: usize, scale: usize, target: usize, pixelBytes: i32, blocks: i32,
): void {
  const channels = load<usize>(params, Dwconv2dParams.CHANNELS);
  const count = load<i32>(params, Dwconv2dParams.OUTPUT_WIDTH);
  const padLeft = load<i32>(params, Dwconv2dParams.PAD_LEFT);
  const padRight = (count - 1) * ${stride} - padLeft + 2 == load<i32>(params, Dwconv2dParams.INPUT_WIDTH);
  const inner = count - <i32>padRight;
  const zero = i32x4.splat(0);
  const magic = v128.load(params, Dwconv2dParams.MAGIC);
  const offset = v128.load(params, Dwconv2dParams.OFFSET);
  const least = v128.load(params, Dwconv2dParams.MIN);
  const most = v128.load(params, Dwconv2dParams.MAX);
${name === 'Rd' ? '  const flip = v128.load(params, Dwconv2dParams.FLIP);\n' : ''}  for (; blocks > 0; blocks--) {
${range(variant.weights).map((i) => `    const w${i} = v128.load(weights, ${16 * i});`).join('\n')}
    ${perSum((i) => `const bias${i} = v128.load(bias, ${16 * i}), scale${i} = v128.load(scale, ${16 * i});`)}
    let r0 = top, r1 = middle, r2 = bottom;
    let pixel = target;
    let ${parts(0)};
    let ${parts(1)};
    let ${parts(2)};
    if (padLeft) {
      {${padded(0)}
      }
      r0 = top; r1 = middle; r2 = bottom;
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
    top += ${variant.channels}; middle += ${variant.channels}; bottom += ${variant.channels}; target += ${variant.channels};
    weights += ${variant.weights * 16}; bias += ${variant.channels * 4}; scale += ${variant.channels * 4};
  }
}
`;
}

/** Generated source files by name. */
export function generate() {
  return Object.fromEntries(Object.entries(VARIANTS).map(([name, { imports }]) => {
    const head = ["import { Dwconv2dParams } from '../abi';", ...imports, "import { clampCodes, requantize } from '../micro/requantize';"].join('\n');
    return [`dwconv2d-${name.toLowerCase()}.ts`, `${head}\n${[1, 2].map((stride) => slideFunction(name, stride)).join('')}`];
  }));
}
