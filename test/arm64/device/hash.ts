// Device half: opens plans without the compiler and prints the hashes of their outputs: node hash.mjs JOBS.json
import { readFileSync } from 'node:fs';
import { chooseKernels } from '../../../sdk/runtime/select.ts';
import { Session } from '../../../sdk/runtime/session.ts';
import { hashOutputs, seedInputs } from '../../ports.ts';
import type { HashJob, HashResult } from './job.ts';
import { noTensor, readPlan } from './read-plan.ts';

async function hashesOf({ plan, kernel, dot, threads, seeds }: HashJob): Promise<HashResult> {
  await using session = new Session(readPlan(plan), noTensor, { threads: Math.max(threads, 1), choice: chooseKernels(kernel, dot), parallelCost: 0 });
  const hashes: string[] = [];
  for (const seed of seeds) {
    seedInputs(session, seed);
    hashes.push(hashOutputs((threads === 0 ? session.runSync() : await session.run()).outputs));
  }
  return hashes;
}

for (const job of JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as HashJob[]) {
  process.stdout.write(`${JSON.stringify(await hashesOf(job))}\n`);
}
