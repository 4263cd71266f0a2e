import { describe, expect, it } from 'vitest';
import { xorshift } from '../xorshift.ts';
import { machineOf, modules, packed, randomBias, randomCodes, randomScales, requantized, rounding, type Machine } from './harness.ts';
import type { DotVariant } from '../../sdk/runtime/pack/types.ts';

interface Case {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly blockRows?: number;
  readonly blockColumns?: number;
  readonly inputZeroPoint?: number;
  readonly outputZeroPoint?: number;
  readonly clamp?: readonly [number, number];
  readonly leastWeight?: number;
  /** Weights are uint8 codes with this zero point. */
  readonly weightZeroPoint?: number;
  /** Inputs are not negative, so that they need no flip where the second operand is unsigned. */
  readonly unflipped?: boolean;
  /** Inputs are -128, and so are single weights. */
  readonly extreme?: boolean;
}

function operandsOf({ rows, columns, depth, leastWeight, weightZeroPoint, unflipped, extreme }: Case) {
  const random = xorshift(rows * 7919 + columns * 104729 + depth);
  const input = extreme ? new Int8Array(rows * depth).fill(-128) : randomCodes(rows * depth, random, unflipped ? 0 : -128);
  const stored = extreme
    ? Int8Array.from({ length: columns * depth }, (_, at) => ((at % depth) % 18 === 0 ? -128 : -127))
    : randomCodes(columns * depth, random, leastWeight ?? -127).map((code) => (weightZeroPoint === undefined ? code : code ^ 128));
  return {
    input,
    stored,
    weights: weightZeroPoint === undefined ? stored : Array.from(stored, (code) => (code & 255) - weightZeroPoint),
    bias: randomBias(columns, random, 5000),
    scale: randomScales(columns, random, 6000 * Math.sqrt(depth)),
  };
}

function reference(test: Case): Int8Array {
  const { rows, columns, depth, inputZeroPoint = 0, outputZeroPoint = 0, clamp = [-128, 127] } = test;
  const { input, weights, bias, scale } = operandsOf(test);
  const output = new Int8Array(rows * columns);
  for (let m = 0; m < rows; m++) {
    for (let n = 0; n < columns; n++) {
      let sum = bias[n]!;
      for (let k = 0; k < depth; k++) sum += (input[m * depth + k]! - inputZeroPoint) * weights[n * depth + k]!;
      output[m * columns + n] = requantized(sum, scale[n]!, outputZeroPoint, clamp[0], clamp[1]);
    }
  }
  return output;
}

function run(machine: Machine, dot: DotVariant, test: Case, splits: readonly number[] = []): Int8Array {
  const { rows, columns, depth, blockRows = rows, blockColumns = Math.ceil(columns / 8) * 8, inputZeroPoint = 0, outputZeroPoint = 0 } = test;
  const { input, stored, weights, bias, scale } = operandsOf(test);
  const [least, most] = test.clamp ?? [-128, 127];
  const flips = machine.unsignedSecond && !test.unflipped;
  const biasZeroPoint = machine.unsignedSecond && test.unflipped ? inputZeroPoint - 128 : inputZeroPoint;
  const codes = test.weightZeroPoint === undefined ? {} : { unsignedZeroPoint: test.weightZeroPoint };
  const output = machine.run({
    kernel: `gemm_qs8_qc8w_${dot}`,
    params: 'GemmParams',
    fields: {
      INPUT: { bytes: input },
      WEIGHTS: packed(machine, dot, { kind: 'gemm-weights', columns, depth, ...codes }, stored),
      BIAS: packed(machine, dot, { kind: 'gemm-bias', columns, depth, weights: 0, inputZeroPoint: biasZeroPoint }, bias, weights),
      SCALE: packed(machine, dot, { kind: 'gemm-scale', columns }, scale),
      OUTPUT: 'output', ROWS: rows, COLUMNS: columns, DEPTH: depth, BLOCK_ROWS: blockRows, BLOCK_COLUMNS: blockColumns,
      WEIGHT_ZERO: test.weightZeroPoint === undefined ? 0 : test.weightZeroPoint - 128,
      ...rounding(outputZeroPoint, least, most),
      FLIP: { splat: 'i8', value: flips ? -128 : 0 },
    },
    outputBytes: rows * columns,
    scratchBytes: 2 * blockRows * (Math.ceil(depth / 16) * 16 + 4) + 256,
    units: Math.ceil(rows / blockRows) * Math.ceil(columns / blockColumns),
  }, splits);
  return new Int8Array(output.buffer);
}

