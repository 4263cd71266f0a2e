// Remakes test/golden/litert with LiteRT from PyPI (needs python3 with venv): npm run golden
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { Model } from '../../sdk/model.ts';
import { assets } from '../assets.ts';
import { goldenCases, LITERT_FOLDER } from './cases.ts';

const venv = 'build/litert';
if (!existsSync(venv)) {
  execFileSync('python3', ['-m', 'venv', venv], { stdio: 'inherit' });
  execFileSync(`${venv}/bin/pip`, ['install', '--quiet', 'ai-edge-litert', 'flatbuffers'], { stdio: 'inherit' });
}
const jobs = [];
for (const item of goldenCases('test/fixtures', assets)) {
  await using model = await Model.load(item.path, { threads: 1 });
  jobs.push({
    name: item.name,
    model: item.path,
    inputs: (await item.inputs(model)).map(({ name, data }) => ({ name, data: data.map((bytes) => Buffer.from(bytes).toString('base64')) })),
  });
}
mkdirSync(LITERT_FOLDER, { recursive: true });
writeFileSync('build/golden-jobs.json', JSON.stringify(jobs));
execFileSync(`${venv}/bin/python`, ['scripts/golden/litert.py', 'build/golden-jobs.json', LITERT_FOLDER], { stdio: 'inherit' });
