// Writes register-only loops: each of twelve accumulators is also its own input, so no step can be removed or moved out of the loop.

const ACCUMULATORS = [...Array(12).keys()];

function foldFunction(name) {
  return `
export function fold${name}(params: usize, iterations: i32): v128 {
  const weights = v128.load(load<usize>(params, PeakParams.WEIGHTS));
  const input = v128.load(load<usize>(params, PeakParams.INPUT));
${ACCUMULATORS.map((i) => `  let c${i} = ${i === 0 ? 'input' : `i32x4.add(c${i - 1}, weights)`};`).join('\n')}
  for (; iterations > 0; iterations--) {
${ACCUMULATORS.map((i) => `    c${i} = dot${name}(c${i}, c${i}, weights);`).join('\n')}
  }
  return ${ACCUMULATORS.slice(1).reduce((sum, i) => `i32x4.add(${sum}, c${i})`, 'c0')};
}
`;
}

/** Generated source files by name. */
export function generate() {
  const head = "import { PeakParams } from '../abi/peak';\nimport { dotD16, dotE16, dotRd } from '../micro/dot';\n";
  return { 'peak.ts': head + ['D16', 'E16', 'Rd'].map(foldFunction).join('') };
}