const ROWS = [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 24];
const COLUMNS = [1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 24];
const DEPTHS = [1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 17, 31, 32, 33, 36, 64, 100];

describe.each(modules)('gemm_qs8_qc8w, %s module', (name) => {
  const machine = machineOf(name);

  it.each(machine.dots)('%s equals the scalar sum for every remainder of rows, columns and depth', (dot) => {
    for (const rows of ROWS) {
      for (const columns of COLUMNS) {
        const depth = DEPTHS[(rows * 5 + columns) % DEPTHS.length]!;
        const test: Case = { rows, columns, depth, inputZeroPoint: (rows * 37) % 256 - 128, outputZeroPoint: (columns * 11) % 200 - 100 };
        expect(run(machine, dot, test), `${rows} x ${columns} x ${depth}`).toEqual(reference(test));
      }
    }
    for (const depth of DEPTHS) {
      const test: Case = { rows: 7, columns: 9, depth, inputZeroPoint: -128, clamp: [-100, 90] };
      expect(run(machine, dot, test), `depth ${depth}`).toEqual(reference(test));
    }
  });

  it.each(machine.dots)('%s gives the same bytes for every block size and split of the units', (dot) => {
    const base: Case = { rows: 29, columns: 43, depth: 37, inputZeroPoint: 3, outputZeroPoint: -7 };
    const expected = reference(base);
    for (const [blockRows, blockColumns] of [[29, 48], [12, 48], [12, 16], [6, 8], [1, 8], [4, 24], [50, 64]] as const) {
      const test = { ...base, blockRows, blockColumns };
      const units = Math.ceil(29 / blockRows) * Math.ceil(43 / blockColumns);
      for (const splits of [[], [1], [units >> 1], Array.from({ length: units - 1 }, (_, i) => i + 1)]) {
        expect(run(machine, dot, test, splits), `blocks ${blockRows} x ${blockColumns}, splits ${splits.join()}`).toEqual(expected);
      }
    }
  });

  it.each(machine.dots)('%s corrects for the zero point of the weights', (dot) => {
    for (const weightZeroPoint of [0, 31, 128, 204, 255]) {
      for (const [rows, columns, depth] of [[1, 3, 5], [7, 9, 16], [13, 24, 33], [24, 17, 100], [6, 8, 64]] as const) {
        const test: Case = { rows, columns, depth, weightZeroPoint, blockRows: Math.min(rows, 12), blockColumns: 16, inputZeroPoint: 23, outputZeroPoint: -5 };
        expect(run(machine, dot, test, [1]), `${rows} x ${columns} x ${depth}, zero point ${weightZeroPoint}`).toEqual(reference(test));
      }
    }
  });

  it.each(machine.dots)('%s clamps, saturates and rounds to nearest even like the reference', (dot) => {
    for (const clamp of [[-128, 127], [-128, -128], [0, 127], [-5, 6], [127, 127]] as const) {
      for (const outputZeroPoint of [-128, 0, 127]) {
        const test: Case = { rows: 6, columns: 8, depth: 48, inputZeroPoint: 127, outputZeroPoint, clamp };
        expect(run(machine, dot, test)).toEqual(reference(test));
      }
    }
  });

  it.each(machine.dots.filter((dot) => dot === 'rd'))('%s is the same where inputs need no flip', (dot) => {
    for (const rows of [3, 4, 5, 8, 13]) {
      for (const columns of [8, 15, 16, 17, 24, 40]) {
        for (const depth of [4, 9, 16, 30, 64]) {
          const test: Case = { rows, columns, depth, blockRows: 8, blockColumns: 24, inputZeroPoint: 5, outputZeroPoint: 3, unflipped: true };
          expect(run(machine, dot, test, [1]), `${rows} x ${columns} x ${depth}`).toEqual(reference(test));
          if (rows === 13) expect(run(machine, dot, { ...test, weightZeroPoint: 31 })).toEqual(reference({ ...test, weightZeroPoint: 31 }));
        }
      }
    }
  });

  it.each(machine.dots)('%s is exact for single weights of -128 among those of -127', (dot) => {
    const test: Case = { rows: 6, columns: 9, depth: 130, extreme: true, inputZeroPoint: 127 };
    expect(run(machine, dot, test)).toEqual(reference(test));
  });

  it('d16 is exact for weights of -128', () => {
    const test: Case = { rows: 6, columns: 11, depth: 130, leastWeight: -128, inputZeroPoint: -128 };
    expect(run(machine, 'd16', test)).toEqual(reference(test));
  });
});
