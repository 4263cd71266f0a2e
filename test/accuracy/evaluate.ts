// Accuracy on the shown MLPerf Tiny halves, and how many vectors of the published logs come out the same: npm run evaluate [-- kernels|float|tflite-single|tflite-double]
import { join } from 'node:path';
import { Model } from '../../sdk/model.ts';
import { REQUANTIZE_MODES } from '../../sdk/ops/types.ts';
import { assetsFolder } from '../assets.ts';
import { accuracy, anomalyAuc, CLASSIFICATIONS, FLOAT_CLASSIFICATIONS, type Classification, type Engine } from './mlperf-tiny.ts';
import { PUBLISHED, reproduced } from './published-log.ts';

const engines: readonly Engine[] = ['kernels', ...REQUANTIZE_MODES];
const asked = process.argv.slice(2);
if (asked.includes('--help')) {
  console.log(`npm run evaluate -- [${engines.join('|')} ...]: accuracy of engines on the MLPerf Tiny samples of HALFBYTE_ASSETS (default: kernels), after the comparison with LiteRT`);
  process.exit();
}
const unknown = asked.find((name) => !engines.includes(name as Engine));
if (unknown !== undefined) throw new Error(`engine '${unknown}' is not one of: ${engines.join(', ')}`);

async function evaluate(sets: readonly Classification[], anomalyFile: string, engine: Engine): Promise<Record<string, string>> {
  const row: Record<string, string> = {};
  for (const set of sets) {
    await using model = await Model.load(join(assetsFolder, 'models', set.file));
    const samples = join(assetsFolder, 'mlperf-tiny', set.name);
    const { correct, total } = await accuracy(model, samples, set, engine);
    row[set.name] = `${correct}/${total}`;
    if (sets === CLASSIFICATIONS && PUBLISHED.includes(set.name)) {
      const published = await reproduced(model, samples, set, engine);
      row[`${set.name} log`] = `${published.same}/${published.total}`;
    }
  }
  await using model = await Model.load(join(assetsFolder, 'models', anomalyFile));
  const { auc, files } = await anomalyAuc(model, join(assetsFolder, 'mlperf-tiny/ad01'), engine);
  row['ad01 AUC'] = `${auc.toFixed(4)} (${files} files)`;
  return row;
}

await import('../golden/report.ts');
const rows: Record<string, Record<string, string>> = {};
for (const engine of (asked.length > 0 ? asked : ['kernels']) as Engine[]) {
  rows[`int8 ${engine}`] = await evaluate(CLASSIFICATIONS, 'ad01_int8.tflite', engine);
}
rows['float32 kernels'] = await evaluate(FLOAT_CLASSIFICATIONS, 'ad01_float.tflite', 'kernels');
console.table(rows);
