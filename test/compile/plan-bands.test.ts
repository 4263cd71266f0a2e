import { describe, expect, it } from 'vitest';
import type { LoweredGraph } from '../../sdk/compile/lower.ts';
import { planBands } from '../../sdk/compile/plan-bands.ts';
import type { PlanField, PlanStep } from '../../sdk/plan/types.ts';

const WIDTH = 8;
const CHANNELS = 4;
const COLUMNS = 6;
const ROWS = WIDTH * WIDTH;

function step(params: string, units: number, fields: Record<string, PlanField>): PlanStep {
  return { kernel: params, node: params, op: params, params, fields, units, scratch: 0, macs: 0 };
}

function depthwise(input: number, output: number): PlanStep {
  return step('Dwconv2dParams', WIDTH, { INPUT: { buffer: input }, OUTPUT: { buffer: output }, OUTPUT_WIDTH: WIDTH, CHANNELS });
}

function pointwise(input: number, output: number, blockRows = 8): PlanStep {
  const fields = { INPUT: { buffer: input }, OUTPUT: { buffer: output }, ROWS, COLUMNS, DEPTH: CHANNELS, BLOCK_ROWS: blockRows, BLOCK_COLUMNS: 16 };
  return step('GemmParams', Math.ceil(ROWS / blockRows), fields);
}

function add(a: number, b: number, output: number): PlanStep {
  const fields = { A: { buffer: a }, B: { buffer: b }, OUTPUT: { buffer: output }, COUNT: ROWS * COLUMNS, BLOCK: 1024, A_STEP: 1, B_STEP: 1, RANK: 0 };
  return step('AddParams', 1, fields);
}

/** Buffers live from their first to their last use; `large` holds the bytes of one more that lives all the time before `until`. */
function graph(steps: readonly PlanStep[], bytes: readonly number[], spare = 100_000): LoweredGraph {
  const buffers = bytes.map((size, id) => {
    const uses = steps.flatMap(({ fields }, index) => (Object.values(fields).some((field) => typeof field === 'object' && 'buffer' in field && field.buffer === id) ? [index] : []));
    return { name: `b${id}`, bytes: size, live: [Math.min(...uses), Math.max(...uses)] as const };
  });
  return { buffers: [...buffers, { name: 'elsewhere', bytes: spare, live: [steps.length, steps.length] as const }], constants: [], steps: [...steps, step('Other', 1, {})], inputs: [], outputs: [] };
}

const BYTES = [ROWS * CHANNELS, ROWS * CHANNELS, ROWS * COLUMNS, ROWS * COLUMNS, ROWS * COLUMNS];

describe('bands', () => {
  it('join a depthwise convolution, the pointwise one behind it and the residual addition', () => {
    const { bands, steps, buffers } = planBands(graph([depthwise(0, 1), pointwise(1, 2), add(2, 3, 4)], BYTES));
    expect(bands).toEqual([{ first: 0, pace: 1, last: 2, blockUnits: 1, blockRows: 8, leadRows: WIDTH, leadUnits: 2048 }]);
    expect([steps[2]!.fields['BLOCK'], steps[2]!.units]).toEqual([8 * COLUMNS, 8]);
    expect(buffers.slice(0, 5).map(({ live }) => live)).toEqual(Array.from({ length: 5 }, () => [0, 2]));
  });

  it('join a product and an addition in place', () => {
    expect(planBands(graph([pointwise(0, 2), add(2, 3, 2)], BYTES)).bands).toHaveLength(1);
  });

  it('leave alone what has one reader too many places: an addition onto what the product or the depthwise convolution reads', () => {
    const square = graph([pointwise(0, 2), add(2, 3, 0)], [ROWS * COLUMNS, 1, ROWS * COLUMNS, ROWS * COLUMNS]);
    expect(planBands(square).bands).toEqual([]);
    const { bands } = planBands(graph([depthwise(0, 1), pointwise(1, 2), add(2, 3, 0)], [ROWS * COLUMNS, ...BYTES.slice(1)]));
    expect(bands.map(({ first, last }) => [first, last])).toEqual([[0, 1]]);
  });

  it('leave alone products of few blocks, other shapes and single steps', () => {
    expect(planBands(graph([depthwise(0, 1), pointwise(1, 2, 32)], BYTES)).bands).toEqual([]);
    expect(planBands(graph([pointwise(1, 2)], BYTES)).bands).toEqual([]);
    expect(planBands(graph([depthwise(0, 1), pointwise(3, 2)], BYTES)).bands).toEqual([]);
    const broadcast = add(2, 3, 4);
    expect(planBands(graph([pointwise(1, 2), { ...broadcast, fields: { ...broadcast.fields, B_STEP: 0 } }], BYTES)).bands).toEqual([]);
  });

  it('never raise the largest sum of live buffers', () => {
    expect(planBands(graph([depthwise(0, 1), pointwise(1, 2)], BYTES, 0)).bands).toEqual([]);
  });
});
