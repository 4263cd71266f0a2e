// The full cross: every real model gives one hash on every Node, chip, kernel module and number of threads: npm run verify
import { spawnSync } from 'node:child_process';
import { NODES } from '../../scripts/arm64/parts.mjs';
import { installRuntime } from '../bench/install.ts';

const [option] = process.argv.slice(2);
if (option !== undefined) {
  console.log(`npm run verify
  Runs the real models on Node ${NODES.join(', ')} of this machine and of emulated arm64 boards, on both kernel modules and 1 to 4 threads, and compares the
  hashes of their outputs; fixtures and all dot products in pairs of these. Installs what it needs in build/ first. Takes over an hour and has no options. npm test
  does the same in short.`);
  process.exit(option === '--help' ? 0 : 2);
}

const VITEST = ['node_modules/vitest/vitest.mjs', 'run'];
const failed: string[] = [];

function stage(name: string, command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const start = performance.now();
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, HALFBYTE_VERIFY: 'full', ...env } });
  console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s${status === 0 ? '' : ', FAILED'}`);
  if (status !== 0) failed.push(name);
}

stage('arm64 setup', process.execPath, ['scripts/arm64/setup.mjs']);
for (const major of NODES) stage(`Node ${major}`, installRuntime(major, 'build').executable, [...VITEST, 'test/verify']);
stage('published logs', process.execPath, [...VITEST, 'test/accuracy/published-log.test.ts']);
stage('arm64', process.execPath, [...VITEST, 'test/arm64/same-bits.test.ts'], { HALFBYTE_ARM64: '1' });
console.log(failed.length === 0 ? 'one hash everywhere' : `failed: ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
