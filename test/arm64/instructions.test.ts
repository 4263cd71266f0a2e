import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../sdk/compile/compile.ts';
import type { Graph } from '../../sdk/ir/graph.ts';
import { type Board, missing, SETUP, skipsBoards } from './board.ts';
import { countInstructions } from './count.ts';
import type { Variant } from './device/job.ts';
import { convolution, depthwise, gemm } from './kernel-cases.ts';
import { writePlan } from './plans.ts';

/** Graphs of one step and the least multiply-accumulates per instruction of its kernel. */
interface Budgets {
  readonly board: Board;
  readonly variant: Variant;
  readonly least: readonly (readonly [name: string, graph: Graph, least: number])[];
}

const A72: Budgets = {
  board: { node: 24, cpu: 'cortex-a72' },
  variant: { kernel: 'baseline', dot: 'e16' },
  least: [
    ['gemm 48x48x480', gemm(48, 48, 480), 3.3],
    ['gemm 196x96x576', gemm(196, 96, 576), 3.3],
    ['conv 1x1 14x14 384 to 96', convolution(14, 384, 96, 1, 1), 3.2],
    ['depthwise 14x14x384', depthwise(14, 384, 1), 0.9],
    ['depthwise 56x56x144', depthwise(56, 144, 1), 0.9],
    ['depthwise 56x56x144 stride 2', depthwise(56, 144, 2), 0.9],
  ],
};

const A76: Budgets = {
  board: { node: 24, cpu: 'cortex-a76' },
  variant: { kernel: 'relaxed', dot: 'rd' },
  least: [
    ['gemm 48x48x480', gemm(48, 48, 480), 6],
    ['gemm 196x96x576', gemm(196, 96, 576), 6],
    ['conv 1x1 14x14 384 to 96', convolution(14, 384, 96, 1, 1), 5.8],
    ['depthwise 14x14x384', depthwise(14, 384, 1), 0.9],
    ['depthwise 56x56x144', depthwise(56, 144, 1), 0.9],
    ['depthwise 56x56x144 stride 2', depthwise(56, 144, 2), 0.9],
  ],
};

const title = `multiply-accumulates per instruction, $variant.dot on $board.cpu (needs ${SETUP})`;

describe.skipIf(skipsBoards).each([A72, A76])(title, ({ board, variant, least }) => {
  const reached = new Map<string, number>();

  beforeAll(async () => {
    expect(missing, `run ${SETUP}`).toEqual([]);
    const plans = least.map(([name, graph]) => writePlan(name.replaceAll(' ', '-'), graph, compile(graph)));
    const counts = await countInstructions(board, variant, plans);
    least.forEach(([name], index) => {
      const steps = counts[index]!;
      expect(steps.map(({ kernel }) => kernel.endsWith(variant.dot)), name).toEqual([true]);
      reached.set(name, steps[0]!.macs / steps[0]!.instructions);
    });
  }, 300_000);

  it.each(least)('%s', (name, _, budget) => {
    expect(reached.get(name)).toBeGreaterThanOrEqual(budget);
  });
});
