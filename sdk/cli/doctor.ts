import { example } from './output.ts';
import type { CliCommand } from './types.ts';
import type { DoctorOptions } from './doctor/examine.ts';

/** What this machine offers and lacks. */
export const doctor: CliCommand = {
  register(program, context) {
    program
      .command('doctor')
      .description('Show what this machine has, which kernels are used, what is missing and how to get it.')
      .addHelpText('after', example('halfbyte doctor', 'halfbyte doctor --json'))
      .action(async (options: DoctorOptions) => {
        const { examine } = await import('./doctor/examine.ts');
        await examine(options, context);
      });
  },
};
