import { Option } from 'commander';
import { KERNEL_MODULES } from '../runtime/types.ts';
import { integer } from './options.ts';
import { example } from './output.ts';
import type { CliCommand } from './types.ts';
import type { BenchOptions } from './bench/bench-model.ts';

/** Latency of a model on this machine. */
export const bench: CliCommand = {
  register(program, context) {
    program
      .command('bench')
      .description('Measure the latency of a model on this machine.')
      .argument('<model>', 'model file')
      .option('--threads <N>', 'worker threads (default: as many as measure fastest, at most 4)', integer(1, 16))
      .option('--runs <N>', 'measured runs (default: as many as take about a second, 20 to 1000)', integer(1, 1_000_000))
      .option('--warmup <N>', 'runs before measuring, more while the number of threads is chosen', integer(0, 1_000_000), 30)
      .addOption(new Option('--kernel <MODULE>', 'kernel module').choices(['auto', ...KERNEL_MODULES]).default('auto'))
      .option('--profile', 'also measure every step, on one thread')
      .addHelpText('after', example('halfbyte bench model.tflite --threads 1 --profile', 'halfbyte bench model.tflite --kernel baseline --json'))
      .action(async (model: string, options: BenchOptions) => {
        const { benchModel } = await import('./bench/bench-model.ts');
        await benchModel(model, options, context);
      });
  },
};
