// Writes the float32 register tiles of gemm and conv2d. Lanes are columns, so that every output is summed in the order of the terms.

const COLUMNS = 8;
const PANEL_STEP_BYTES = 4 * COLUMNS;
const VECTORS = COLUMNS / 4;
const UNROLL = 4;
const TILES = [{ rows: 4, panels: 1 }, { rows: 1, panels: 1 }, { rows: 1, panels: 4 }];

const range = (count) => [...Array(count).keys()];

function weightsOf(panel) {
  return panel === 0 ? 'w' : `w + <usize>${panel === 1 ? '' : `${panel} * `}panelBytes`;
}

function step({ rows, panels }, index) {
  return [
    ...range(rows).map((r) => `      const a${r}_${index} = v128.load32_splat(a${r}, ${index * 4});`),
    ...range(panels).flatMap((p) => range(VECTORS).flatMap((v) => [
      `      const w${p}_${v}_${index} = v128.load(${weightsOf(p)}, ${index * PANEL_STEP_BYTES + v * 16});`,
      ...range(rows).map((r) => `      c${r}_${p}_${v} = f32x4.add(c${r}_${p}_${v}, f32x4.mul(a${r}_${index}, w${p}_${v}_${index}));`),
    ])),
  ].join('\n');
}

function loop(tile) {
  const steps = range(UNROLL).map((index) => {
    const exit = index < UNROLL - 1 ? `\n      if (w + ${(index + 1) * PANEL_STEP_BYTES} == weightsEnd) break;` : '';
    return step(tile, index) + exit;
  });
  const advance = [`      w += ${UNROLL * PANEL_STEP_BYTES};`, ...range(tile.rows).map((r) => `      a${r} += ${UNROLL * 4};`)].join('\n');
  return `    do {\n${steps.join('\n')}\n${advance}\n    } while (w < weightsEnd);`;
}

function accumulators({ rows, panels }) {
  return range(rows).flatMap((r) => range(panels).flatMap((p) => range(VECTORS).map((v) => (
    { r, name: `c${r}_${p}_${v}`, offset: p * 4 * COLUMNS + v * 16 }
  ))));
}

function tileFunction(tile) {
  const { rows, panels } = tile;
  const sums = accumulators(tile);
  return `
export function tileF32x${rows}p${panels}(
  params: usize, input: usize, inputStride: i32, rows: i32, weights: usize, panelBytes: i32, bias: usize, target: usize, outputStride: i32,
): void {
  const weightsEnd = weights + <usize>panelBytes;
  for (let row = 0; row < rows; row += ${rows}) {
    const first = ${rows === 1 ? 'row' : `min(row, rows - ${rows})`};
    let a0 = input + <usize>(first * inputStride);
${range(rows - 1).map((r) => `    let a${r + 1} = a${r} + <usize>inputStride;`).join('\n')}
${sums.map(({ name, offset }) => `    let ${name} = f32x4.add(v128.load(bias, ${offset}), f32x4.splat(0));`).join('\n')}
    let w = weights;
${loop(tile)}
    const output = target + <usize>(first * outputStride);
    const least = v128.load(params, GemmF32Params.MIN), most = v128.load(params, GemmF32Params.MAX);
${sums.map(({ r, name, offset }) => `    v128.store(output + <usize>(${r} * outputStride), clampF32(${name}, least, most), ${offset});`).join('\n')}
  }
}
`;
}

/** Generated source files by name. */
export function generate() {
  return { 'gemm-f32.ts': `import { GemmF32Params } from '../abi/gemm-f32';\nimport { clampF32 } from '../micro/f32';\n${TILES.map(tileFunction).join('')}` };
}
