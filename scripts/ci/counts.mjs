// Sums vitest JSON reports and stages that failed: seconds of each suite, unexpected skips, and one closing line of counts.
// node scripts/ci/counts.mjs REPORT.json ... -- FAILED-STAGE ...
import { existsSync, readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';

const [reports, stages] = [process.argv.slice(2, process.argv.indexOf('--')), process.argv.slice(process.argv.indexOf('--') + 1)];
const assetsFound = existsSync(process.env.HALFBYTE_ASSETS ?? '../shared/assets');
const seconds = new Map();
const skipped = [];
let passed = 0;
let failed = 0;

function fail(what) {
  console.error(`failed: ${what}`);
  failed++;
}

for (const path of reports) {
  if (!existsSync(path)) {
    fail(`${path}: no report, its run did not finish`);
    continue;
  }
  const { success, testResults } = JSON.parse(readFileSync(path, 'utf8'));
  const before = failed;
  for (const { name, startTime, endTime, status, assertionResults } of testResults) {
    const file = relative(process.cwd(), name);
    const suite = `${basename(path, '.json')} ${file.split('/').slice(0, 2).join('/')}`;
    seconds.set(suite, (seconds.get(suite) ?? 0) + (endTime - startTime) / 1000);
    if (status === 'failed' && assertionResults.length === 0) fail(`${file}: does not load`);
    for (const { status: result, fullName } of assertionResults) {
      if (result === 'passed') passed++;
      else if (result === 'failed') fail(`${file}: ${fullName}`);
      else skipped.push(`${file}: ${fullName}`);
    }
  }
  if (!success && failed === before) fail(`${path}: an error outside of the tests`);
}

for (const stage of stages) fail(stage);
for (const test of assetsFound ? skipped : skipped.filter((name) => name.includes('mosquitto'))) fail(`skipped without a reason: ${test}`);
for (const [suite, time] of [...seconds].sort((a, b) => a[1] - b[1])) console.log(`${suite}: ${time.toFixed(1)} s`);
if (skipped.length > 0) console.log(`${skipped.length} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
