import { example } from './output.ts';
import type { CliCommand } from './types.ts';
import type { InspectOptions } from './inspect/inspect-model.ts';

/** What a model file holds and what it takes to run it. */
export const inspect: CliCommand = {
  register(program, context) {
    program
      .command('inspect')
      .description('Show operators, types, weights, multiply-accumulates and memory of a model.')
      .argument('<model>', 'model file')
      .option('--plan', 'also list the steps and buffers of the plan')
      .addHelpText('after', example('halfbyte inspect model.tflite --plan', 'halfbyte inspect model.tflite --json'))
      .action(async (model: string, options: InspectOptions) => {
        const { inspectModel } = await import('./inspect/inspect-model.ts');
        await inspectModel(model, options, context);
      });
  },
};
