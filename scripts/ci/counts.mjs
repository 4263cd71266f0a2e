// Sums vitest JSON reports: seconds of each suite, unexpected skips, and one closing line of counts.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

const assetsFound = existsSync(process.env.HALFBYTE_ASSETS ?? '../shared/assets');
const seconds = new Map();
const skipped = [];
let passed = 0;
let failed = 0;

for (const path of process.argv.slice(2)) {
  if (!existsSync(path)) {
    console.error(`${path}: no report, its run did not finish`);
    failed++;
    continue;
  }
  for (const { name, startTime, endTime, status, assertionResults } of JSON.parse(readFileSync(path, 'utf8')).testResults) {
    const suite = relative(process.cwd(), name).split('/').slice(0, 2).join('/');
    seconds.set(suite, (seconds.get(suite) ?? 0) + (endTime - startTime) / 1000);
    if (status === 'failed' && assertionResults.length === 0) failed++;
    for (const { status: result, fullName } of assertionResults) {
      if (result === 'passed') passed++;
      else if (result === 'failed') failed++;
      else skipped.push(`${relative(process.cwd(), name)}: ${fullName}`);
    }
  }
}

for (const [suite, time] of [...seconds].sort((a, b) => a[1] - b[1])) console.log(`${suite}: ${time.toFixed(1)} s`);
const unexpected = assetsFound ? skipped : skipped.filter((test) => test.includes('mosquitto'));
for (const test of unexpected) console.error(`skipped without a reason: ${test}`);
console.log(`${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
process.exit(failed > 0 || unexpected.length > 0 ? 1 : 0);
