// Instructions of one inference of the models in the assets on emulated boards: node scripts/run-ts.mjs test/arm64/report.ts [MODEL.tflite ...]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FOLDER } from '../../scripts/arm64/parts.mjs';
import { realModels } from '../assets.ts';
import { type Board, missing, SETUP } from './board.ts';
import { countInstructions, type StepCount } from './count.ts';
import type { Variant } from './device/job.ts';
import { boardModel } from './models.ts';

const TARGETS: readonly (Board & Variant)[] = [
  { node: 24, cpu: 'cortex-a72', kernel: 'baseline', dot: 'e16' },
  { node: 24, cpu: 'cortex-a76', kernel: 'relaxed', dot: 'rd' },
];
const FAMILIES: Readonly<Record<string, RegExp>> = { 'gemm, conv': /^(gemm|conv2d)_/, depthwise: /^dwconv2d_/, rest: /^(?!gemm_|conv2d_|dwconv2d_)/ };

function sum(steps: readonly StepCount[], key: 'macs' | 'instructions'): number {
  return steps.reduce((total, step) => total + step[key], 0);
}

function summarize(steps: readonly StepCount[]): Record<string, string> {
  const total = sum(steps, 'instructions');
  const families = Object.entries(FAMILIES).map(([name, pattern]): [string, string] => {
    const own = steps.filter(({ kernel }) => pattern.test(kernel));
    const instructions = sum(own, 'instructions');
    const rate = sum(own, 'macs') === 0 ? '' : `, ${(sum(own, 'macs') / instructions).toFixed(2)} MAC each`;
    return [name, own.length === 0 ? '' : `${((100 * instructions) / total).toFixed(0)} %${rate}`];
  });
  return { 'million instructions': (total / 1e6).toFixed(2), 'MAC each': (sum(steps, 'macs') / total).toFixed(2), ...Object.fromEntries(families) };
}

const files = process.argv.slice(2);
const models = (files.length > 0 ? files : realModels.map(({ path }) => path)).map(boardModel);
if (missing.length > 0 || models.length === 0) {
  console.error(missing.length > 0 ? `missing: ${missing.join(', ')}; run ${SETUP}` : 'no model: set HALFBYTE_ASSETS or name model files');
  process.exit(1);
}
const counts = await Promise.all(TARGETS.map(({ node, cpu, kernel, dot }) => countInstructions({ node, cpu }, { kernel, dot }, models)));
const report = TARGETS.flatMap(({ node, cpu, kernel, dot }, target) => {
  console.log(`${kernel} ${dot}, Node ${node} on ${cpu}`);
  console.table(Object.fromEntries(models.map(({ name }, index) => [name, summarize(counts[target]![index]!)])));
  return models.map(({ name }, index) => {
    const steps = counts[target]![index]!;
    return { model: name, node, cpu, kernel, dot, instructions: sum(steps, 'instructions'), steps };
  });
});
const file = join(FOLDER, 'instructions.json');
writeFileSync(file, `${JSON.stringify(report, undefined, 1)}\n`);
console.log(file);
