// Latency of the models at hand, each in a fresh process: npm run bench [-- --threads N]
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface BenchReport {
  readonly medianMs: number;
  readonly gmacs: number;
  readonly peakGmacs: number;
  readonly kernel: string;
  readonly loadMs: number;
  readonly firstMs: number;
  readonly rssBytes: number;
}

const NETS = ['person_detect_int8', 'vww_96_int8', 'resnet8_cifar10_int8', 'kws_dscnn_int8', 'ad01_int8'];
const assets = process.env['HALFBYTE_ASSETS'] ?? '../shared/assets';
const files = existsSync(assets)
  ? NETS.map((net) => join(assets, 'models', `${net}.tflite`))
  : readdirSync('test/fixtures').filter((file) => file.endsWith('.tflite')).map((file) => join('test/fixtures', file));

const rows: Record<string, Record<string, string>> = {};
for (const file of files) {
  const report = JSON.parse(execFileSync(process.execPath, ['dist/cli.js', 'bench', file, '--json', '--threads', '1', ...process.argv.slice(2)], { encoding: 'utf8' })) as BenchReport;
  rows[file.split('/').at(-1)!] = {
    'median ms': report.medianMs.toFixed(3),
    'GMAC/s': report.gmacs.toFixed(1),
    'of peak': `${((100 * report.gmacs) / report.peakGmacs).toFixed(0)} %`,
    kernel: report.kernel,
    'load ms': report.loadMs.toFixed(1),
    'first ms': report.firstMs.toFixed(1),
    'RSS MB': (report.rssBytes / 1e6).toFixed(0),
  };
}
console.log(`Node ${process.versions.node}, ${process.arch}`);
console.table(rows);
